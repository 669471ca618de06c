from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django_fsm import FSMModelMixin, transition

from candidatures.models import Candidature
from comptes.models import Compte
from comptes.models.state import StateField
from comptes.models.texts import ParagraphField
from referencement.enums import EvenementKind, ReferencementState

from .college import Examen
from .mesure import Mesure

State = ReferencementState
MOVES = {
    EvenementKind.SUSPENDED: ((State.IN_FORCE,), State.SUSPENDED),
    EvenementKind.RESTORED: ((State.SUSPENDED,), State.IN_FORCE),
    EvenementKind.WITHDRAWN: ((State.IN_FORCE, State.SUSPENDED), State.WITHDRAWN),
    EvenementKind.RENOUNCED: ((State.IN_FORCE, State.SUSPENDED), State.RENOUNCED),
    EvenementKind.REPLACED: ((State.IN_FORCE, State.SUSPENDED), State.REPLACED),
}
BY_THE_ANS = (EvenementKind.SUSPENDED, EvenementKind.RESTORED, EvenementKind.WITHDRAWN)


def legal_moves() -> Q:
    """Return every move of the machine, as a condition on a row of the history."""
    moves = Q()
    for kind, (sources, target) in MOVES.items():
        moves |= Q(kind=kind, from_state__in=sources, to_state=target)
    return moves


class ReferencementQuerySet(models.QuerySet["Referencement"]):
    def locked(self) -> ReferencementQuerySet:
        return self.select_for_update(no_key=True, of=("self",))


class Referencement(FSMModelMixin, models.Model):
    """The référencement that the collège attributed to one candidature: in force, suspended, or ended.

    `state` is what was decided last, and may not have taken effect yet. What the référencement is at an instant is
    derived from its events, each with its date of effect. `version` is the number of the last event.
    """

    candidature = models.OneToOneField(Candidature, on_delete=models.PROTECT, related_name="referencement")
    examen = models.OneToOneField(Examen, on_delete=models.PROTECT, related_name="referencement")
    state = StateField("état", default=State.IN_FORCE, choices=State.choices, protected=True)
    version = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField("attribué le")

    objects = ReferencementQuerySet.as_manager()

    class Meta:
        verbose_name = "référencement"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="referencement_state_is_known"),
            models.CheckConstraint(
                condition=Q(version__gte=1) | Q(state=State.IN_FORCE),
                name="referencement_moves_by_events",
                violation_error_message="Un référencement ne change d’état que par un événement de son historique.",
            ),
        ]

    def __str__(self) -> str:
        return f"Référencement {self.candidature_id}"

    @transition(field=state, source=State.IN_FORCE, target=State.SUSPENDED)
    def suspend(self) -> None:
        self.version += 1

    @transition(field=state, source=State.SUSPENDED, target=State.IN_FORCE)
    def restore(self) -> None:
        self.version += 1

    @transition(field=state, source=[State.IN_FORCE, State.SUSPENDED], target=State.WITHDRAWN)
    def withdraw(self) -> None:
        self.version += 1

    @transition(field=state, source=[State.IN_FORCE, State.SUSPENDED], target=State.RENOUNCED)
    def renounce(self) -> None:
        self.version += 1

    @transition(field=state, source=[State.IN_FORCE, State.SUSPENDED], target=State.REPLACED)
    def replace(self) -> None:
        self.version += 1


class EvenementDeReferencement(models.Model):
    """One move of a référencement, with its reasons and its date of effect. Written once.

    :ivar mesure: the mesure that the ANS decided; None for a renunciation or a replacement
    :ivar successor: the référencement of the version that replaces it; None otherwise
    :ivar by: the person who decided; for a replacement, the person who closed the séance
    """

    referencement = models.ForeignKey(Referencement, on_delete=models.PROTECT, related_name="evenements")
    number = models.PositiveSmallIntegerField("numéro")
    kind = models.CharField("nature", max_length=10, choices=EvenementKind)
    from_state = models.CharField("de", max_length=10, choices=State)
    to_state = models.CharField("à", max_length=10, choices=State)
    mesure = models.OneToOneField(
        Mesure, on_delete=models.PROTECT, related_name="evenement", null=True, blank=True, verbose_name="mesure"
    )
    successor = models.OneToOneField(
        Referencement, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="remplacé par"
    )
    reasons = ParagraphField("motifs", max_length=4000, blank=True)
    effect_at = models.DateTimeField("prend effet le")
    at = models.DateTimeField("décidé le")
    by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", verbose_name="décidé par")

    class Meta:
        verbose_name = "événement de référencement"
        verbose_name_plural = "événements de référencement"
        constraints = [
            models.UniqueConstraint(fields=["referencement", "number"], name="evenement_number_once"),
            models.CheckConstraint(
                condition=legal_moves(),
                name="evenement_is_a_legal_move",
                violation_error_message="Un référencement ne passe pas ainsi d’un état à l’autre.",
            ),
            models.CheckConstraint(
                condition=Q(effect_at__gte=F("at")),
                name="evenement_takes_effect_once_decided",
                violation_error_message="Une décision ne prend pas effet avant d’être prise.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=BY_THE_ANS, mesure__isnull=False, successor=None) & ~Q(reasons="")
                | Q(kind=EvenementKind.RENOUNCED, mesure=None, successor=None)
                | Q(kind=EvenementKind.REPLACED, mesure=None, successor__isnull=False),
                name="evenement_bears_what_founds_it",
                violation_error_message="Suspension, levée et retrait portent leurs motifs et la mesure qui les fonde.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referencement_id} n° {self.number} : {self.kind}"
