from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django_fsm import FSMModelMixin, transition

from candidatures.models import Piece
from comptes.models import Compte
from comptes.models.state import StateField
from comptes.models.texts import LineField, WordsField
from comptes.rules.texts import LONGEST_MOTIF
from guichets.enums import CaptureState

from .demande import DemandeAuGuichet
from .releve import Releve

State = CaptureState


class CaptureQuerySet(models.QuerySet["Capture"]):
    def locked(self) -> CaptureQuerySet:
        return self.select_for_update(no_key=True, of=("self",))

    def living(self) -> CaptureQuerySet:
        """The captures that wait for the ANS."""
        return self.filter(state=State.RECORDED)


class Capture(FSMModelMixin, models.Model):
    """What somebody read in a desk's space, with the image or the PDF that shows it: a claim, until the ANS confirms.

    At most one waits for each demande. Once somebody other than its author confirms it, it becomes a relevé.
    `documents` holds the number of each document that the desk handed over, by nature.
    """

    demande = models.ForeignKey(DemandeAuGuichet, on_delete=models.PROTECT, related_name="captures")
    logiciel = LineField("logiciel affiché", max_length=200)
    nil = LineField("NIL affiché", max_length=40, blank=True)
    etape = LineField("étape affichée", max_length=30)
    date_etape = models.DateField("à cette étape depuis le")
    retour_prevu = models.DateField("retour prévu le", null=True, blank=True)
    documents = models.JSONField("documents remis, numéro par nature", default=dict, blank=True)
    piece = models.ForeignKey(Piece, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("déposée le")
    recorded_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    state = StateField("état", default=State.RECORDED, choices=State.choices, protected=True)
    decided_at = models.DateTimeField("tranchée le", null=True, blank=True)
    decided_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    reason = WordsField("motif", max_length=LONGEST_MOTIF, blank=True)
    releve = models.OneToOneField(Releve, on_delete=models.PROTECT, related_name="capture", null=True, blank=True)

    objects = CaptureQuerySet.as_manager()

    class Meta:
        verbose_name = "capture"
        constraints = [
            models.UniqueConstraint(
                fields=["demande"],
                condition=Q(state=State.RECORDED),
                name="capture_one_waits_for_a_demande",
                violation_error_message="Une capture de cette demande attend déjà d’être confirmée.",
            ),
            models.CheckConstraint(
                condition=Q(state=State.RECORDED, decided_at=None, decided_by=None, reason="", releve=None)
                | Q(
                    state=State.CONFIRMED,
                    decided_at__gte=F("recorded_at"),
                    decided_by__isnull=False,
                    reason="",
                    releve__isnull=False,
                )
                | Q(
                    ~Q(reason=""),
                    state=State.REFUSED,
                    decided_at__gte=F("recorded_at"),
                    decided_by__isnull=False,
                    releve=None,
                )
                | Q(~Q(reason=""), state=State.SUPERSEDED, decided_at__gte=F("recorded_at"), releve=None),
                name="capture_state_bears_its_stamps",
                violation_error_message="L’état de la capture ne correspond pas à ce qui en fut décidé.",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.CONFIRMED) | ~Q(decided_by=F("recorded_by")),
                name="capture_is_confirmed_by_another",
                violation_error_message="Une capture est confirmée par quelqu’un d’autre que son auteur.",
            ),
        ]
        indexes = [
            models.Index(fields=["recorded_at", "id"], condition=Q(state=State.RECORDED), name="capture_to_confirm"),
            models.Index(fields=["demande", "-id"], name="capture_latest_first"),
        ]

    def __str__(self) -> str:
        return f"{self.etape} ({self.demande_id})"

    @property
    def address(self) -> str:
        return f"capture:{self.pk}"

    @transition(field=state, source=State.RECORDED, target=State.CONFIRMED)
    def confirm(self, *, releve: Releve, by: Compte, at: datetime) -> None:
        self.releve, self.decided_by, self.decided_at = releve, by, at

    @transition(field=state, source=State.RECORDED, target=State.REFUSED)
    def refuse(self, *, reason: str, by: Compte, at: datetime) -> None:
        self.reason, self.decided_by, self.decided_at = reason, by, at

    @transition(field=state, source=State.RECORDED, target=State.SUPERSEDED)
    def supersede(self, *, reason: str, by: Compte | None, at: datetime) -> None:
        """`by` is None when an answer of the desk replaces the capture."""
        self.reason, self.decided_by, self.decided_at = reason, by, at
