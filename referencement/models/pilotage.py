from __future__ import annotations

from django.db import models

from candidatures.models import Candidature, Dispositif
from comptes.models.texts import LineField, SaidField
from referencement.enums import TriDePhoto


class RisqueDEcheance(models.Model):
    """What one échéance risks in one candidature, as a sweep computed it; no decision reads it.

    :param sort: what the photo of the échéance would say, if it were taken at that moment
    :param slack: the time left once all that it asks is expected to be done; None when nothing is left
    :param reason: the step that holds it up
    """

    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="risques")
    echeance = LineField("échéance", max_length=20)
    due_at = models.DateTimeField("échéance le")
    sort = models.CharField("constat", max_length=20, choices=TriDePhoto)
    expected_at = models.DateTimeField("prévu le", null=True, blank=True)
    slack = models.DurationField("marge", null=True, blank=True)
    reason = SaidField("raison", max_length=200, blank=True)
    owner = LineField("à qui", max_length=40, blank=True)
    computed_at = models.DateTimeField("calculé le")

    class Meta:
        verbose_name = "risque d’une échéance"
        verbose_name_plural = "risques des échéances"
        constraints = [models.UniqueConstraint(fields=["candidature", "echeance"], name="risque_once_an_echeance")]
        indexes = [
            models.Index(fields=["echeance", "slack", "candidature"], name="risque_by_slack"),
            models.Index(fields=["computed_at"], name="risque_oldest_first"),
        ]

    def __str__(self) -> str:
        return f"{self.echeance} de {self.candidature_id}"


class TableauDePilotage(models.Model):
    """What a dispositif has done lately, counted by a sweep: too long to count while somebody waits for a page.

    :param contenu: see `queries.pilotage.Mesures`
    """

    dispositif = models.OneToOneField(Dispositif, on_delete=models.PROTECT, primary_key=True, related_name="pilotage")
    contenu = models.JSONField("mesures")
    measured_at = models.DateTimeField("mesuré le")

    class Meta:
        verbose_name = "tableau de pilotage"
        verbose_name_plural = "tableaux de pilotage"

    def __str__(self) -> str:
        return str(self.dispositif_id)
