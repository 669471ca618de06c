from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django_fsm import FSMModelMixin, transition

from candidatures.models import Candidature
from comptes.models import Compte
from comptes.models.state import StateField
from comptes.models.texts import LineField, ParagraphField, WordsField
from referencement.enums import AvisDuCollege, Decision, ExamenState

from .convention import Convention
from .seance import MembreDeSeance, SeanceDuCollege

State = ExamenState
PUBLISHED = (State.ATTRIBUTED, State.NOT_ATTRIBUTED, State.POSTPONED)


class ExamenQuerySet(models.QuerySet["Examen"]):
    def locked(self) -> ExamenQuerySet:
        return self.select_for_update(no_key=True, of=("self",))


class Examen(FSMModelMixin, models.Model):
    """A candidature on the agenda of a séance.

    `situation` is what was true when it was decided, frozen with its sha256; `blocages` is what was missing then, which
    is nothing for an attribution. The states of `PUBLISHED` come with the closing of the séance, and are final. An
    examen whose séance was cancelled keeps what was said of it; its candidature may be listed at another séance.
    """

    seance = models.ForeignKey(SeanceDuCollege, on_delete=models.PROTECT, related_name="examens")
    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="examens")
    rank = models.PositiveSmallIntegerField("rang")
    rapporteur = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    state = StateField("état", default=State.LISTED, choices=State.choices, protected=True)
    version = models.PositiveIntegerField(default=0)
    decision = models.CharField("décision", max_length=20, choices=Decision, blank=True)
    reasons = models.JSONField("motifs", default=list, blank=True)
    comment = ParagraphField("précisions", blank=True)
    against = ParagraphField("motif contre l’avis unanime", blank=True)
    situation = models.JSONField("situation figée", null=True, blank=True)
    sha256 = LineField("empreinte de la situation", max_length=64, blank=True)
    blocages = models.JSONField("ce qui faisait défaut", default=list, blank=True)
    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="examens", null=True, blank=True)
    listed_at = models.DateTimeField("inscrit le")
    listed_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("décidé le", null=True, blank=True)
    decided_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    published_at = models.DateTimeField("publié le", null=True, blank=True)

    objects = ExamenQuerySet.as_manager()

    class Meta:
        verbose_name = "examen par le collège"
        verbose_name_plural = "examens par le collège"
        constraints = [
            models.UniqueConstraint(fields=["seance", "candidature"], name="examen_once_a_seance"),
            models.UniqueConstraint(
                fields=["candidature"],
                condition=Q(state__in=[State.LISTED, State.DECIDED]),
                name="examen_one_at_a_time",
                violation_error_message="Cette candidature est déjà à l’ordre du jour d’une séance.",
            ),
            models.UniqueConstraint(
                fields=["candidature"], condition=Q(state=State.ATTRIBUTED), name="examen_attributed_once"
            ),
            models.CheckConstraint(
                condition=Q(state=State.LISTED, decision="", decided_at=None, published_at=None)
                | Q(state=State.DECIDED, decided_at__isnull=False, published_at=None)
                | Q(state=State.CANCELLED, published_at=None)
                | Q(state__in=PUBLISHED, decided_at__isnull=False, published_at__gte=F("decided_at")),
                name="examen_bears_its_stamps",
                violation_error_message="L’état de l’examen ne correspond pas à ses dates.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=PUBLISHED) | Q(decision=F("state")), name="examen_publishes_its_decision"
            ),
            models.CheckConstraint(
                condition=~Q(decision=Decision.ATTRIBUTED)
                | Q(blocages=[], convention__isnull=False, situation__isnull=False) & ~Q(sha256=""),
                name="examen_attributed_without_blocage",
                violation_error_message="Une attribution demande une situation figée, sans blocage, et une convention.",
            ),
            models.CheckConstraint(
                condition=~Q(decision=Decision.NOT_ATTRIBUTED) | ~Q(reasons=[]),
                name="examen_not_attributed_says_why",
                violation_error_message="Une non-attribution dit pourquoi.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidature_id} (séance {self.seance_id})"

    @transition(field=state, source=[State.LISTED, State.DECIDED], target=State.DECIDED)
    def decide(
        self,
        *,
        decision: Decision,
        reasons: Sequence[str],
        comment: str,
        against: str,
        situation: dict[str, Any],
        sha256: str,
        blocages: Sequence[str],
        convention: Convention | None,
        by: Compte,
        at: datetime,
    ) -> None:
        self.decision, self.reasons, self.comment, self.against = decision, list(reasons), comment, against
        self.situation, self.sha256, self.blocages, self.convention = situation, sha256, list(blocages), convention
        self.decided_at, self.decided_by = at, by
        self.version += 1

    @transition(field=state, source=State.DECIDED, target=State.ATTRIBUTED)
    def attribute(self, *, at: datetime) -> None:
        self._publish(at)

    @transition(field=state, source=State.DECIDED, target=State.NOT_ATTRIBUTED)
    def refuse(self, *, at: datetime) -> None:
        self._publish(at)

    @transition(field=state, source=State.DECIDED, target=State.POSTPONED)
    def postpone(self, *, at: datetime) -> None:
        self._publish(at)

    @transition(field=state, source=[State.LISTED, State.DECIDED], target=State.CANCELLED)
    def cancel(self) -> None:
        self.version += 1

    def _publish(self, at: datetime) -> None:
        self.published_at = at
        self.version += 1


class AvisDeMembre(models.Model):
    """The advice of a member who is present on one examen; a member who is in conflict does not count.

    `recorded_by` is the member, at their own screen, or the secrétaire of the séance who noted it for them. `version`
    is the one that a screen must have read before it may change the advice.
    """

    examen = models.ForeignKey(Examen, on_delete=models.PROTECT, related_name="avis")
    membre = models.ForeignKey(MembreDeSeance, on_delete=models.PROTECT, related_name="avis")
    avis = models.CharField(max_length=12, choices=AvisDuCollege, blank=True)
    is_in_conflict = models.BooleanField("en conflit d’intérêts", default=False)
    conflict_reason = WordsField("motif du retrait", max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField("noté le")
    recorded_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "avis de membre"
        verbose_name_plural = "avis des membres"
        constraints = [
            models.UniqueConstraint(fields=["examen", "membre"], name="avis_once_a_member"),
            models.CheckConstraint(
                condition=Q(is_in_conflict=True, avis="") & ~Q(conflict_reason="")
                | Q(is_in_conflict=False, conflict_reason="") & ~Q(avis=""),
                name="avis_or_conflict",
                violation_error_message="Un membre donne un avis, ou se retire en disant pourquoi.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membre_id} : {self.avis or 'conflit'}"

    @property
    def is_own(self) -> bool:
        """Whether the member gave this advice; somebody else noted it for them otherwise."""
        return self.recorded_by_id == self.membre.compte_id
