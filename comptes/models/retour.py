from __future__ import annotations

from django.db import models

from .texts import LineField, SaidField


class RetourIncompris(models.Model):
    """A message that came back to the portal's address, and from which nothing could be concluded; once for each."""

    sha256 = LineField("empreinte", max_length=64, unique=True)
    received_at = models.DateTimeField("lu à")
    sender = SaidField("expéditeur", max_length=200, blank=True)
    subject = SaidField("objet", max_length=200, blank=True)

    class Meta:
        verbose_name = "retour de messagerie non compris"
        ordering = ["-received_at", "-id"]

    def __str__(self) -> str:
        return self.subject or self.sha256
