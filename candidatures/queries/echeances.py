"""The moves of échéances, for everybody, and the dérogations, each for one candidature."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from candidatures.enums import UNDECIDED, CandidatureState, DeplacementState, DerogationState
from candidatures.models import Candidature, DeplacementDEcheance, Derogation, DerogationPiece
from candidatures.rules.deadlines import Deadline, Move
from comptes.models.prepared import Prepared

from .candidatures import echeances_of_the_volets


def in_time_by_derogation() -> QuerySet[Derogation, int]:
    """Return the candidatures whose volets were submitted within the time of a dérogation."""
    of_the_volets = echeances_of_the_volets().filter(
        dispositif=OuterRef("candidature__dispositif"), code=OuterRef("echeance")
    )
    granted = Derogation.objects.filter(Exists(of_the_volets), state=DerogationState.GRANTED)
    return granted.filter(to_at__gte=F("candidature__handed_over_at")).values_list("candidature", flat=True)


def derogations_of(candidature: Candidature) -> QuerySet[Derogation]:
    """Return the dérogations of a candidature, the latest first, with their files."""
    pieces = Prefetch("lines", DerogationPiece.objects.select_related("piece").order_by("rank"))
    named = candidature.derogations.select_related("asked_by", "instructed_by", "decided_by", "withdrawn_by")
    return named.prefetch_related(pieces).order_by("-asked_at", "-pk")


def derogation_waiting(candidature: Candidature, echeance: str) -> Derogation | None:
    """Return the dérogation at an échéance that still waits for a decision."""
    return candidature.derogations.filter(echeance=echeance, state__in=UNDECIDED).order_by("pk").first()


def derogations_waiting() -> QuerySet[Derogation]:
    """Return the dérogations that wait for the ANS, the oldest first, of candidatures that are not withdrawn."""
    derogations = Derogation.objects.filter(state__in=UNDECIDED).exclude(candidature__state=CandidatureState.WITHDRAWN)
    joined = ("candidature__produit__editeur", "candidature__dispositif", "asked_by", "instructed_by")
    return derogations.select_related(*joined).order_by("asked_at", "pk")


def pieces_of_derogations(candidature: Candidature) -> Q:
    """The condition on pièces: those that came with a demande de dérogation."""
    return Q(pk__in=DerogationPiece.objects.filter(derogation__candidature=candidature).values("piece"))


def deplacements() -> QuerySet[DeplacementDEcheance]:
    """Return every move of an échéance that was proposed, the latest first."""
    moves = DeplacementDEcheance.objects.select_related("echeance__dispositif", "asked_by", "decided_by")
    return moves.order_by("-asked_at", "-pk")


@dataclass(frozen=True)
class Recent:
    """A recent move in force, as a banner shows it."""

    nom: str
    objet: str
    demarche: str
    move: Move


def moved_lately(*, at: datetime) -> list[Recent]:
    """Return the recent moves, of every dispositif."""
    moves = [
        Recent(
            move.echeance.nom,
            move.echeance.objet,
            str(move.echeance.dispositif),
            Move(move.from_at, move.to_at, move.decided_at or at, move.arrete, move.motive),
        )
        for move in _IN_FORCE.ask()
    ]
    return [recent for recent in moves if recent.move.is_recent(at)]


_IN_FORCE = Prepared(
    lambda: (
        DeplacementDEcheance.objects.filter(state=DeplacementState.APPROVED, to_at=F("echeance__at"))
        .select_related("echeance__dispositif")
        .order_by("-decided_at", "-pk")
    )
)


def moved_among(deadlines: Iterable[Deadline], demarche: str, *, at: datetime) -> list[Recent]:
    """Return the recent moves among échéances already read; no query."""
    moved = [(deadline, deadline.moved) for deadline in deadlines if deadline.moved]
    return [Recent(deadline.nom, deadline.objet, demarche, move) for deadline, move in moved if move.is_recent(at)]
