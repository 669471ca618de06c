from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django_fsm import FSMModelMixin, transition

from candidatures.enums import VoletKind, VoletState
from comptes.models import Compte
from comptes.models.sorting import both_ways
from comptes.models.state import StateField
from comptes.models.texts import LineField

from .candidature import Candidature


class VoletQuerySet(models.QuerySet["Volet"]):
    def locked(self) -> VoletQuerySet:
        """Lock the rows. Join no nullable relation: after a wait, the joined row would be as it was before the wait."""
        return self.select_for_update(no_key=True, of=("self",))


class Volet(FSMModelMixin, models.Model):
    """One half of the dossier administratif. `version` counts every write to it: a save, a move, a decision.

    `formulaire`: the version of its questions, once it was submitted; until then, those of its dispositif today.
    """

    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="volets")
    kind = models.CharField("volet", max_length=20, choices=VoletKind)
    state = StateField("état", default=VoletState.DRAFT, choices=VoletState.choices, protected=True)
    version = models.PositiveIntegerField(default=0)
    formulaire = LineField("version du formulaire", max_length=20, blank=True)
    first_submitted_at = models.DateTimeField("soumis la première fois le", null=True, blank=True)
    submitted_at = models.DateTimeField("soumis le", null=True, blank=True)
    submitted_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    admitted_at = models.DateTimeField("recevable le", null=True, blank=True)
    admitted_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = VoletQuerySet.as_manager()

    class Meta:
        verbose_name = "volet"
        indexes = [
            *both_ways("submitted_at", name="volet_by_submission"),
            *both_ways("state", "submitted_at", name="volet_in_state"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["candidature", "kind"], name="volet_once_in_a_candidature"),
            models.CheckConstraint(
                condition=Q(
                    state=VoletState.DRAFT,
                    first_submitted_at=None,
                    submitted_at=None,
                    submitted_by=None,
                    admitted_at=None,
                    admitted_by=None,
                )
                | Q(
                    state__in=[VoletState.SUBMITTED, VoletState.COMPLEMENT_REQUESTED],
                    first_submitted_at__isnull=False,
                    submitted_at__gte=F("first_submitted_at"),
                    submitted_by__isnull=False,
                    admitted_at=None,
                    admitted_by=None,
                )
                | Q(
                    state=VoletState.ADMITTED,
                    first_submitted_at__isnull=False,
                    submitted_at__gte=F("first_submitted_at"),
                    submitted_by__isnull=False,
                    admitted_at__gte=F("submitted_at"),
                    admitted_by__isnull=False,
                ),
                name="volet_state_bears_its_stamps",
                violation_error_message="L’état du volet ne correspond pas à ses dates.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} – {self.candidature}"

    @transition(field=state, source=[VoletState.DRAFT, VoletState.COMPLEMENT_REQUESTED], target=VoletState.SUBMITTED)
    def submit(self, *, formulaire: str, by: Compte, at: datetime) -> None:
        self.formulaire = self.formulaire or formulaire
        self.first_submitted_at = self.first_submitted_at or at
        self.submitted_at, self.submitted_by = at, by
        self.version += 1

    @transition(field=state, source=VoletState.SUBMITTED, target=VoletState.ADMITTED)
    def admit(self, *, by: Compte, at: datetime) -> None:
        self.admitted_at, self.admitted_by = at, by
        self.version += 1

    @transition(field=state, source=VoletState.SUBMITTED, target=VoletState.COMPLEMENT_REQUESTED)
    def request_complement(self) -> None:
        self.version += 1

    @transition(field=state, source=VoletState.ADMITTED, target=VoletState.COMPLEMENT_REQUESTED)
    def reopen(self) -> None:
        self.admitted_at = self.admitted_by = None
        self.version += 1

    @transition(field=state, source=VoletState.COMPLEMENT_REQUESTED, target=VoletState.SUBMITTED)
    def give_back(self) -> None:
        """Be submitted again, as before a demande that is cancelled; the fields of its submission were kept."""
        self.version += 1

    @transition(field=state, source=VoletState.COMPLEMENT_REQUESTED, target=VoletState.ADMITTED)
    def admit_again(self, *, by: Compte, at: datetime) -> None:
        """Be admitted again, as before a reopening that is cancelled, by the same person and at the same instant."""
        self.admitted_at, self.admitted_by = at, by
        self.version += 1

    @property
    def address(self) -> str:
        return f"volet:{self.candidature.nru}/{self.kind}"


class Reponse(models.Model):
    """One answer to one champ, never changed: a new answer is a new row with a higher version."""

    volet = models.ForeignKey(Volet, on_delete=models.PROTECT, related_name="reponses")
    champ = LineField(max_length=60)
    version = models.PositiveIntegerField()
    value = models.JSONField("réponse", null=True)
    answered_at = models.DateTimeField("répondu le")
    answered_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "réponse"
        constraints = [models.UniqueConstraint(fields=["volet", "champ", "version"], name="reponse_once_a_version")]

    def __str__(self) -> str:
        return f"{self.champ} v{self.version}"


class Soumission(models.Model):
    """One submission of a volet to the ANS: the latest answers up to `version`, proved by `sha256`."""

    volet = models.ForeignKey(Volet, on_delete=models.PROTECT, related_name="soumissions")
    number = models.PositiveSmallIntegerField("numéro")
    version = models.PositiveIntegerField()
    sha256 = LineField(max_length=64)
    submitted_at = models.DateTimeField("soumis le")
    submitted_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "soumission"
        constraints = [models.UniqueConstraint(fields=["volet", "number"], name="soumission_number_once")]

    def __str__(self) -> str:
        return f"soumission n° {self.number} de {self.volet_id}"
