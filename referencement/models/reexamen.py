from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django_fsm import FSMModelMixin, transition

from comptes.models import Compte
from comptes.models.state import StateField
from comptes.models.texts import ParagraphField
from referencement.enums import ReexamenGround, ReexamenState

from .college import Examen

State = ReexamenState


class Reexamen(FSMModelMixin, models.Model):
    """A new examen of a candidature that the collège refused: one person of the ANS proposes it, another grants it.

    :ivar examen: the non-attribution that it undoes
    """

    examen = models.ForeignKey(Examen, on_delete=models.PROTECT, related_name="reexamens")
    state = StateField("état", default=State.REQUESTED, choices=State.choices, protected=True)
    ground = models.CharField("fondement", max_length=10, choices=ReexamenGround)
    reason = ParagraphField("motif", max_length=2000)
    asked_at = models.DateTimeField("proposé le")
    asked_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("tranché le", null=True, blank=True)
    decided_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    refusal = ParagraphField("motif du refus", max_length=2000, blank=True)

    class Meta:
        verbose_name = "nouvel examen"
        verbose_name_plural = "nouveaux examens"
        constraints = [
            models.UniqueConstraint(
                fields=["examen"],
                condition=~Q(state=State.REFUSED),
                name="reexamen_one_at_a_time",
                violation_error_message="Un nouvel examen est déjà proposé, ou accordé.",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="reexamen_gives_its_reason"),
            models.CheckConstraint(
                condition=Q(state=State.REQUESTED, refusal="", decided_at=None, decided_by=None)
                | Q(state=State.GRANTED, refusal="", decided_at__gte=F("asked_at"), decided_by__isnull=False)
                & ~Q(decided_by=F("asked_by"))
                | Q(state=State.REFUSED, decided_at__gte=F("asked_at"), decided_by__isnull=False) & ~Q(refusal=""),
                name="reexamen_granted_by_another",
                violation_error_message="Un nouvel examen est accordé par une autre personne que celle qui le propose.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.examen_id} : {self.ground}"

    @transition(field=state, source=State.REQUESTED, target=State.GRANTED)
    def grant(self, *, by: Compte, at: datetime) -> None:
        self.decided_at, self.decided_by = at, by

    @transition(field=state, source=State.REQUESTED, target=State.REFUSED)
    def refuse(self, *, reason: str, by: Compte, at: datetime) -> None:
        self.decided_at, self.decided_by, self.refusal = at, by, reason

    @property
    def address(self) -> str:
        return f"reexamen:{self.pk}"
