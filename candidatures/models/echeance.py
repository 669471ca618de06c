from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django_fsm import FSMModelMixin, transition

from candidatures.catalogue.echeances import OUVERTURE
from candidatures.enums import DeplacementState
from comptes.models import Compte
from comptes.models.state import StateField
from comptes.models.texts import LineField, ParagraphField

from .dispositif import Dispositif, Echeance

OUVERTURE_NOM = "Ouverture"
UNDECIDED: dict[str, None] = {"decided_at": None, "decided_by": None}
DECIDED_BY_ANOTHER = Q(decided_at__gte=F("asked_at"), decided_by__isnull=False) & ~Q(decided_by=F("asked_by"))
DECIDED_BY_ANYBODY = Q(decided_at__gte=F("asked_at"), decided_by__isnull=False)


class DeplacementDEcheance(FSMModelMixin, models.Model):
    """A date is moved for everybody: proposed by one person of the ANS, in force once another approved it.

    :param echeance: the échéance that moves; else, it is the opening of a démarche
    :param ouverture_de: the démarche whose opening moves, before it is open
    """

    echeance = models.ForeignKey(Echeance, on_delete=models.PROTECT, related_name="deplacements", null=True, blank=True)
    ouverture_de = models.ForeignKey(
        Dispositif, on_delete=models.PROTECT, related_name="ouvertures", null=True, blank=True
    )
    state = StateField("état", default=DeplacementState.PROPOSED, choices=DeplacementState.choices, protected=True)
    from_at = models.DateTimeField("instant d’avant")
    to_at = models.DateTimeField("nouvel instant")
    arrete = LineField("arrêté", max_length=200)
    motive = ParagraphField("motif", max_length=2000)
    asked_at = models.DateTimeField("proposé le")
    asked_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("tranché le", null=True, blank=True)
    decided_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        verbose_name = "déplacement d’échéance"
        verbose_name_plural = "déplacements d’échéance"
        constraints = [
            models.UniqueConstraint(
                fields=["echeance"], condition=Q(state=DeplacementState.PROPOSED), name="deplacement_one_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["ouverture_de"], condition=Q(state=DeplacementState.PROPOSED), name="ouverture_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(echeance=None, ouverture_de__isnull=False) | Q(echeance__isnull=False, ouverture_de=None),
                name="deplacement_moves_one_date",
            ),
            models.CheckConstraint(condition=~Q(to_at=F("from_at")), name="deplacement_moves_something"),
            models.CheckConstraint(
                condition=~Q(arrete="") & ~Q(motive=""), name="deplacement_gives_its_arrete_and_motive"
            ),
            models.CheckConstraint(
                condition=Q(state=DeplacementState.PROPOSED, **UNDECIDED)
                | Q(DECIDED_BY_ANOTHER, state=DeplacementState.APPROVED, to_at__gt=F("decided_at"))
                | Q(DECIDED_BY_ANYBODY, state=DeplacementState.REFUSED),
                name="deplacement_approved_by_another",
                violation_error_message="Un déplacement est approuvé par une autre personne que celle qui le propose.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.nom} → {self.to_at:%F %T%z}"

    @property
    def dispositif(self) -> Dispositif:
        moved = self.echeance.dispositif if self.echeance else self.ouverture_de
        assert moved is not None, "A constraint requires one of the two."
        return moved

    @property
    def nom(self) -> str:
        return self.echeance.nom if self.echeance else OUVERTURE_NOM

    @property
    def objet(self) -> str:
        return self.echeance.objet if self.echeance else "Les candidatures deviennent possibles"

    @property
    def code(self) -> str:
        """The code that the addresses of its pages hold."""
        return self.echeance.code if self.echeance else OUVERTURE

    @property
    def instant_in_force(self) -> datetime:
        """The date that it moves, as it stands today."""
        return self.echeance.at if self.echeance else self.dispositif.opens_at

    @property
    def is_in_force(self) -> bool:
        return self.state == DeplacementState.APPROVED and self.instant_in_force == self.to_at

    @transition(field=state, source=DeplacementState.PROPOSED, target=DeplacementState.APPROVED)
    def approve(self, *, by: Compte, at: datetime) -> None:
        self.decided_at, self.decided_by = at, by

    @transition(field=state, source=DeplacementState.PROPOSED, target=DeplacementState.REFUSED)
    def refuse(self, *, by: Compte, at: datetime) -> None:
        self.decided_at, self.decided_by = at, by
