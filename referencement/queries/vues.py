"""The tabs of the ANS's list of candidatures: whose turn it is, and for whom of the ANS; what each keeps and counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet, Sum, TextChoices

from candidatures.models import Candidature
from candidatures.queries.referents import Mien
from comptes.models.prepared import IDS, Prepared
from referencement.enums import QuiEstAttendu
from referencement.models import NombreDeTours, TourProjete

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


@dataclass(frozen=True, slots=True)
class Part:
    """What one reader asks of the list: a tab, and perhaps a référent and an étiquette (pk).

    :param mien: whose work the reader does
    """

    mien: Mien
    vue: str = ""
    referent: int | None = None
    etiquette: int | None = None


def in_part(candidatures: QuerySet[Candidature], part: Part, *, passed: Passed) -> QuerySet[Candidature]:
    """Keep the candidatures that a reader asks for."""
    if part.referent:
        candidatures = candidatures.filter(referent__compte=part.referent)
    if part.etiquette:
        candidatures = candidatures.filter(etiquettes__etiquette=part.etiquette)
    return in_view(candidatures, part.vue, mien=part.mien, passed=passed)


def referent_in(answers: Collection[str]) -> int | None:
    """Return who follows a candidature with these answers (pk); None when nobody does."""
    return next((int(name.removeprefix(FOLLOWED_BY)) for name in answers if name.startswith(FOLLOWED_BY)), None)


def _views_of(answers: Collection[str], mien: Mien) -> set[str]:
    """Return the tabs, among those that depend on the référent, that keep a candidature with these answers."""
    holder = referent_in(answers)
    if holder is None:
        return set() if QuiEstAttendu.OVER.value in answers else {VueDesDossiers.UNFOLLOWED.value}
    if QuiEstAttendu.ANS.value not in answers:
        return set()
    return {VueDesDossiers.MINE.value if holder in mien.comptes else VueDesDossiers.TEAM.value}


def counted_by_turn(*, passed: Passed, mien: Mien | None = None) -> dict[str, int]:
    """Count the candidatures that each filter of `EXPECTED` and `QUEUES` keeps, from what triggers counted.

    One query; two when the clock changed turns since they were kept.

    :param mien: whose work the reader does, to count the tabs that depend on the référent too
    """
    counts: Counter[str] = Counter()
    for answers, count in answers_by_count(passed=passed):
        counts.update(dict.fromkeys(_names(answers, mien), count))
    names = [*EXPECTED, *QUEUES, *(FOR_ONE_READER if mien else ())]
    return {str(name): counts[name] for name in names} | {VueDesDossiers.EVERY.value: counts[VueDesDossiers.EVERY]}


def answers_by_count(*, passed: Passed) -> Iterator[tuple[Collection[str], int]]:
    """Yield the answers of the turns, with the référent, and how many candidatures have them; some count less.

    One query; two when the clock changed turns since they were kept.
    """
    for answers, count in _GROUPS.ask():
        yield answers.split(), count
    for pk, answers in _ANSWERS.ask(candidatures=list(passed)) if passed else ():
        kept = answers.split()
        yield kept, -1
        yield answers_of(passed[pk]) | {name for name in kept if name.startswith(FOLLOWED_BY)}, 1


def _names(answers: Collection[str], mien: Mien | None) -> set[str]:
    return {VueDesDossiers.EVERY.value, *answers, *(_views_of(answers, mien) if mien else ())}


_GROUPS = Prepared(lambda: NombreDeTours.objects.order_by().values_list("answers").annotate(count=Sum("delta")))
_ANSWERS = Prepared(
    lambda candidatures: TourProjete.objects.filter(pk__among=candidatures).order_by("pk").values_list("pk", "answers"),
    candidatures=IDS,
)
