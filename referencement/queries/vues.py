"""The tabs of the ANS's list of candidatures: whose turn it is, and for whom of the ANS; what each keeps and counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from django.db.models import Count, QuerySet, TextChoices

from candidatures.models import Candidature
from candidatures.queries.referents import Mien
from comptes.models.prepared import IDS, Prepared
from referencement.enums import QuiEstAttendu
from referencement.models import TourProjete

from .projections import EXPECTED, QUEUES, Passed, answers_of, expecting


class VueDesDossiers(TextChoices):
    """The tabs of the ANS's list of candidatures: whose turn it is, and for whom of the ANS."""

    MINE = "moi", "À moi"
    TEAM = "equipe", "À mon équipe"
    UNFOLLOWED = "sans-referent", "Sans référent"
    ANS = "ans", "À l’ANS"
    EDITEUR = "editeur", "À l’éditeur"
    GUICHET = "guichet", "Au guichet"
    NOBODY = "personne", "Personne"
    OVER = "close", "Closes"
    EVERY = "", "Toutes"


FOR_ONE_READER = (VueDesDossiers.MINE, VueDesDossiers.TEAM, VueDesDossiers.UNFOLLOWED)
# Before the key of the référent, among the answers of a turn.
FOLLOWED_BY = "r:"


def in_view(candidatures: QuerySet[Candidature], vue: str, *, mien: Mien, passed: Passed) -> QuerySet[Candidature]:
    """Keep the candidatures of one tab.

    :param vue: a value of `VueDesDossiers`
    """
    match VueDesDossiers(vue):
        case VueDesDossiers.EVERY:
            return candidatures
        case VueDesDossiers.MINE:
            mine = candidatures.filter(referent__compte__in=mien.comptes)
            return expecting(mine, QuiEstAttendu.ANS, passed=passed)
        case VueDesDossiers.TEAM:
            theirs = candidatures.filter(referent__isnull=False).exclude(referent__compte__in=mien.comptes)
            return expecting(theirs, QuiEstAttendu.ANS, passed=passed)
        case VueDesDossiers.UNFOLLOWED:
            over = expecting(Candidature.objects.order_by(), QuiEstAttendu.OVER, passed=passed)
            return candidatures.filter(referent=None).exclude(pk__in=over.values("pk"))
    return expecting(candidatures, vue, passed=passed)


def _views_of(answers: Collection[str], mien: Mien) -> set[str]:
    """Return the tabs, among those that depend on the référent, that keep a candidature with these answers."""
    holder = next((int(name[2:]) for name in answers if name.startswith(FOLLOWED_BY)), None)
    if holder is None:
        return set() if QuiEstAttendu.OVER.value in answers else {VueDesDossiers.UNFOLLOWED.value}
    if QuiEstAttendu.ANS.value not in answers:
        return set()
    return {VueDesDossiers.MINE.value if holder in mien.comptes else VueDesDossiers.TEAM.value}


def counted_by_turn(*, passed: Passed, mien: Mien | None = None) -> dict[str, int]:
    """Count the candidatures that each filter of `EXPECTED` and `QUEUES` keeps, from one column and its index.

    One query; two when the clock changed turns since they were kept.

    :param mien: whose work the reader does, to count the tabs that depend on the référent too
    """
    counts: Counter[str] = Counter()
    for answers, count in _GROUPS.ask():
        counts.update(dict.fromkeys(_names(answers.split(), mien), count))
    for pk, answers in _ANSWERS.ask(candidatures=list(passed)) if passed else ():
        kept = answers.split()
        followed = {name for name in kept if name.startswith(FOLLOWED_BY)}
        counts.subtract(_names(kept, mien))
        counts.update(_names(answers_of(passed[pk]) | followed, mien))
    names = [*EXPECTED, *QUEUES, *(FOR_ONE_READER if mien else ())]
    return {str(name): counts[name] for name in names} | {VueDesDossiers.EVERY.value: counts[VueDesDossiers.EVERY]}


def _names(answers: Collection[str], mien: Mien | None) -> set[str]:
    return {VueDesDossiers.EVERY.value, *answers, *(_views_of(answers, mien) if mien else ())}


_GROUPS = Prepared(lambda: TourProjete.objects.order_by().values_list("answers").annotate(count=Count("answers")))
_ANSWERS = Prepared(
    lambda candidatures: TourProjete.objects.filter(pk__among=candidatures).order_by("pk").values_list("pk", "answers"),
    candidatures=IDS,
)
