from __future__ import annotations

from django.db import models

from .texts import LineField


class Essai(models.Model):
    """One count of wrong secrets in a row; `subject` is a keyed fingerprint, so the row names nobody."""

    scope = LineField("portée", max_length=10)
    subject = LineField("empreinte", max_length=64)
    failures = models.PositiveIntegerField("échecs", default=0)
    last_at = models.DateTimeField("dernier essai à", null=True, blank=True)

    class Meta:
        verbose_name = "essai"
        constraints = [models.UniqueConstraint(fields=["scope", "subject"], name="essai_once_a_count")]
        indexes = [models.Index(fields=["last_at"], name="essai_by_age")]

    def __str__(self) -> str:
        return f"{self.scope} ({self.failures})"
