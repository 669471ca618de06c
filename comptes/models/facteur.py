from __future__ import annotations

from django.db import models

from .compte import Compte
from .texts import LineField


class CodeDeSecours(models.Model):
    """A code to sign in without the phone: shown once, kept as a fingerprint, and valid once."""

    compte = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="codes_de_secours")
    fingerprint = LineField("empreinte", max_length=64)
    made_at = models.DateTimeField("créé à")
    used_at = models.DateTimeField("utilisé à", null=True, blank=True)

    class Meta:
        verbose_name = "code de secours"
        verbose_name_plural = "codes de secours"
        constraints = [models.UniqueConstraint(fields=["compte", "fingerprint"], name="code_de_secours_once")]

    def __str__(self) -> str:
        return f"{self.compte_id} ({self.pk})"
