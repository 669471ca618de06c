from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from candidatures.rules.reservations import Claim
from comptes.models import Compte

from .volet import Volet


class ReservationDeVolet(models.Model):
    """Who, at the ANS, reads a submitted volet, until `ends_at`; the row goes when the volet is decided upon."""

    volet = models.OneToOneField(Volet, on_delete=models.PROTECT, primary_key=True, related_name="reservation")
    compte = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", verbose_name="instructeur")
    claimed_at = models.DateTimeField("examen commencé le")
    ends_at = models.DateTimeField("réservé jusqu’au")

    class Meta:
        verbose_name = "réservation d’un volet"
        verbose_name_plural = "réservations de volets"
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("claimed_at")), name="reservation_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.compte_id} examine {self.volet_id}"

    def holds(self, at: datetime) -> bool:
        return Claim(self.compte_id, self.ends_at).holds(at)
