from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django_fsm import FSMModelMixin, transition

from comptes.models import Compte
from comptes.models.state import StateField
from comptes.models.texts import ParagraphField
from referencement.enums import MesureKind, MesureState

State = MesureState


class Mesure(FSMModelMixin, models.Model):
    """A mesure on a référencement, which one person of the ANS proposes and another decides.

    A suspension and a retrait are announced to the éditeur, who has until `answer_until_at` to answer in words; the
    lifting of a suspension is not. `decision` holds the reasons of the decision, or why the mesure was abandoned.
    """

    referencement = models.ForeignKey(
        "referencement.Referencement", on_delete=models.PROTECT, related_name="mesures", verbose_name="référencement"
    )
    kind = models.CharField("nature", max_length=10, choices=MesureKind)
    state = StateField("état", default=State.PROPOSED, choices=State.choices, protected=True)
    reasons = ParagraphField("motifs", max_length=4000)
    proposed_at = models.DateTimeField("proposée le")
    proposed_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    answer_until_at = models.DateTimeField("réponse attendue jusqu’au", null=True, blank=True)
    answer = ParagraphField("réponse de l’éditeur", max_length=8000, blank=True)
    answered_at = models.DateTimeField("répondue le", null=True, blank=True)
    answered_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    decision = ParagraphField("motifs de la décision", max_length=4000, blank=True)
    decided_at = models.DateTimeField("tranchée le", null=True, blank=True)
    decided_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        verbose_name = "mesure"
        constraints = [
            models.UniqueConstraint(
                fields=["referencement"],
                condition=Q(state=State.PROPOSED),
                name="mesure_one_at_a_time",
                violation_error_message="Une mesure attend déjà une décision pour ce référencement.",
            ),
            models.CheckConstraint(
                condition=~Q(reasons=""), name="mesure_says_why", violation_error_message="Une mesure dit pourquoi."
            ),
            models.CheckConstraint(
                condition=Q(kind=MesureKind.LEVEE, answer_until_at=None)
                | Q(kind__in=[MesureKind.SUSPENSION, MesureKind.RETRAIT], answer_until_at__gt=F("proposed_at")),
                name="mesure_leaves_time_to_answer",
                violation_error_message="Une suspension ou un retrait laisse à l’éditeur un délai pour répondre.",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None, answered_by=None)
                | Q(answered_at__gte=F("proposed_at"), answered_by__isnull=False) & ~Q(answer=""),
                name="mesure_answer_has_its_person",
            ),
            models.CheckConstraint(
                condition=Q(state=State.PROPOSED, decided_at=None, decided_by=None, decision="")
                | Q(state=State.DECIDED, decided_by__isnull=False)
                & (
                    Q(kind=MesureKind.LEVEE, decided_at__gte=F("proposed_at"))
                    | Q(answered_at__isnull=False, decided_at__gte=F("answered_at"))
                    | Q(decided_at__gt=F("answer_until_at"))
                )
                & ~Q(decision="")
                & ~Q(decided_by=F("proposed_by"))
                | Q(state=State.ABANDONED, decided_at__gte=F("proposed_at"), decided_by__isnull=False)
                & ~Q(decision=""),
                name="mesure_decided_by_another",
                violation_error_message=(
                    "Une mesure est prononcée par une autre personne que celle qui la propose, une fois l’éditeur "
                    "entendu ou son délai passé, avec ses motifs."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.referencement_id})"

    @transition(field=state, source=State.PROPOSED, target=State.DECIDED)
    def decide(self, *, reasons: str, by: Compte, at: datetime) -> None:
        self.decision, self.decided_at, self.decided_by = reasons, at, by

    @transition(field=state, source=State.PROPOSED, target=State.ABANDONED)
    def abandon(self, *, reason: str, by: Compte, at: datetime) -> None:
        self.decision, self.decided_at, self.decided_by = reason, at, by

    @property
    def address(self) -> str:
        return f"mesure:{self.pk}"
