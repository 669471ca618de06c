"""The candidatures that still owe something at an échéance.

The answer is the same as asking `rules.due` of each candidature, but faster: one query settles what the database can
tell, and only the doubtful ones are then read one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial, reduce
from operator import or_
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThan

from candidatures.enums import CandidatureState, ExigenceDEcheance, VoletState
from candidatures.models import Candidature, Echeance, Volet
from preuves.enums import ChapitreState
from preuves.models import Chapitre
from preuves.queries.dossiers import chapitres_asked_of_everybody
from preuves.queries.equivalences_dites import refers_to_another
from referencement.rules.blocages import Blocage
from referencement.rules.echeances import due

from .blocages import dossier_complet
from .fins import not_refused

# By version of the REM (pk; None before a dossier is open), the codes of the chapitres that are asked of everybody.
# Read once, and only when needed.
Asked = Callable[[], Mapping[int | None, frozenset[str]]]
CHUNK = 2000
DUE, UNSURE = "due", "unsure"
EVERYWHERE, NOWHERE = Q(), Q(pk__in=[])


def due_of(candidature: Candidature, code: str, *, at: datetime) -> tuple[Blocage, ...]:
    """Say what an échéance still asks of a candidature, which comes with its product, éditeur and dispositif joined."""
    return due(dossier_complet(candidature, at=at, with_history=False).facts, code, at=at)


def due_candidatures(echeance: Echeance, *, at: datetime) -> Iterator[int]:
    """Yield the pk of each candidature that still owes something at an échéance, in order; constant memory."""
    candidatures, last = Candidature.objects.filter(dispositif=echeance.dispositif_id).order_by("pk"), 0
    while chunk := list(candidatures.filter(pk__gt=last).values_list("pk", flat=True)[:CHUNK]):
        yield from sorted(due_among(echeance, chunk, at=at))
        last = chunk[-1]


def due_among(echeance: Echeance, candidatures: Collection[int], *, at: datetime) -> set[int]:
    """Keep, of these candidatures (pk), those that still owe something at an échéance."""
    bound = Candidature.objects.filter(
        dispositif=echeance.dispositif_id, state=CandidatureState.OPEN, succeeds=None, pk__in=candidatures
    )
    verdicts = _verdicts(not_refused(bound), echeance)
    unsure = [pk for pk, verdict in verdicts.items() if verdict == UNSURE]
    looked_at = Candidature.objects.with_names().filter(pk__in=unsure).order_by("pk").iterator(chunk_size=CHUNK)
    return {
        *(pk for pk, verdict in verdicts.items() if verdict == DUE),
        *(candidature.pk for candidature in looked_at if due_of(candidature, echeance.code, at=at)),
    }


@dataclass(frozen=True)
class Proof:
    """What the database can tell about one exigence of an échéance, among the candidatures that it binds.

    :param due: the candidatures that surely lack it
    :param maybe: the candidatures that may lack it, those of `due` among them; the rule decides of the others. None
        when `due` has them all
    """

    due: Q
    maybe: Q | None = None


def _verdicts(bound: QuerySet[Candidature, Any], echeance: Echeance) -> dict[int, str]:
    """Return `DUE` or `UNSURE` by candidature (pk); one exigence that is surely missing makes it `DUE`.

    A candidature that surely owes nothing is not among them.
    """
    asked = cache(partial(chapitres_asked_of_everybody, echeance.dispositif_id))
    proofs = [PROOFS[kind](echeance, asked) for kind in echeance.exigences.kinds]
    is_due = reduce(or_, (proof.due for proof in proofs), NOWHERE)
    maybes = [proof.due if proof.maybe is None else proof.maybe for proof in proofs]
    if EVERYWHERE not in maybes:
        bound = bound.filter(reduce(or_, maybes, NOWHERE))
    if all(proof.maybe is None for proof in proofs):
        return dict.fromkeys(bound.order_by("pk").values_list("pk", flat=True), DUE)
    verdict = Case(When(is_due, then=Value(DUE)), default=Value(UNSURE))
    return dict(bound.annotate(verdict=verdict).order_by("pk").values_list("pk", "verdict"))


def _volets(echeance: Echeance, asked: Asked) -> Proof:
    """A volet is due until it was submitted once, that is, while it is a draft."""
    drafts = Volet.objects.filter(candidature=OuterRef("pk"), state=VoletState.DRAFT)
    return Proof(Q(Exists(drafts.filter(kind__in=echeance.volets) if echeance.volets else drafts)))


def _submissions(echeance: Echeance, asked: Asked) -> Proof:
    """A chapitre that is asked of everybody is due until it was submitted once; the rule decides of the others."""

    def proves(codes: frozenset[str]) -> Q:
        submitted = _chapitres(code__in=codes, first_submitted_at__isnull=False)
        counts = submitted.values("dossier").annotate(count=Count("pk")).values("count")
        return Q(LessThan(Coalesce(Subquery(counts), 0), len(codes)))

    return Proof(_due_of_everybody(echeance, asked, proves), maybe=EVERYWHERE)


def _demandes(echeance: Echeance, asked: Asked) -> Proof:
    """Which demandes are required depends on the answers to the volets: only the rule can tell."""
    return Proof(NOWHERE, maybe=EVERYWHERE)


def _answers(echeance: Echeance, asked: Asked) -> Proof:
    """A chapitre that is asked of everybody is due when it was returned before the échéance.

    The rule decides of the others: a chapitre that was returned later may have more time, and one that was approved
    may be incomplete today.
    """

    def proves(codes: frozenset[str]) -> Q:
        returned = _chapitres(code__in=codes, state=ChapitreState.RETURNED)
        return Q(Exists(returned.filter(concluded_at__lte=echeance.at)))

    read = _chapitres(state__in=[ChapitreState.RETURNED, ChapitreState.APPROVED])
    concerned = read.filter(code__in=echeance.chapitres) if echeance.chapitres else read
    return Proof(_due_of_everybody(echeance, asked, proves), maybe=Q(Exists(concerned)))


PROOFS: Mapping[ExigenceDEcheance, Callable[[Echeance, Asked], Proof]] = {
    ExigenceDEcheance.VOLETS_SOUMIS: _volets,
    ExigenceDEcheance.CHAPITRES_SOUMIS: _submissions,
    ExigenceDEcheance.DEMANDES_AVANCEES: _demandes,
    ExigenceDEcheance.RETOURS_REPONDUS: _answers,
}


def _due_of_everybody(echeance: Echeance, asked: Asked, proves: Callable[[frozenset[str]], Q]) -> Q:
    """Return the candidatures where the chapitres that are asked of everybody, in their version of the REM, prove it.

    :param proves: the condition on the codes of these chapitres
    """
    is_due = NOWHERE
    for version, shared in asked().items():
        if codes := shared & frozenset(echeance.chapitres or shared):
            is_due |= _answers_to(version) & ~Q(refers_to_another()) & proves(codes)
    return is_due


def _answers_to(version: int | None) -> Q:
    return Q(dossier_de_preuves__version=version) if version else Q(dossier_de_preuves=None)


def _chapitres(**lookups: Any) -> QuerySet[Chapitre]:
    return Chapitre.objects.filter(dossier__candidature=OuterRef("pk"), **lookups)
