from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django_fsm import FSMModelMixin, transition

from candidatures.enums import UNDECIDED, Camp, DerogationState
from comptes.models import Compte
from comptes.models.state import StateField
from comptes.models.texts import LineField, ParagraphField

from .candidature import Candidature
from .piece import Piece

State = DerogationState
OPEN: dict[str, Any] = {"decided_at": None, "decided_by": None, "withdrawn_at": None, "withdrawn_by": None}
INSTRUCTED = Q(instructed_at__gte=F("asked_at"), instructed_by__isnull=False)
DECIDED = Q(
    INSTRUCTED, decided_at__gte=F("instructed_at"), decided_by__isnull=False, withdrawn_at=None, withdrawn_by=None
)
BY_ANOTHER = ~Q(decided_by=F("instructed_by"))


class Derogation(FSMModelMixin, models.Model):
    """More time for one candidature at one échéance: one person of the ANS instructs it, another decides.

    The éditeur asks for it, with its reason, its pièces and perhaps an instant (`wished_at`). When somebody of the ANS
    does instead, it is already instructed. `to_at` is the instant that is proposed.
    """

    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="derogations")
    echeance = LineField("échéance", max_length=20)
    origin = models.CharField("demandée par", max_length=10, choices=Camp, default=Camp.ANS)
    state = StateField("état", default=State.REQUESTED, choices=State.choices, protected=True)
    wished_at = models.DateTimeField("instant souhaité", null=True, blank=True)
    to_at = models.DateTimeField("nouvel instant", null=True, blank=True)
    motive = ParagraphField("motif", max_length=2000)
    asked_at = models.DateTimeField("demandée le")
    asked_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    instructed_at = models.DateTimeField("instruite le", null=True, blank=True)
    instructed_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField("tranchée le", null=True, blank=True)
    decided_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    withdrawn_at = models.DateTimeField("retirée le", null=True, blank=True)
    withdrawn_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    refusal = ParagraphField("motif du refus", max_length=2000, blank=True)

    class Meta:
        verbose_name = "dérogation"
        constraints = [
            models.UniqueConstraint(
                fields=["candidature", "echeance"],
                condition=Q(state__in=UNDECIDED),
                name="derogation_one_at_a_time",
                violation_error_message="Une dérogation à cette échéance attend déjà une décision.",
            ),
            models.CheckConstraint(condition=~Q(motive=""), name="derogation_gives_its_motive"),
            models.CheckConstraint(
                condition=Q(
                    state=State.ASKED,
                    origin=Camp.EDITEUR,
                    to_at=None,
                    instructed_at=None,
                    instructed_by=None,
                    refusal="",
                    **OPEN,
                )
                | Q(INSTRUCTED, state=State.REQUESTED, to_at__isnull=False, refusal="", **OPEN)
                | Q(INSTRUCTED, ~Q(refusal=""), state=State.TO_REFUSE, origin=Camp.EDITEUR, to_at=None, **OPEN)
                | Q(DECIDED, BY_ANOTHER, state=State.GRANTED, refusal="", to_at__gt=F("decided_at"))
                | Q(DECIDED, ~Q(refusal=""), state=State.REFUSED, origin=Camp.ANS)
                | Q(DECIDED, BY_ANOTHER, ~Q(refusal=""), state=State.REFUSED, origin=Camp.EDITEUR)
                | Q(
                    state=State.WITHDRAWN,
                    origin=Camp.EDITEUR,
                    decided_at=None,
                    decided_by=None,
                    withdrawn_at__gte=F("asked_at"),
                    withdrawn_by__isnull=False,
                ),
                name="derogation_decided_by_another",
                violation_error_message="Une dérogation est tranchée par une autre personne que celle qui l’instruit.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidature_id} {self.echeance} {self.state}"

    @transition(field=state, source=[State.ASKED, State.TO_REFUSE], target=State.REQUESTED)
    def instruct(self, *, by: Compte, at: datetime, to: datetime) -> None:
        """Propose an instant, which another person grants or refuses."""
        self.instructed_at, self.instructed_by, self.to_at, self.refusal = at, by, to, ""

    @transition(field=state, source=[State.ASKED, State.REQUESTED], target=State.TO_REFUSE)
    def propose_refusal(self, *, by: Compte, at: datetime, reason: str) -> None:
        """Propose a refusal, which another person confirms or not."""
        self.instructed_at, self.instructed_by, self.to_at, self.refusal = at, by, None, reason

    @transition(field=state, source=State.REQUESTED, target=State.GRANTED)
    def grant(self, *, by: Compte, at: datetime) -> None:
        self.decided_at, self.decided_by = at, by

    @transition(field=state, source=State.REQUESTED, target=State.REFUSED)
    def refuse(self, *, by: Compte, at: datetime, reason: str) -> None:
        """Refuse a dérogation that somebody of the ANS proposed."""
        self.decided_at, self.decided_by, self.refusal = at, by, reason

    @transition(field=state, source=State.TO_REFUSE, target=State.REFUSED)
    def confirm_refusal(self, *, by: Compte, at: datetime) -> None:
        self.decided_at, self.decided_by = at, by

    @transition(field=state, source=UNDECIDED, target=State.WITHDRAWN)
    def withdraw(self, *, by: Compte, at: datetime) -> None:
        self.withdrawn_at, self.withdrawn_by = at, by

    @property
    def is_of_editeur(self) -> bool:
        return self.origin == Camp.EDITEUR

    @property
    def address(self) -> str:
        return f"derogation:{self.pk}"


class DerogationPiece(models.Model):
    """One file that the éditeur joined to its demande de dérogation."""

    derogation = models.ForeignKey(Derogation, on_delete=models.PROTECT, related_name="lines")
    piece = models.ForeignKey(Piece, on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField("rang")

    class Meta:
        verbose_name = "fichier d’une dérogation"
        verbose_name_plural = "fichiers d’une dérogation"
        constraints = [models.UniqueConstraint(fields=["derogation", "rank"], name="derogation_piece_rank_once")]

    def __str__(self) -> str:
        return f"{self.derogation_id}/{self.rank}"
