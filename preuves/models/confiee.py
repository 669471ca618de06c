from __future__ import annotations

from django.db import models
from django.db.models import Q

from candidatures.models import Candidature
from comptes.models import Compte
from comptes.models.texts import LineField


class PreuveConfiee(models.Model):
    """A preuve that a colleague of the éditeur was asked to bring, before a day if one was given.

    It is about an expected preuve, by its N°, which may have no deposit yet. Given to somebody else, or to nobody, the
    row is changed; the journal keeps each of these acts. Somebody who no longer works on the product holds nothing.
    """

    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="preuves_confiees")
    numero = LineField("N° preuve", max_length=60)
    compte = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="preuves_confiees", null=True, blank=True)
    before = models.DateField("avant le", null=True, blank=True)
    given_at = models.DateTimeField("confiée le")
    given_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "preuve confiée"
        verbose_name_plural = "preuves confiées"
        constraints = [
            models.UniqueConstraint(fields=["candidature", "numero"], name="preuve_confiee_once"),
            models.CheckConstraint(
                condition=Q(before=None) | Q(compte__isnull=False),
                name="preuve_confiee_day_is_of_somebody",
                violation_error_message="Une date se donne à la personne à qui la preuve est confiée.",
            ),
        ]

    def __str__(self) -> str:
        return self.numero
