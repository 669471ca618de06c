from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django_fsm import FSMModelMixin, transition

from candidatures.enums import CandidatureState
from comptes.models import Compte, Rattachement
from comptes.models.state import StateField
from comptes.models.texts import ParagraphField
from preuves.enums import ChapitreState, PositionDeLExpert, SecondeLectureState

from .chapitre import SoumissionDeChapitre

State = SecondeLectureState
OPEN = (State.ASKED, State.ACCEPTED)


class SecondeLectureQuerySet(models.QuerySet["SecondeLecture"]):
    def live(self) -> SecondeLectureQuerySet:
        """Those that their expert may still open."""
        return self.expected().with_a_reader()

    def with_a_reader(self) -> SecondeLectureQuerySet:
        """Those whose expert has an open account, and has not joined an éditeur since."""
        seats = Rattachement.objects.current().filter(compte=OuterRef("expert"))
        return self.filter(~Exists(seats), expert__is_active=True)

    def expected(self) -> SecondeLectureQuerySet:
        """Those that nobody answered, of a chapitre that is still under review and of an open candidature."""
        return self.filter(
            state__in=OPEN,
            soumission__chapitre__state=ChapitreState.UNDER_REVIEW,
            soumission__chapitre__submitted_at=F("soumission__submitted_at"),
            soumission__chapitre__dossier__candidature__state=CandidatureState.OPEN,
        )

    def locked(self) -> SecondeLectureQuerySet:
        return self.select_for_update(no_key=True, of=("self",))


class SecondeLecture(FSMModelMixin, models.Model):
    """A second reading of a submitted chapitre, asked of an expert who has no other right. The éditeur never knows.

    :param before: the civil day, in Paris, before which it is expected
    :param accepted_at: when the expert declared no interest in the éditeur; nothing is shown to them before
    :param observations: while it is accepted, a draft that its expert alone reads
    :param reason: why it was declined
    """

    soumission = models.ForeignKey(SoumissionDeChapitre, on_delete=models.PROTECT, related_name="secondes_lectures")
    expert = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="secondes_lectures")
    question = ParagraphField("question", max_length=2000)
    before = models.DateField("attendue avant le")
    state = StateField("état", default=State.ASKED, choices=State.choices, protected=True)
    asked_at = models.DateTimeField("demandée le")
    asked_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField("acceptée le", null=True, blank=True)
    ended_at = models.DateTimeField("terminée le", null=True, blank=True)
    position = models.CharField("conclusion", max_length=15, choices=PositionDeLExpert, blank=True)
    observations = ParagraphField("observations", max_length=10_000, blank=True)
    reason = ParagraphField("motif", max_length=1000, blank=True)
    withdrawn_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = SecondeLectureQuerySet.as_manager()

    class Meta:
        verbose_name = "seconde lecture"
        verbose_name_plural = "secondes lectures"
        constraints = [
            models.UniqueConstraint(
                fields=["soumission", "expert"],
                condition=Q(state__in=OPEN),
                name="seconde_lecture_once_at_a_time",
                violation_error_message="Une seconde lecture est déjà demandée à cette personne.",
            ),
            models.CheckConstraint(
                condition=Q(state=State.ASKED, accepted_at=None, ended_at=None)
                | Q(state=State.ACCEPTED, accepted_at__gte=F("asked_at"), ended_at=None)
                | Q(state=State.GIVEN, accepted_at__gte=F("asked_at"), ended_at__gte=F("accepted_at"))
                | Q(state__in=[State.DECLINED, State.WITHDRAWN], ended_at__gte=F("asked_at")),
                name="seconde_lecture_bears_its_stamps",
                violation_error_message="L’état de la seconde lecture ne correspond pas à ses dates.",
            ),
            models.CheckConstraint(
                condition=(Q(state=State.GIVEN) & ~Q(position="") & ~Q(observations=""))
                | Q(state=State.ACCEPTED)
                | (~Q(state__in=[State.GIVEN, State.ACCEPTED]) & Q(position="", observations="")),
                name="seconde_lecture_given_holds_observations",
            ),
            models.CheckConstraint(
                condition=(Q(state=State.DECLINED) & ~Q(reason="")) | (~Q(state=State.DECLINED) & Q(reason="")),
                name="seconde_lecture_declined_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state=State.WITHDRAWN, withdrawn_by__isnull=False)
                | (~Q(state=State.WITHDRAWN) & Q(withdrawn_by=None)),
                name="seconde_lecture_withdrawn_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"seconde lecture {self.pk}"

    @transition(field=state, source=State.ASKED, target=State.ACCEPTED)
    def accept(self, *, at: datetime) -> None:
        """Declare no interest in the éditeur."""
        self.accepted_at = at

    @transition(field=state, source=[State.ASKED, State.ACCEPTED], target=State.DECLINED)
    def decline(self, *, reason: str, at: datetime) -> None:
        self.reason, self.ended_at = reason, at
        self.position = self.observations = ""

    @transition(field=state, source=State.ACCEPTED, target=State.GIVEN)
    def give(self, *, position: PositionDeLExpert, observations: str, at: datetime) -> None:
        self.position, self.observations, self.ended_at = position, observations, at

    @transition(field=state, source=[State.ASKED, State.ACCEPTED], target=State.WITHDRAWN)
    def withdraw(self, *, by: Compte, at: datetime) -> None:
        self.withdrawn_by, self.ended_at = by, at
        self.position = self.observations = ""

    @property
    def address(self) -> str:
        return f"seconde_lecture:{self.pk}"
