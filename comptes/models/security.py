from __future__ import annotations

from django.db import models
from django.db.models import Q

from comptes.dates import day_in_figures
from comptes.enums import SecurityEvent

from .compte import Compte
from .texts import LineField


class EvenementDeSecurite(models.Model):
    """One event of the security log, by a known person or not. Never changed; erased by the retention only.

    `email`: what was typed when no account was proved. `about`: the address that was read, or what changed.
    """

    kind = models.CharField("nature", max_length=30, choices=SecurityEvent)
    at = models.DateTimeField("à")
    compte = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="personne")
    by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="par")
    email = LineField("adresse tapée", max_length=254, blank=True)
    origin = models.GenericIPAddressField("provenance", null=True)
    about = LineField("objet", max_length=200, blank=True)

    class Meta:
        verbose_name = "événement de sécurité"
        verbose_name_plural = "événements de sécurité"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=SecurityEvent.values), name="security_kind_is_known"),
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="security_latest"),
            models.Index(fields=["compte", "-at"], name="security_of_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({day_in_figures(self.at)})"
