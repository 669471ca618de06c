from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django_fsm import FSMField, FSMModelMixin, transition

from guichets.enums import EtapeCNDA

from .demande import DemandeAuGuichet


class Homologation(FSMModelMixin, DemandeAuGuichet):
    """An homologation by the CNDA: one component, one téléservice. `composant` is empty for the principal one."""

    Etape: ClassVar[type[EtapeCNDA]] = EtapeCNDA
    MOVES: ClassVar[dict[str, str]] = {
        EtapeCNDA.PRE_EXAMEN: "start_pre_examen",
        EtapeCNDA.EXAMEN: "start_examen",
        EtapeCNDA.FINALISATION: "start_finalisation",
        EtapeCNDA.GRANTED: "grant",
        EtapeCNDA.REFUSED: "refuse",
    }

    composant = models.CharField(max_length=120, blank=True)
    teleservice = models.CharField("téléservice", max_length=20)
    nil = models.CharField("NIL du composant", max_length=40, blank=True)
    state = FSMField("étape", default=EtapeCNDA.INITIALISATION, choices=EtapeCNDA.choices, protected=True)
    moved_at = models.DateTimeField("étape connue depuis le", null=True, blank=True)
    decided_date = models.DateField("décidée le", null=True, blank=True)

    objects: ClassVar[models.Manager[Homologation]] = models.Manager()  # type: ignore[assignment]  # of its own rows

    class Meta:
        verbose_name = "homologation CNDA"
        verbose_name_plural = "homologations CNDA"
        constraints = [
            models.CheckConstraint(
                condition=Q(state=EtapeCNDA.INITIALISATION, moved_at=None)
                | Q(~Q(state=EtapeCNDA.INITIALISATION), state__in=EtapeCNDA.values, moved_at__isnull=False),
                name="homologation_move_bears_its_stamp",
                violation_error_message="L’étape de l’homologation ne correspond pas à ses dates.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[EtapeCNDA.GRANTED, EtapeCNDA.REFUSED], decided_date__isnull=False)
                | Q(~Q(state__in=[EtapeCNDA.GRANTED, EtapeCNDA.REFUSED]), decided_date=None),
                name="homologation_decision_bears_its_date",
                violation_error_message="Une homologation accordée ou refusée dit à quelle date.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teleservice} {self.composant}, {self.get_state_display()}"

    @transition(field=state, source=EtapeCNDA.INITIALISATION, target=EtapeCNDA.PRE_EXAMEN)
    def start_pre_examen(self, *, at: datetime, on: date) -> None:
        self.moved_at = at

    @transition(field=state, source=EtapeCNDA.PRE_EXAMEN, target=EtapeCNDA.EXAMEN)
    def start_examen(self, *, at: datetime, on: date) -> None:
        self.moved_at = at

    @transition(field=state, source=EtapeCNDA.EXAMEN, target=EtapeCNDA.FINALISATION)
    def start_finalisation(self, *, at: datetime, on: date) -> None:
        self.moved_at = at

    @transition(field=state, source=EtapeCNDA.FINALISATION, target=EtapeCNDA.GRANTED)
    def grant(self, *, at: datetime, on: date) -> None:
        self.moved_at, self.decided_date = at, on

    @transition(
        field=state,
        source=[EtapeCNDA.PRE_EXAMEN, EtapeCNDA.EXAMEN, EtapeCNDA.FINALISATION],
        target=EtapeCNDA.REFUSED,
    )
    def refuse(self, *, at: datetime, on: date) -> None:
        self.moved_at, self.decided_date = at, on

    @property
    def label(self) -> str:
        return f"Homologation CNDA {self.teleservice}, {self.composant or 'composant principal'}"

    @property
    def constat(self) -> str:
        """What the annotations of the REM call it."""
        return f"CNDA:{self.teleservice}"
