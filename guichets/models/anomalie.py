from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django_fsm import FSMModelMixin, transition

from comptes.models import Compte
from comptes.models.state import StateField
from comptes.models.texts import LineField, SaidField, WordsField
from comptes.rules.texts import LONGEST_MOTIF
from guichets.catalogue.guichets import owner_of_value
from guichets.enums import AnomalieKind, AnomalieState, Owner
from guichets.rules.reconciliation import GOING_BACK

from .demande import DemandeAuGuichet
from .releve import Releve

State = AnomalieState


class AnomalieQuerySet(models.QuerySet["Anomalie"]):
    def locked(self) -> AnomalieQuerySet:
        return self.select_for_update(no_key=True, of=("self",))

    def living(self) -> AnomalieQuerySet:
        return self.exclude(state=State.CLOSED)


class Anomalie(FSMModelMixin, models.Model):
    """What a desk says and cannot be believed as it stands: nothing moves, somebody looks.

    A later consistent answer closes it. `releve` is the answer that showed it; None when the pull brought none.
    """

    demande = models.ForeignKey(DemandeAuGuichet, on_delete=models.PROTECT, related_name="anomalies")
    releve = models.ForeignKey(Releve, on_delete=models.PROTECT, related_name="anomalies", null=True, blank=True)
    kind = models.CharField("nature", max_length=20, choices=AnomalieKind)
    owner = LineField("à qui d’agir", max_length=30)
    sentence = SaidField("constat", max_length=600)
    state = StateField("état", default=State.OPEN, choices=State.choices, protected=True)
    opened_at = models.DateTimeField("constatée le")
    acknowledged_at = models.DateTimeField("prise en compte le", null=True, blank=True)
    acknowledged_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    note = WordsField("suite donnée", max_length=LONGEST_MOTIF, blank=True)
    closed_at = models.DateTimeField("close le", null=True, blank=True)

    objects = AnomalieQuerySet.as_manager()

    class Meta:
        verbose_name = "anomalie"
        constraints = [
            models.UniqueConstraint(
                fields=["demande", "kind"], condition=~Q(state=State.CLOSED), name="anomalie_one_living_of_a_kind"
            ),
            models.CheckConstraint(condition=Q(kind__in=AnomalieKind.values), name="anomalie_kind_is_known"),
            models.CheckConstraint(
                condition=Q(state=State.OPEN, acknowledged_at=None, acknowledged_by=None, closed_at=None)
                | Q(
                    state=State.ACKNOWLEDGED,
                    acknowledged_at__gte=F("opened_at"),
                    acknowledged_by__isnull=False,
                    closed_at=None,
                )
                | Q(state=State.CLOSED, closed_at__gte=F("opened_at")),
                name="anomalie_state_bears_its_stamps",
                violation_error_message="L’état de l’anomalie ne correspond pas à ses dates.",
            ),
        ]
        indexes = [models.Index(fields=["-opened_at", "-id"], condition=~Q(state=State.CLOSED), name="anomalie_living")]

    def __str__(self) -> str:
        return f"{self.kind} ({self.demande_id})"

    @transition(field=state, source=State.OPEN, target=State.ACKNOWLEDGED)
    def acknowledge(self, *, by: Compte, at: datetime) -> None:
        self.acknowledged_at, self.acknowledged_by = at, by

    @transition(field=state, source=[State.OPEN, State.ACKNOWLEDGED], target=State.CLOSED)
    def close(self, *, at: datetime) -> None:
        self.closed_at = at

    @property
    def nature(self) -> str:
        """Its name, in the words of its desk."""
        return self.demande.spec.nature_of(AnomalieKind(self.kind))

    @property
    def is_going_back(self) -> bool:
        return self.kind in GOING_BACK

    @property
    def who(self) -> Owner:
        return owner_of_value(self.owner)
