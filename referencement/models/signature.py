from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from comptes.dates import day_in_figures
from comptes.models import Compte
from comptes.models.texts import LineField, SaidField
from referencement.enums import Prestataire, Signataire

from .convention import Convention


class ProcedureDeSignature(models.Model):
    """One signature that is asked of one person. Closed when it is signed or cancelled.

    `reference` is ours, and names the procedure at the provider.
    """

    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="procedures")
    signataire = models.CharField("pour", max_length=10, choices=Signataire)
    provider = models.CharField("prestataire", max_length=10, choices=Prestataire)
    reference = LineField("référence", max_length=80, unique=True)
    compte = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField("ouverte le")
    closed_at = models.DateTimeField("close le", null=True, blank=True)
    is_signed = models.BooleanField("signée", default=False)

    class Meta:
        verbose_name = "procédure de signature"
        verbose_name_plural = "procédures de signature"
        constraints = [
            models.UniqueConstraint(
                fields=["convention", "signataire"],
                condition=Q(closed_at=None),
                name="signature_one_open_procedure",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, is_signed=False) | Q(closed_at__gte=F("opened_at")),
                name="signature_closed_when_signed",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class CodeDeSignature(models.Model):
    """A one-time code that is sent by e-mail to the signatory; only its hash is kept."""

    procedure = models.ForeignKey(ProcedureDeSignature, on_delete=models.PROTECT, related_name="codes")
    hashed = LineField("empreinte du code", max_length=200)
    sent_at = models.DateTimeField("envoyé le")
    expires_at = models.DateTimeField("valable jusqu’au")
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    used_at = models.DateTimeField("utilisé le", null=True, blank=True)

    class Meta:
        verbose_name = "code de signature"
        verbose_name_plural = "codes de signature"

    def __str__(self) -> str:
        return f"{self.procedure_id} ({day_in_figures(self.sent_at)})"


class EvenementDeSignature(models.Model):
    """An event that a provider announced, kept once. It is not trusted: the provider is asked for the state again."""

    event_id = LineField("identifiant chez le prestataire", max_length=80, unique=True)
    procedure = models.ForeignKey(
        ProcedureDeSignature, on_delete=models.PROTECT, related_name="evenements", null=True, blank=True
    )
    payload = models.JSONField("contenu reçu")
    received_at = models.DateTimeField("reçu le")
    handled_at = models.DateTimeField("traité le", null=True, blank=True)
    outcome = SaidField("suite donnée", max_length=200, blank=True)

    class Meta:
        verbose_name = "événement de signature"
        verbose_name_plural = "événements de signature"

    def __str__(self) -> str:
        return self.event_id
