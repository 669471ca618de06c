"""The second readings of a chapitre: those that an expert has in hand, and what whoever reads the chapitre sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from candidatures.models import Candidature, Piece
from comptes.models import Compte, Rattachement
from comptes.models.prepared import Prepared
from preuves.enums import PositionDeLExpert, SecondeLectureState
from preuves.models import Chapitre, ConclusionProposee, RevisionPiece, SecondeLecture, SoumissionDeChapitre
from preuves.models.seconde_lecture import OPEN

from .conclusions import PROPOSED

# The attribute of the person who asks that `is_only_expert` fills.
ONLY_EXPERT = "is_only_expert"


@dataclass(frozen=True)
class LectureVue:
    """A second reading as whoever reads the chapitre sees it.

    :param round: the number of the submission that was read
    :param observations: empty until it is given: a draft is its expert's
    :param is_live: whether its expert may still open it
    :param is_shut: whether its expert has no open account any more, or works for an éditeur now
    """

    pk: int
    state: SecondeLectureState
    expert: str
    question: str
    before: date
    asked_at: datetime
    ended_at: datetime | None
    position: str
    observations: str
    reason: str
    round: int
    is_live: bool
    is_shut: bool

    @property
    def state_label(self) -> str:
        return "Non rendue" if self.state in OPEN and not self.is_live else str(self.state.label)

    @property
    def tone(self) -> str:
        """The tone of its badge."""
        if self.state == SecondeLectureState.GIVEN:
            return "success"
        return "info" if self.is_live else "neutral"

    @property
    def position_label(self) -> str:
        return str(PositionDeLExpert(self.position).label) if self.position else ""


_ROW = JSONObject(
    pk="pk",
    state="state",
    first="expert__first_name",
    last="expert__last_name",
    question="question",
    before="before",
    asked_at="asked_at",
    ended_at="ended_at",
    position="position",
    observations="observations",
    reason="reason",
    is_live=Exists(SecondeLecture.objects.live().filter(pk=OuterRef("pk"))),
    has_reader=Exists(SecondeLecture.objects.with_a_reader().filter(pk=OuterRef("pk"))),
)


def _with_lectures(chapitre: Any) -> QuerySet[SoumissionDeChapitre, Any]:
    lectures = SecondeLecture.objects.filter(soumission=OuterRef("pk")).order_by("-asked_at", "-pk")
    standing = SoumissionDeChapitre.objects.filter(chapitre=chapitre, reprise=None).select_related("submitted_by")
    proposed = ConclusionProposee.objects.live().filter(soumission=OuterRef("pk")).order_by()
    with_both = standing.annotate(
        lectures=ArraySubquery(lectures.values(row=_ROW)), proposed=Subquery(proposed.values(row=PROPOSED)[:1])
    )
    return with_both.order_by("-number")


_STANDING = Prepared(_with_lectures, chapitre=BigIntegerField())


def soumissions_to_read(chapitre: Chapitre) -> list[Any]:
    """Return the submissions that were not taken back, latest first, in one query.

    Each has its second readings, `lectures`, and the conclusion that somebody may confirm, `proposed`.
    """
    soumissions: list[SoumissionDeChapitre] = _STANDING.ask(chapitre=chapitre.pk)
    for soumission in soumissions:
        soumission.chapitre = chapitre
    return soumissions


def lectures_among(seen: list[Any]) -> tuple[LectureVue, ...]:
    """Return the second readings of `soumissions_to_read`, latest first: no query."""
    return tuple(_lecture(row, soumission.number) for soumission in seen for row in soumission.lectures)


def _lecture(row: Mapping[str, Any], number: int) -> LectureVue:
    is_given = row["state"] == SecondeLectureState.GIVEN
    return LectureVue(
        pk=row["pk"],
        state=SecondeLectureState(row["state"]),
        expert=f"{row['first']} {row['last']}",
        question=row["question"],
        before=date.fromisoformat(row["before"]),
        asked_at=datetime.fromisoformat(row["asked_at"]),
        ended_at=datetime.fromisoformat(row["ended_at"]) if row["ended_at"] else None,
        position=row["position"] if is_given else "",
        observations=row["observations"] if is_given else "",
        reason=row["reason"],
        round=number,
        is_live=row["is_live"],
        is_shut=not row["has_reader"],
    )


def lectures_in_hand(compte: Compte) -> QuerySet[SecondeLecture]:
    """Return the second readings that somebody may open, the most urgent first."""
    mine = SecondeLecture.objects.live().filter(expert=compte)
    return mine.select_related(
        "asked_by",
        "soumission__chapitre__dossier__version",
        "soumission__chapitre__dossier__candidature__produit__editeur",
    ).order_by("before", "pk")


def is_asked_to_read(compte: OuterRef) -> Exists:
    """Say, in a query of comptes, whether each has a second reading to give."""
    return Exists(SecondeLecture.objects.live().filter(expert=compte))


def is_only_expert(compte: OuterRef, day: Any) -> Exists:
    """Say, in a query of comptes, whether second readings were asked of each, who works for no éditeur."""
    seats = Rattachement.objects.current().filter(compte=OuterRef("expert"))
    return Exists(SecondeLecture.objects.filter(~Exists(seats), expert=compte))


def is_asked(compte: Compte) -> bool:
    """Whether a second reading was ever asked of this person."""
    return SecondeLecture.objects.filter(expert=compte).exists()


def was_asked(lecture_id: int, compte: Compte) -> bool:
    """Whether this second reading was asked of this person, even if it is over."""
    return SecondeLecture.objects.filter(pk=lecture_id, expert=compte).exists()


def candidature_read_by(expert: Compte, nru: str) -> Candidature | None:
    """Return the candidature of this NRU, when somebody is reading a chapitre of it as an expert."""
    reading = _reading(expert).filter(soumission__chapitre__dossier__candidature__nru=nru)
    return Candidature.objects.with_names().get(nru=nru) if reading.exists() else None


def fichiers_read_by(expert: Compte, candidature: Candidature) -> QuerySet[Piece]:
    """The files of the chapitres that an expert is reading, as they were submitted; no other file."""
    readable = Q(pk__in=[])
    for lecture in _reading(expert).filter(soumission__chapitre__dossier__candidature=candidature):
        held = RevisionPiece.objects.filter(
            piece=OuterRef("pk"),
            revision__preuve__chapitre=lecture.soumission.chapitre_id,
            revision__sha256__in=list(lecture.soumission.revisions.values()),
        )
        readable |= Q(Exists(held))
    return candidature.pieces.filter(readable)


def _reading(expert: Compte) -> QuerySet[SecondeLecture]:
    return lectures_in_hand(expert).filter(state=SecondeLectureState.ACCEPTED)
