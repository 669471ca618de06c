from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django_fsm import FSMField, FSMModelMixin, transition

from guichets.enums import EtapeEDC, Role

from .demande import DemandeAuGuichet


class Habilitation(FSMModelMixin, DemandeAuGuichet):
    """An éditeur's habilitation by the EDC PSC, in one role; as utilisateur, one for each proxy used."""

    Etape: ClassVar[type[EtapeEDC]] = EtapeEDC
    MOVES: ClassVar[dict[str, str]] = {
        EtapeEDC.SUBMITTED: "submit",
        EtapeEDC.IN_REVIEW: "review",
        EtapeEDC.COMPLEMENT_REQUESTED: "request_complement",
        EtapeEDC.GRANTED: "grant",
        EtapeEDC.REFUSED: "refuse",
    }

    role = models.CharField("rôle", max_length=12, choices=Role)
    proxy = models.CharField(max_length=200, blank=True)
    state = FSMField("étape", default=EtapeEDC.DECLARED, choices=EtapeEDC.choices, protected=True)
    moved_at = models.DateTimeField("étape connue depuis le", null=True, blank=True)
    decided_date = models.DateField("décidée le", null=True, blank=True)

    objects: ClassVar[models.Manager[Habilitation]] = models.Manager()  # type: ignore[assignment]  # of its own rows

    class Meta:
        verbose_name = "habilitation EDC PSC"
        verbose_name_plural = "habilitations EDC PSC"
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="habilitation_role_is_known"),
            models.CheckConstraint(
                condition=Q(state=EtapeEDC.DECLARED, moved_at=None)
                | Q(~Q(state=EtapeEDC.DECLARED), state__in=EtapeEDC.values, moved_at__isnull=False),
                name="habilitation_move_bears_its_stamp",
                violation_error_message="L’étape de l’habilitation ne correspond pas à ses dates.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[EtapeEDC.GRANTED, EtapeEDC.REFUSED], decided_date__isnull=False)
                | Q(~Q(state__in=[EtapeEDC.GRANTED, EtapeEDC.REFUSED]), decided_date=None),
                name="habilitation_decision_bears_its_date",
                violation_error_message="Une habilitation accordée ou refusée dit à quelle date.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.get_state_display()}"

    @transition(field=state, source=EtapeEDC.DECLARED, target=EtapeEDC.SUBMITTED)
    def submit(self, *, at: datetime, on: date) -> None:
        self.moved_at = at

    @transition(field=state, source=[EtapeEDC.SUBMITTED, EtapeEDC.COMPLEMENT_REQUESTED], target=EtapeEDC.IN_REVIEW)
    def review(self, *, at: datetime, on: date) -> None:
        self.moved_at = at

    @transition(field=state, source=EtapeEDC.IN_REVIEW, target=EtapeEDC.COMPLEMENT_REQUESTED)
    def request_complement(self, *, at: datetime, on: date) -> None:
        self.moved_at = at

    @transition(field=state, source=EtapeEDC.IN_REVIEW, target=EtapeEDC.GRANTED)
    def grant(self, *, at: datetime, on: date) -> None:
        self.moved_at, self.decided_date = at, on

    @transition(field=state, source=[EtapeEDC.IN_REVIEW, EtapeEDC.COMPLEMENT_REQUESTED], target=EtapeEDC.REFUSED)
    def refuse(self, *, at: datetime, on: date) -> None:
        self.moved_at, self.decided_date = at, on

    @property
    def label(self) -> str:
        proxy = f" ({self.proxy})" if self.proxy else ""
        return f"Habilitation EDC PSC, {self.get_role_display().lower()}{proxy}"

    @property
    def constat(self) -> str:
        """What the annotations of the REM call it."""
        return f"EDC_PSC:{self.role.upper()}"
