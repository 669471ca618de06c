"""The reading of a submitted volet by one instructeur at a time: taken, left, taken over in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from candidatures import permissions
from candidatures.enums import Act, CandidatureState, VoletState
from candidatures.models import ReservationDeVolet, Volet
from candidatures.queries.reservations import held_by_another, reservation_of, who_reads
from candidatures.rules.reservations import CLAIM
from comptes import outbox
from comptes.models import Compte
from comptes.rules.refusals import Refused

from .telling import record_on_volet
from .volets import Conflict, locked_volet

TAKEN_OVER = "candidatures.volet_taken_over"


class ReservationNotPossible(Refused):
    """This instructeur can neither take this volet nor leave it."""


@transaction.atomic
def claim_volet(*, volet_id: int, by: Compte, at: datetime) -> ReservationDeVolet:
    """Give a submitted volet to `by` to read, or give it to them once the former claim has ended.

    A claim lasts four hours (`CLAIM`), and each judgement of its owner renews it.

    :raises Conflict: when another instructeur holds it, with their name and since when
    :raises ReservationNotPossible: when it is not to be read
    """
    volet = _locked_to_read(volet_id, by)
    reservation = reservation_of(volet)
    if reservation is None:
        return _take(volet, by=by, at=at)
    if reservation.compte_id == by.pk:
        reservation.ends_at = at + CLAIM
        reservation.save(update_fields=["ends_at"])
        return reservation
    if reservation.holds(at):
        raise Conflict(who_reads(reservation))
    return _change_hands(volet, reservation, to=by, at=at, act=Act.VOLET_CLAIMED, by=by)


@transaction.atomic
def take_over_volet(*, volet_id: int, reason: str, by: Compte, at: datetime) -> ReservationDeVolet:
    """Take a volet over from another instructeur, who is notified.

    :raises ReservationNotPossible: without a reason while it is held, or when nobody else reads it
    """
    volet = _locked_to_read(volet_id, by)
    reservation = reservation_of(volet)
    if reservation is None:
        raise ReservationNotPossible("Personne n’examine ce volet.")
    if reservation.compte_id == by.pk:
        raise ReservationNotPossible("Vous examinez déjà ce volet.")
    if reservation.holds(at) and not reason.strip():
        raise ReservationNotPossible("Indiquez pourquoi vous vous réattribuez l’examen.")
    motif = reason.strip() or "la réservation avait expiré"
    return _change_hands(volet, reservation, to=by, at=at, act=Act.VOLET_TAKEN_OVER, by=by, motif=motif)


@transaction.atomic
def release_volet(*, volet_id: int, by: Compte, at: datetime) -> None:
    """Leave a volet to other instructeurs.

    :raises ReservationNotPossible: when `by` does not hold it
    """
    volet = locked_volet(volet_id=volet_id)
    reservation = reservation_of(volet)
    if reservation is None or reservation.compte_id != by.pk:
        raise ReservationNotPossible("Vous n’examinez pas ce volet.")
    reservation.delete()
    record_on_volet(volet=volet, act=Act.VOLET_RELEASED, by=by, at=at)


def hand_over_volet(*, volet_id: int, giver: Compte, to: Compte, by: Compte, at: datetime) -> bool:
    """Give a colleague a volet that somebody reads; False when that person no longer reads it.

    Called in a transaction.
    """
    volet = locked_volet(volet_id=volet_id)
    reservation = reservation_of(volet)
    if reservation is None or reservation.compte_id != giver.pk:
        return False
    _change_hands(volet, reservation, to=to, at=at, act=Act.VOLET_HANDED_OVER, by=by, compte=to.pk)
    return True


def refuse_held_by_another(*, volet: Volet, by: Compte, at: datetime) -> None:
    """:raises Conflict: when a colleague reads the volet, with their name and since when"""
    if sentence := held_by_another(volet, reader=by, at=at):
        raise Conflict(sentence)


def renew(*, volet: Volet, by: Compte, at: datetime) -> None:
    """Start again the hours of somebody who writes on the volet that they read."""
    ReservationDeVolet.objects.filter(volet=volet, compte=by).update(ends_at=at + CLAIM)


def end_reservation(*, volet: Volet) -> None:
    """Leave nobody reading a volet that was just decided upon."""
    ReservationDeVolet.objects.filter(volet=volet).delete()


def _locked_to_read(volet_id: int, by: Compte) -> Volet:
    if not permissions.instructs(by):
        raise ReservationNotPossible("Seules les personnes qui instruisent examinent les volets.")
    volet = locked_volet(volet_id=volet_id)
    if volet.state != VoletState.SUBMITTED or volet.candidature.state != CandidatureState.OPEN:
        raise ReservationNotPossible("Ce volet n’est pas à examiner.")
    return volet


def _take(volet: Volet, *, by: Compte, at: datetime) -> ReservationDeVolet:
    taken = ReservationDeVolet.objects.create(volet=volet, compte=by, claimed_at=at, ends_at=at + CLAIM)
    record_on_volet(volet=volet, act=Act.VOLET_CLAIMED, by=by, at=at)
    return taken


def _change_hands(
    volet: Volet,
    reservation: ReservationDeVolet,
    *,
    to: Compte,
    at: datetime,
    act: Act,
    by: Compte,
    **params: Any,
) -> ReservationDeVolet:
    """Give a volet being read to another instructeur, and notify the former one."""
    former = reservation.compte
    reservation.compte, reservation.claimed_at, reservation.ends_at = to, at, at + CLAIM
    reservation.save()
    entry = record_on_volet(volet=volet, act=act, by=by, at=at, **params)
    if former.pk != by.pk:
        outbox.post(TAKEN_OVER, on=volet.address, occurrence=str(entry.number), to=former, at=at)
    return reservation
