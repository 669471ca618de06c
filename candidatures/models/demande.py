from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django_fsm import FSMModelMixin, transition

from candidatures.enums import DemandeKind, DemandeState, Verdict
from comptes.models import Compte
from comptes.models.state import StateField
from comptes.models.texts import LineField, ParagraphField, WordsField

from .volet import Volet

KEPT: dict[str, Any] = {"cancelled_at": None, "cancelled_by": None, "cancellation": ""}


class Demande(FSMModelMixin, models.Model):
    """Named champs of a volet that the ANS opens again: a complément, or a reopening that the éditeur asked for.

    `due_at` is when the ANS would like an answer: nothing happens by itself afterwards. A cancelled demande stays, with
    its reason.
    """

    volet = models.ForeignKey(Volet, on_delete=models.PROTECT, related_name="demandes")
    number = models.PositiveSmallIntegerField("numéro")
    kind = models.CharField("nature", max_length=12, choices=DemandeKind)
    state = StateField("état", default=DemandeState.ASKED, choices=DemandeState.choices, protected=True)
    champs = ArrayField(models.CharField(max_length=60), verbose_name="champs rouverts")
    text = ParagraphField("texte", max_length=4000)
    asked_at = models.DateTimeField("demandée le")
    asked_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField("répondue le", null=True, blank=True)
    answered_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    closed_at = models.DateTimeField("close le", null=True, blank=True)
    due_at = models.DateTimeField("réponse attendue avant le", null=True, blank=True)
    cancelled_at = models.DateTimeField("annulée le", null=True, blank=True)
    cancelled_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    cancellation = ParagraphField("motif de l’annulation", max_length=1000, blank=True)

    class Meta:
        verbose_name = "demande de compléments"
        constraints = [
            models.UniqueConstraint(fields=["volet", "number"], name="demande_number_once"),
            models.UniqueConstraint(
                fields=["volet"], condition=Q(state=DemandeState.ASKED), name="demande_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(champs__len__gt=0), name="demande_names_its_champs"),
            models.CheckConstraint(
                condition=Q(due_at=None) | Q(due_at__gt=F("asked_at")),
                name="demande_due_after_it_is_asked",
                violation_error_message="La réponse est attendue après la demande.",
            ),
            models.CheckConstraint(
                condition=Q(state=DemandeState.ASKED, answered_at=None, answered_by=None, closed_at=None, **KEPT)
                | Q(
                    state=DemandeState.ANSWERED,
                    answered_at__gte=F("asked_at"),
                    answered_by__isnull=False,
                    closed_at=None,
                    **KEPT,
                )
                | Q(
                    state=DemandeState.CLOSED,
                    answered_at__gte=F("asked_at"),
                    answered_by__isnull=False,
                    closed_at__gte=F("answered_at"),
                    **KEPT,
                )
                | Q(
                    ~Q(cancellation=""),
                    state=DemandeState.CANCELLED,
                    answered_at=None,
                    answered_by=None,
                    closed_at=None,
                    cancelled_at__gte=F("asked_at"),
                    cancelled_by__isnull=False,
                ),
                name="demande_state_bears_its_stamps",
                violation_error_message="L’état de la demande ne correspond pas à ses dates.",
            ),
        ]

    def __str__(self) -> str:
        return f"demande n° {self.number} sur {self.volet_id}"

    @transition(field=state, source=DemandeState.ASKED, target=DemandeState.ANSWERED)
    def answer(self, *, by: Compte, at: datetime) -> None:
        self.answered_at, self.answered_by = at, by

    @transition(field=state, source=DemandeState.ANSWERED, target=DemandeState.CLOSED)
    def close(self, *, at: datetime) -> None:
        self.closed_at = at

    @transition(field=state, source=DemandeState.ASKED, target=DemandeState.CANCELLED)
    def cancel(self, *, by: Compte, at: datetime, reason: str) -> None:
        self.cancelled_at, self.cancelled_by, self.cancellation = at, by, reason

    @property
    def address(self) -> str:
        return f"demande:{self.pk}"


class Jugement(models.Model):
    """The judgement of the ANS on one earlier reference; never rewritten, the latest counts."""

    volet = models.ForeignKey(Volet, on_delete=models.PROTECT, related_name="jugements")
    champ = LineField(max_length=60)
    identifiant = LineField(max_length=40)
    verdict = models.CharField(max_length=10, choices=Verdict)
    reason = WordsField("motif", max_length=500, blank=True)
    judged_at = models.DateTimeField("prononcé le")
    judged_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "jugement sur une référence"
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict=Verdict.CONFIRMED) | ~Q(reason=""),
                name="jugement_refusal_has_a_reason",
                violation_error_message="Indiquez le motif du refus.",
            ),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="jugement_verdict_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.identifiant} : {self.verdict}"

    @property
    def tone(self) -> str:
        return "success" if self.verdict == Verdict.CONFIRMED else "danger"
