"""Who reads a submitted volet at the ANS."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from candidatures.enums import CandidatureState
from candidatures.models import ReservationDeVolet, Volet
from comptes.dates import instant_in_words
from comptes.models import Compte


def reservation_of(volet: Volet) -> ReservationDeVolet | None:
    """Return who reads a volet, ended or not, with their name; None when nobody does."""
    return ReservationDeVolet.objects.select_related("compte").filter(volet=volet).first()


def held_by_another(volet: Volet, *, reader: Compte, at: datetime) -> str:
    """Say, in French, which colleague reads the volet now; empty when nobody else does."""
    reservation = reservation_of(volet)
    if reservation is None or reservation.compte_id == reader.pk or not reservation.holds(at):
        return ""
    return who_reads(reservation)


def who_reads(reservation: ReservationDeVolet) -> str:
    since = instant_in_words(reservation.claimed_at)
    return f"Ce volet est examiné par {reservation.compte.full_name} depuis le {since}."


def volets_held(compte: Compte) -> QuerySet[ReservationDeVolet]:
    """Return the volets that somebody reads, in candidatures that are open."""
    held = ReservationDeVolet.objects.filter(compte=compte, volet__candidature__state=CandidatureState.OPEN)
    return held.select_related("volet__candidature").order_by("pk")
