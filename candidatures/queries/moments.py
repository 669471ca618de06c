"""The instants at which échéances passed, from the moves and dérogations decided before them, and whom they bound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Concat

from candidatures.enums import Act, CandidatureState, DeplacementState, DerogationState
from candidatures.models import Candidature, DeplacementDEcheance, Derogation, Echeance
from candidatures.rules.echeances import Moves, instant_in_force, instants_that_come
from comptes.models import JournalEntry

FORECLOSURES = (Act.CANDIDATURE_FORECLOSED.value, Act.CANDIDATURE_REOPENED.value)


@dataclass(frozen=True)
class PassedEcheance:
    """An échéance of a dispositif, at an instant at which it passed.

    :param candidature: the one whose own instant it was, by a dérogation; None when it was everybody's
    """

    dispositif: str
    echeance: str
    at: datetime
    candidature: int | None = None


def moments_until(at: datetime) -> list[PassedEcheance]:
    """Return every moment that had come at an instant, the oldest first; in three queries."""
    echeances = list(Echeance.objects.order_by("at", "pk"))
    moves = _moves()
    shared = [
        PassedEcheance(echeance.dispositif_id, echeance.code, instant)
        for echeance in echeances
        for instant in instants_that_come(*_history(echeance, moves))
    ]
    known = {(echeance.dispositif_id, echeance.code): _history(echeance, moves) for echeance in echeances}
    own = [
        passed
        for passed in _of_derogations(at)
        if passed.at > instant_in_force(*known[passed.dispositif, passed.echeance], at=passed.at)
    ]
    return sorted((passed for passed in (*shared, *own) if passed.at <= at), key=lambda passed: passed.at)


def bound_at(moment: PassedEcheance) -> QuerySet[Candidature]:
    """Return the candidatures that the échéance bound at that moment: open then, and without more time of their own."""
    bound = open_at(moment.at).filter(dispositif=moment.dispositif, succeeds=None)
    if moment.candidature is not None:
        return bound.filter(pk=moment.candidature)
    more_time = _granted(moment.at).filter(candidature=OuterRef("pk"), echeance=moment.echeance)
    return bound.exclude(Exists(more_time))


def open_at(at: datetime) -> QuerySet[Candidature]:
    """Return the candidatures that were open at an instant; the journal tells which were reopened since."""
    acts = JournalEntry.objects.filter(chain=Concat(Value("candidature:"), OuterRef("nru")), act__in=FORECLOSURES)
    last = Subquery(acts.filter(at__lte=at).order_by("-number").values("act")[:1])
    granted = Derogation.objects.filter(candidature=OuterRef("pk"), state=DerogationState.GRANTED)
    # Only a dérogation reopens: the journal of the others says nothing more than their state.
    may_have_been = Q(state=CandidatureState.FORECLOSED) | Exists(granted)
    foreclosed = Case(When(may_have_been, then=Coalesce(last, Value(""))), default=Value(""), output_field=CharField())
    there = Candidature.objects.filter(opened_at__lte=at).filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=at))
    return there.annotate(foreclosed=foreclosed).exclude(foreclosed=Act.CANDIDATURE_FORECLOSED.value)


def _granted(at: datetime) -> QuerySet[Derogation]:
    """Return the dérogations granted at an instant, that gave time until after it."""
    return Derogation.objects.filter(state=DerogationState.GRANTED, decided_at__lte=at, to_at__gt=at)


def _moves() -> dict[int, list[DeplacementDEcheance]]:
    """Return, by échéance, its moves, in order."""
    by_echeance: dict[int, list[DeplacementDEcheance]] = {}
    rows = DeplacementDEcheance.objects.filter(state=DeplacementState.APPROVED)
    for row in rows.order_by("decided_at", "pk"):
        if row.echeance_id:
            by_echeance.setdefault(row.echeance_id, []).append(row)
    return by_echeance


def _history(echeance: Echeance, moves: dict[int, list[DeplacementDEcheance]]) -> tuple[datetime, Moves]:
    """Return where an échéance first was, and its moves."""
    mine = moves.get(echeance.pk, [])
    first = mine[0].from_at if mine else echeance.at
    return first, [(move.decided_at, move.to_at) for move in mine if move.decided_at]


def _of_derogations(at: datetime) -> Iterator[PassedEcheance]:
    """Return the instants that dérogations gave, except those that a later one, granted in time, put off again."""
    later = Derogation.objects.filter(
        candidature=OuterRef("candidature"),
        echeance=OuterRef("echeance"),
        state=DerogationState.GRANTED,
        decided_at__lte=OuterRef("to_at"),
        to_at__gt=OuterRef("to_at"),
    )
    granted = Derogation.objects.filter(state=DerogationState.GRANTED, to_at__lte=at).exclude(Exists(later))
    rows = granted.order_by("to_at", "pk").values_list("candidature__dispositif", "echeance", "to_at", "candidature")
    yield from (PassedEcheance(code, echeance, to, pk) for code, echeance, to, pk in rows.distinct() if to is not None)
