"""What was read at a desk, answer by answer. Rows are written once: a trigger refuses any change."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from candidatures.models import Piece
from comptes.dates import day_in_figures
from comptes.models import Compte
from comptes.models.texts import LineField, SaidField
from guichets.enums import Panne, Source
from preuves.models import Revision

from .demande import DemandeAuGuichet


class Releve(models.Model):
    """One answer of a desk, or what a person read on its pages, with the capture that shows it.

    `raw` is the answer as it came; `sha256` is its digest or, for a capture, the digest of its file. `etape` is the
    desk's own word, even when the portal does not know it. For a capture, `seen_at` is when one person recorded it, and
    `confirmed_at` when another confirmed it. The source `manual` is older than confirmation; it counted for no gate.
    """

    demande = models.ForeignKey(DemandeAuGuichet, on_delete=models.PROTECT, related_name="releves")
    source = models.CharField(max_length=8, choices=Source)
    pull_id = models.UUIDField("relevé", null=True, blank=True)
    seen_at = models.DateTimeField("relevé le")
    schema = SaidField("schéma", max_length=60, blank=True)
    raw = models.BinaryField("réponse", blank=True)
    sha256 = LineField("empreinte", max_length=64)
    etape = SaidField("étape", max_length=200)
    date_etape = models.DateField("à cette étape depuis le")
    retour_prevu = models.DateField("retour prévu le", null=True, blank=True)
    logiciel = SaidField(max_length=200, blank=True)
    piece = models.ForeignKey(Piece, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    recorded_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    confirmed_at = models.DateTimeField("confirmé le", null=True, blank=True)
    confirmed_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        verbose_name = "relevé"
        constraints = [
            models.UniqueConstraint(fields=["demande", "pull_id"], name="releve_once_a_pull"),
            models.CheckConstraint(
                condition=Q(
                    source=Source.PULLED,
                    pull_id__isnull=False,
                    piece=None,
                    recorded_by=None,
                    confirmed_by=None,
                    confirmed_at=None,
                )
                | Q(
                    source=Source.MANUAL,
                    pull_id=None,
                    piece__isnull=False,
                    recorded_by__isnull=False,
                    confirmed_by=None,
                    confirmed_at=None,
                )
                | Q(
                    ~Q(confirmed_by=F("recorded_by")),
                    source=Source.CAPTURE,
                    pull_id=None,
                    piece__isnull=False,
                    recorded_by__isnull=False,
                    confirmed_by__isnull=False,
                    confirmed_at__gte=F("seen_at"),
                ),
                name="releve_says_where_it_comes_from",
                violation_error_message="Une capture porte son fichier, son auteur, et qui d’autre l’a confirmée.",
            ),
        ]
        indexes = [
            models.Index(fields=["demande", "-seen_at", "-id"], name="releve_latest_first"),
            models.Index(fields=["seen_at"], condition=Q(source=Source.PULLED), name="releve_pulled"),
        ]

    def __str__(self) -> str:
        return f"{self.etape} le {day_in_figures(self.seen_at)}"


class EchecDeReleve(models.Model):
    """A pull that brought nothing; the demande does not move."""

    demande = models.ForeignKey(DemandeAuGuichet, on_delete=models.PROTECT, related_name="echecs")
    pull_id = models.UUIDField("relevé")
    kind = models.CharField("nature", max_length=20, choices=Panne)
    detail = SaidField("détail", max_length=300, blank=True)
    failed_at = models.DateTimeField("échoué le")

    class Meta:
        verbose_name = "échec de relevé"
        verbose_name_plural = "échecs de relevé"
        constraints = [
            models.UniqueConstraint(fields=["demande", "pull_id"], name="echec_once_a_pull"),
            models.CheckConstraint(condition=Q(kind__in=Panne.values), name="echec_kind_is_known"),
        ]
        indexes = [models.Index(fields=["failed_at"], name="echec_failed_at")]

    def __str__(self) -> str:
        return f"{self.kind} le {day_in_figures(self.failed_at)}"


class Passage(models.Model):
    """A stage that a demande reached; `seen` is false when the desk had already left it when it was asked.

    `reason` says why the demande came back to it; it is empty for a stage reached forwards.
    """

    demande = models.ForeignKey(DemandeAuGuichet, on_delete=models.PROTECT, related_name="passages")
    number = models.PositiveSmallIntegerField("rang")
    etape = SaidField("étape", max_length=30)
    seen = models.BooleanField("vue")
    etape_date = models.DateField("date du guichet", null=True, blank=True)
    releve = models.ForeignKey(Releve, on_delete=models.PROTECT, related_name="passages")
    reason = SaidField("pourquoi en arrière", max_length=600, blank=True)
    passed_at = models.DateTimeField("connu le")

    class Meta:
        verbose_name = "passage d’étape"
        verbose_name_plural = "passages d’étape"
        constraints = [
            models.UniqueConstraint(fields=["demande", "number"], name="passage_number_once"),
            models.CheckConstraint(
                condition=Q(seen=True, etape_date__isnull=False) | Q(seen=False, etape_date=None),
                name="passage_seen_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.etape} ({self.demande_id})"


class ReponseDeGuichet(models.Model):
    """The deposit that a relevé made for a preuve, while the chapitre could take it."""

    demande = models.ForeignKey(DemandeAuGuichet, on_delete=models.PROTECT, related_name="reponses")
    releve = models.ForeignKey(Releve, on_delete=models.PROTECT, related_name="reponses")
    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="reponse_de_guichet")
    numero = LineField("N° preuve", max_length=60)
    etape = SaidField("étape", max_length=30)
    source = models.CharField(max_length=8, choices=Source)
    answered_at = models.DateTimeField("répondu le")

    class Meta:
        verbose_name = "réponse d’un guichet à une preuve"
        verbose_name_plural = "réponses des guichets aux preuves"
        constraints = [
            models.UniqueConstraint(
                fields=["demande", "numero", "etape", "source"], name="reponse_guichet_once_a_stage"
            )
        ]

    def __str__(self) -> str:
        return f"{self.numero} : {self.etape}"
