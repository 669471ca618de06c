from __future__ import annotations

from django.db import models
from django.db.models import Q

from candidatures.models import Candidature
from comptes.models import Compte
from comptes.models.texts import LineField, WordsField

from .rem import VersionDuREM


class DossierDePreuves(models.Model):
    """The preuves of one candidature, and the version of the REM that they answer to."""

    candidature = models.OneToOneField(Candidature, on_delete=models.PROTECT, related_name="dossier_de_preuves")
    version = models.ForeignKey(VersionDuREM, on_delete=models.PROTECT, related_name="dossiers")
    opened_at = models.DateTimeField("ouvert le")
    pinned_at = models.DateTimeField("version adoptée le")

    class Meta:
        verbose_name = "dossier de preuves"
        verbose_name_plural = "dossiers de preuves"

    def __str__(self) -> str:
        return f"dossier de preuves {self.candidature_id}"


class Contestation(models.Model):
    """An instructeur refused a héritage or an équivalence: the preuve becomes due."""

    dossier = models.ForeignKey(DossierDePreuves, on_delete=models.PROTECT, related_name="contestations")
    numero = LineField("N° preuve", max_length=60)
    reason = WordsField("motif", max_length=1000)
    contested_at = models.DateTimeField("contestée le")
    contested_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "contestation"
        constraints = [
            models.UniqueConstraint(fields=["dossier", "numero"], name="contestation_once_for_a_preuve"),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="contestation_has_a_reason",
                violation_error_message="Une contestation donne son motif.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.numero} contestée"
