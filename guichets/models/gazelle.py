from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django_fsm import FSMField, FSMModelMixin, transition

from guichets.enums import ResultatGazelle

from .demande import DemandeAuGuichet


class LienGazelle(FSMModelMixin, DemandeAuGuichet):
    """The result behind the permanent link that answers a preuve; `numero` is that link. It may change both ways."""

    Etape: ClassVar[type[ResultatGazelle]] = ResultatGazelle
    MOVES: ClassVar[dict[str, str]] = {
        ResultatGazelle.UNDEFINED: "come_undone",
        ResultatGazelle.PASSED: "succeed",
        ResultatGazelle.FAILED: "fail",
    }

    preuve = models.CharField("N° preuve", max_length=60)
    state = FSMField("résultat", default=ResultatGazelle.UNDEFINED, choices=ResultatGazelle.choices, protected=True)
    moved_at = models.DateTimeField("résultat connu depuis le", null=True, blank=True)

    objects: ClassVar[models.Manager[LienGazelle]] = models.Manager()  # type: ignore[assignment]  # of its own rows

    class Meta:
        verbose_name = "résultat Gazelle"
        verbose_name_plural = "résultats Gazelle"
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ResultatGazelle.UNDEFINED)
                | Q(state__in=[ResultatGazelle.PASSED, ResultatGazelle.FAILED], moved_at__isnull=False),
                name="lien_gazelle_result_bears_its_stamp",
                violation_error_message="Le résultat Gazelle ne correspond pas à sa date.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.preuve}, {self.get_state_display()}"

    @transition(
        field=state,
        source=[ResultatGazelle.PASSED, ResultatGazelle.FAILED],
        target=ResultatGazelle.UNDEFINED,
    )
    def come_undone(self, *, at: datetime, on: date) -> None:
        self.moved_at = at

    @transition(
        field=state,
        source=[ResultatGazelle.UNDEFINED, ResultatGazelle.FAILED],
        target=ResultatGazelle.PASSED,
    )
    def succeed(self, *, at: datetime, on: date) -> None:
        self.moved_at = at

    @transition(
        field=state,
        source=[ResultatGazelle.UNDEFINED, ResultatGazelle.PASSED],
        target=ResultatGazelle.FAILED,
    )
    def fail(self, *, at: datetime, on: date) -> None:
        self.moved_at = at

    @property
    def label(self) -> str:
        return f"Résultat Gazelle, preuve {self.preuve}"

    @property
    def constat(self) -> str:
        """A result answers no other preuve than the one where its link stands."""
        return ""
