from __future__ import annotations

from django.db import models

from .compte import Compte
from .texts import LineField


class Identite(models.Model):
    """A person's identity at a provider: issuer and subject, never an e-mail address."""

    compte = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="identites")
    issuer = LineField("fournisseur", max_length=255)
    subject = LineField("sujet", max_length=255)
    linked_at = models.DateTimeField("rattachée le")

    class Meta:
        verbose_name = "identité"
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"],
                name="identite_is_one_person",
                violation_error_message="Cette identité est déjà celle d’un autre compte.",
            ),
            models.UniqueConstraint(
                fields=["compte", "issuer"],
                name="identite_once_for_each_provider",
                violation_error_message="Ce compte a déjà une identité chez ce fournisseur.",
            ),
            models.CheckConstraint(
                condition=~models.Q(issuer="") & ~models.Q(subject=""), name="identite_names_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.issuer})"
