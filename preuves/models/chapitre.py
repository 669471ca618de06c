from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django_fsm import FSMModelMixin, transition

from candidatures.models import Dispositif
from comptes.models import Compte
from comptes.models.state import StateField
from comptes.models.texts import LineField
from preuves.enums import ChapitreState

from .dossier import DossierDePreuves

State = ChapitreState
WAITING = (State.SUBMITTED, State.UNDER_REVIEW)


class ChapitreQuerySet(models.QuerySet["Chapitre"]):
    def waiting(self) -> ChapitreQuerySet:
        """Keep those that the ANS has to read, or reads: an index holds them."""
        return self.filter(state__in=WAITING, candidature_closed=False)

    def locked(self) -> ChapitreQuerySet:
        """Lock the rows. Join no nullable relation: after a wait, the joined row would be as it was before the wait."""
        return self.select_for_update(no_key=True, of=("self",))


class Chapitre(FSMModelMixin, models.Model):
    """One chapitre of a dossier de preuves. `version` counts every move and every deposit in it.

    `first_submitted_at` is compared with Date 2; a submission that was taken back does not count. A claim
    (`claimed_*`) tells who reads it, until `claim_ends_at`. Triggers write what lists ask of its candidature:
    `candidature_closed` (withdrawn or foreclosed), `dispositif`, and `referent`, who follows it at the ANS.
    """

    dossier = models.ForeignKey(DossierDePreuves, on_delete=models.PROTECT, related_name="chapitres")
    code = LineField(max_length=20)
    state = StateField("état", default=State.OPEN, choices=State.choices, protected=True)
    version = models.PositiveIntegerField(default=0)
    first_submitted_at = models.DateTimeField("soumis la première fois le", null=True, blank=True)
    submitted_at = models.DateTimeField("soumis le", null=True, blank=True)
    submitted_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    claimed_at = models.DateTimeField("examen commencé le", null=True, blank=True)
    claimed_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    claim_ends_at = models.DateTimeField("réservé jusqu’au", null=True, blank=True)
    concluded_at = models.DateTimeField("examen conclu le", null=True, blank=True)
    concluded_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    candidature_closed = models.BooleanField("candidature close", default=False, editable=False)
    dispositif = models.ForeignKey(
        Dispositif, on_delete=models.PROTECT, related_name="+", db_index=False, editable=False
    )
    referent = models.ForeignKey(
        Compte,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        null=True,
        editable=False,
        verbose_name="référent",
    )

    objects = ChapitreQuerySet.as_manager()

    class Meta:
        verbose_name = "chapitre"
        constraints = [
            models.UniqueConstraint(fields=["dossier", "code"], name="chapitre_once_in_a_dossier"),
            models.CheckConstraint(
                condition=Q(state=State.OPEN, first_submitted_at=None, submitted_at=None, submitted_by=None)
                | Q(
                    ~Q(state=State.OPEN),
                    state__in=State.values,
                    first_submitted_at__isnull=False,
                    submitted_at__gte=F("first_submitted_at"),
                    submitted_by__isnull=False,
                ),
                name="chapitre_submission_bears_its_stamps",
                violation_error_message="L’état du chapitre ne correspond pas à ses dates.",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=State.UNDER_REVIEW,
                    claimed_at__gte=F("submitted_at"),
                    claimed_by__isnull=False,
                    claim_ends_at__gt=F("claimed_at"),
                )
                | Q(~Q(state=State.UNDER_REVIEW), claimed_at=None, claimed_by=None, claim_ends_at=None),
                name="chapitre_under_review_is_claimed",
                violation_error_message="Un chapitre en examen a son instructeur, et lui seul.",
            ),
            models.CheckConstraint(
                condition=Q(~Q(state__in=[State.RETURNED, State.APPROVED]))
                | Q(state=State.RETURNED, concluded_at__gte=F("submitted_at"))
                | Q(concluded_at__gte=F("submitted_at"), concluded_by__isnull=False),
                name="chapitre_conclusion_bears_its_stamps",
                violation_error_message="Un chapitre renvoyé ou validé dit quand, et par qui s’il est validé.",
            ),
        ]
        indexes = [
            # For the list of what the ANS reads, oldest first.
            models.Index(
                fields=["submitted_at", "id"],
                condition=Q(state__in=WAITING, candidature_closed=False),
                name="chapitre_to_read_in_order",
            ),
            # For the chapitres of the types that one person reads.
            models.Index(
                fields=["code", "submitted_at", "id"],
                include=["dispositif", "state"],
                condition=Q(state__in=WAITING, candidature_closed=False),
                name="chapitre_to_read_by_code",
            ),
            # For those that nobody reads yet, of the candidatures that one person follows, or nobody.
            models.Index(
                fields=["referent", "submitted_at", "id"],
                include=["dispositif", "code"],
                condition=Q(state=State.SUBMITTED, candidature_closed=False),
                name="chapitre_to_read_by_referent",
            ),
            # For those that one person reads.
            models.Index(
                fields=["claimed_by", "submitted_at", "id"],
                condition=Q(state=State.UNDER_REVIEW, candidature_closed=False),
                name="chapitre_being_read",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} – {self.dossier_id}"

    @transition(field=state, source=[State.OPEN, State.RETURNED], target=State.SUBMITTED)
    def submit(self, *, by: Compte, at: datetime) -> None:
        self.first_submitted_at = self.first_submitted_at or at
        self.submitted_at, self.submitted_by = at, by
        self.version += 1

    @transition(field=state, source=State.SUBMITTED, target=State.OPEN)
    def take_back(self) -> None:
        self.first_submitted_at = self.submitted_at = self.submitted_by = None
        self.version += 1

    @transition(field=state, source=State.SUBMITTED, target=State.RETURNED)
    def take_answer_back(self, *, former: SoumissionDeChapitre) -> None:
        """Go back to the state before this submission; `former` is the submission before it."""
        self.submitted_at, self.submitted_by = former.submitted_at, former.submitted_by
        self.version += 1

    @transition(field=state, source=State.SUBMITTED, target=State.RETURNED)
    def come_back(self, *, at: datetime) -> None:
        """Go back to the éditeur before anybody read it: one of its files cannot be kept, or does not open."""
        self._conclude(None, at)

    @transition(field=state, source=State.SUBMITTED, target=State.UNDER_REVIEW)
    def open_review(self, *, by: Compte, at: datetime, until: datetime) -> None:
        self.claimed_at, self.claimed_by, self.claim_ends_at = at, by, until
        self.version += 1

    @transition(field=state, source=State.UNDER_REVIEW, target=State.UNDER_REVIEW)
    def change_hands(self, *, by: Compte, at: datetime, until: datetime) -> None:
        self.claimed_at, self.claimed_by, self.claim_ends_at = at, by, until
        self.version += 1

    @transition(field=state, source=State.UNDER_REVIEW, target=State.RETURNED)
    def send_back(self, *, by: Compte, at: datetime) -> None:
        self._conclude(by, at)

    @transition(field=state, source=State.UNDER_REVIEW, target=State.APPROVED)
    def approve(self, *, by: Compte, at: datetime) -> None:
        self._conclude(by, at)

    @transition(field=state, source=State.APPROVED, target=State.RETURNED)
    def reopen(self, *, by: Compte | None, at: datetime) -> None:
        """Open an approved chapitre again; `by` is None when an équivalence that ended reopens it by rule."""
        self._conclude(by, at)

    def note_proposal(self) -> None:
        """Count a conclusion that was proposed, sent back or withdrawn: whoever read the page before is told."""
        self.version += 1

    def _conclude(self, by: Compte | None, at: datetime) -> None:
        self.concluded_at, self.concluded_by = at, by
        self.claimed_at = self.claimed_by = self.claim_ends_at = None
        self.version += 1

    @property
    def is_open(self) -> bool:
        """Whether the éditeur may deposit in it."""
        return self.state in (State.OPEN, State.RETURNED)


class SoumissionDeChapitre(models.Model):
    """One submission of a chapitre: its revisions as `{numero: sha256}`, of which `sha256` is the sha256."""

    chapitre = models.ForeignKey(Chapitre, on_delete=models.PROTECT, related_name="soumissions")
    number = models.PositiveSmallIntegerField("numéro")
    revisions = models.JSONField()
    sha256 = LineField(max_length=64)
    submitted_at = models.DateTimeField("soumis le")
    submitted_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "soumission de chapitre"
        constraints = [models.UniqueConstraint(fields=["chapitre", "number"], name="chapitre_soumission_number_once")]

    def __str__(self) -> str:
        return f"soumission n° {self.number} de {self.chapitre_id}"


class RepriseDeChapitre(models.Model):
    """The éditeur took a submission back before it was opened for review: it no longer counts."""

    soumission = models.OneToOneField(SoumissionDeChapitre, on_delete=models.PROTECT, related_name="reprise")
    taken_back_at = models.DateTimeField("reprise le")
    taken_back_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        verbose_name = "reprise de chapitre"

    def __str__(self) -> str:
        return f"reprise de {self.soumission_id}"


class NombreDeChapitres(models.Model):
    """How many chapitres of one code wait for the ANS in a dispositif: the sum of `delta` over their rows.

    Triggers add a row when a chapitre begins or ceases to wait, and when its candidature closes or opens again, so that
    two acts never wait for each other to count. A sweep puts the rows of the same chapitre together.
    """

    dispositif = LineField(max_length=40)
    code = LineField(max_length=20)
    delta = models.IntegerField()

    class Meta:
        verbose_name = "nombre de chapitres"
        verbose_name_plural = "nombres de chapitres"

    def __str__(self) -> str:
        return f"{self.dispositif} {self.code}\u00a0: {self.delta:+}"
