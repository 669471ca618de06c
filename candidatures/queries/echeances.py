"""The moves of échéances, for everybody, and the dérogations, each for one candidature."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from candidatures.catalogue.echeances import OUVERTURE
from candidatures.catalogue.specs import DispositifSpec
from candidatures.enums import UNDECIDED, CandidatureState, DeplacementState, DerogationState
from candidatures.models import (
    Candidature,
    DeplacementDEcheance,
    Derogation,
    DerogationPiece,
    Dispositif,
    Echeance,
)
from candidatures.rules import echeances as rules
from candidatures.rules.deadlines import Deadline, Move
from comptes.dates import instant_in_words
from comptes.models.prepared import Prepared

from .candidatures import deadlines_by_code, echeances_of_the_volets


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
    """Return every move of an échéance or of an opening that was proposed, the latest first."""
    joined = ("echeance__dispositif", "ouverture_de", "asked_by", "decided_by")
    moves = DeplacementDEcheance.objects.select_related(*joined)
    return moves.order_by("-asked_at", "-pk")


def why_not_moved(dispositif: Dispositif, echeance: Echeance | None, to: datetime, *, at: datetime) -> tuple[str, ...]:
    """Say why an échéance cannot be moved to that instant; without one, the opening of the démarche."""
    deadlines = deadlines_by_code(dispositif)
    if echeance is not None:
        moved = rules.MovedEcheance(echeance.code, deadlines, dispositif.opens_at)
        return rules.obstacles_to_move(moved, to, at=at)
    first = next(iter(deadlines.values()), None)
    return rules.obstacles_to_move_opening(dispositif.opens_at, to, first=first, at=at)


def dates_kept_from_the_file(spec: DispositifSpec) -> list[str]:
    """Say which dates of a dispositif were changed on screen, so that its file does not give them any more."""
    of_it = Q(echeance__dispositif=spec.code) | Q(ouverture_de=spec.code)
    approved = DeplacementDEcheance.objects.filter(of_it, state=DeplacementState.APPROVED)
    given = {OUVERTURE: spec.opens_at, **{echeance.code: echeance.at for echeance in spec.echeances}}
    first: dict[str, DeplacementDEcheance] = {}
    for move in approved.select_related("echeance__dispositif", "ouverture_de").order_by("decided_at", "pk"):
        first.setdefault(move.code, move)
    return [
        f"{move.nom}\u00a0: le {instant_in_words(move.instant_in_force)}, changé à l’écran, l’emporte sur le fichier "
        f"({instant_in_words(given[code])})." + ("" if given[code] == move.from_at else " Le fichier a changé depuis.")
        for code, move in first.items()
        if code in given
    ]


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
            move.nom,
            move.objet,
            str(move.dispositif),
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
