from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from comptes.models import Compte
from comptes.models.texts import LineField


class AbonnementQuerySet(models.QuerySet["AbonnementCalendrier"]):
    def current(self) -> AbonnementQuerySet:
        return self.filter(revoked_at=None)


class AbonnementCalendrier(models.Model):
    """The secret address at which somebody's own calendar reads their échéances; one at a time, replaced or revoked."""

    compte = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="calendriers")
    token = LineField(max_length=64, unique=True)
    opened_at = models.DateTimeField("ouvert le")
    revoked_at = models.DateTimeField("révoqué le", null=True, blank=True)

    objects = AbonnementQuerySet.as_manager()

    class Meta:
        verbose_name = "abonnement au calendrier"
        verbose_name_plural = "abonnements au calendrier"
        constraints = [
            models.UniqueConstraint(
                fields=["compte"], condition=Q(revoked_at=None), name="calendrier_one_address_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(revoked_at__gte=F("opened_at")), name="calendrier_revoked_after_opened"
            ),
        ]

    def __str__(self) -> str:
        return f"Calendrier de {self.compte_id}"
