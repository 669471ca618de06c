from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django_fsm import FSMModelMixin, transition

from comptes.models import Compte
from comptes.models.state import StateField
from comptes.models.texts import WordsField
from referencement.enums import SeanceState

State = SeanceState


class SeanceQuerySet(models.QuerySet["SeanceDuCollege"]):
    def locked(self) -> SeanceQuerySet:
        return self.select_for_update(no_key=True, of=("self",))


class SeanceDuCollege(FSMModelMixin, models.Model):
    """One sitting of the collège technique. Its decisions stay pending, and are published together when it is closed.

    `held_at` is when it is planned, after its last move; `opened_at` and `closed_at` are when it really began and
    ended. `secretaire` is the secrétaire of this séance.
    """

    held_at = models.DateTimeField("tenue le")
    quorum = models.PositiveSmallIntegerField("membres présents requis")
    secretaire = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    state = StateField("état", default=State.PLANNED, choices=State.choices, protected=True)
    version = models.PositiveIntegerField(default=0)
    planned_at = models.DateTimeField("prévue le")
    planned_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField("ouverte le", null=True, blank=True)
    closed_at = models.DateTimeField("close le", null=True, blank=True)
    closed_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    cancelled_at = models.DateTimeField("annulée le", null=True, blank=True)
    cancelled_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    cancel_reason = WordsField("motif de l’annulation", max_length=300, blank=True)

    objects = SeanceQuerySet.as_manager()

    class Meta:
        verbose_name = "séance du collège"
        verbose_name_plural = "séances du collège"
        constraints = [
            models.CheckConstraint(condition=Q(quorum__gte=1), name="seance_quorum_is_somebody"),
            models.CheckConstraint(
                condition=Q(state=State.PLANNED, opened_at=None, closed_at=None, closed_by=None, cancelled_at=None)
                | Q(state=State.OPEN, opened_at__isnull=False, closed_at=None, closed_by=None, cancelled_at=None)
                | Q(state=State.CLOSED, closed_at__gte=F("opened_at"), closed_by__isnull=False, cancelled_at=None)
                | Q(state=State.CANCELLED, cancelled_at__isnull=False, closed_at=None, closed_by=None),
                name="seance_bears_its_stamps",
                violation_error_message="L’état de la séance ne correspond pas à ses dates.",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None, cancelled_by=None, cancel_reason="")
                | Q(cancelled_at__isnull=False, cancelled_by__isnull=False) & ~Q(cancel_reason=""),
                name="seance_cancelled_says_why",
                violation_error_message="Une séance annulée dit pourquoi.",
            ),
        ]

    def __str__(self) -> str:
        return f"Séance n° {self.pk}"

    @property
    def sat_at(self) -> datetime:
        """When the séance began; before that, when it is planned."""
        return self.opened_at or self.held_at

    @transition(field=state, source=State.PLANNED, target=State.PLANNED)
    def move(self, *, to: datetime) -> None:
        self.held_at = to
        self.version += 1

    @transition(field=state, source=State.PLANNED, target=State.OPEN)
    def open(self, *, at: datetime) -> None:
        self.opened_at = at
        self.version += 1

    @transition(field=state, source=State.OPEN, target=State.CLOSED)
    def close(self, *, by: Compte, at: datetime) -> None:
        self.closed_at, self.closed_by = at, by
        self.version += 1

    @transition(field=state, source=[State.PLANNED, State.OPEN], target=State.CANCELLED)
    def cancel(self, *, reason: str, by: Compte, at: datetime) -> None:
        self.cancelled_at, self.cancelled_by, self.cancel_reason = at, by, reason
        self.version += 1


class MembreDeSeance(models.Model):
    """A member who is called to a séance, and whether they came."""

    seance = models.ForeignKey(SeanceDuCollege, on_delete=models.PROTECT, related_name="membres")
    compte = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    is_present = models.BooleanField("présent", default=False)

    class Meta:
        verbose_name = "membre de séance"
        verbose_name_plural = "membres de séance"
        constraints = [models.UniqueConstraint(fields=["seance", "compte"], name="seance_member_once")]

    def __str__(self) -> str:
        return f"{self.compte_id} ({self.seance_id})"


class ReportDeSeance(models.Model):
    """One time that a séance was moved to another instant; written once."""

    seance = models.ForeignKey(SeanceDuCollege, on_delete=models.PROTECT, related_name="reports")
    from_at = models.DateTimeField("prévue le")
    to_at = models.DateTimeField("reportée au")
    reason = WordsField("motif", max_length=300)
    moved_at = models.DateTimeField("déplacée le")
    moved_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "report de séance"
        verbose_name_plural = "reports de séances"
        constraints = [
            models.CheckConstraint(
                condition=Q(to_at__gt=F("moved_at")) & ~Q(to_at=F("from_at")),
                name="report_to_another_instant_to_come",
                violation_error_message="Une séance se déplace à une autre date, à venir.",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="report_says_why",
                violation_error_message="Un déplacement de séance dit pourquoi.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seance_id} : {self.from_at} → {self.to_at}"


class Convocation(models.Model):
    """What was sent to the members of a séance: its date and its agenda as they stood then. Written once.

    `agenda` is a list of objects with the keys `rang`, `nru`, `solution`, `editeur` and `rapporteur`.
    """

    seance = models.ForeignKey(SeanceDuCollege, on_delete=models.PROTECT, related_name="convocations")
    number = models.PositiveSmallIntegerField("numéro")
    agenda = models.JSONField("ordre du jour", default=list, blank=True)
    sent_at = models.DateTimeField("envoyée le")
    sent_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "convocation"
        verbose_name_plural = "convocations"
        constraints = [models.UniqueConstraint(fields=["seance", "number"], name="convocation_numbered_once")]

    def __str__(self) -> str:
        return f"{self.seance_id} n° {self.number}"
