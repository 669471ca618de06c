from __future__ import annotations

from django.db import models

from .compte import Compte
from .texts import LineField


class SessionOuverte(models.Model):
    """A session that somebody opened, listed so that they can end it; deleted by a sweep once it is over."""

    compte = models.ForeignKey(Compte, on_delete=models.CASCADE, related_name="sessions_ouvertes")
    key = LineField("clé", max_length=40, unique=True)
    opened_at = models.DateTimeField("ouverte à")
    address = LineField("adresse du client", max_length=45, blank=True)
    browser = LineField("navigateur", max_length=200, blank=True)

    class Meta:
        verbose_name = "session ouverte"
        verbose_name_plural = "sessions ouvertes"

    def __str__(self) -> str:
        return f"{self.compte_id} ({self.pk})"
