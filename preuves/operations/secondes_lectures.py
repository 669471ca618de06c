"""A second reading of a chapitre is asked of an expert, who accepts or declines, then answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, QuerySet

from candidatures.enums import CandidatureState
from comptes import journal, outbox
from comptes.dates import PARIS
from comptes.models import Compte
from comptes.operations.comptes_ans import open_compte_without_role
from comptes.rules import texts
from comptes.rules.refusals import Refused
from preuves.enums import Act, ChapitreState, PositionDeLExpert, SecondeLectureState
from preuves.models import Chapitre, SecondeLecture
from preuves.models.seconde_lecture import OPEN
from preuves.queries.chapitres import soumissions_standing
from preuves.rules import secondes_lectures as rules

from .locking import locked_chapitre

EFFACED = "Le compte de cette personne a été effacé."


class SecondeLectureNotPossible(Refused):
    """The second reading is not asked for, not withdrawn, or not answered."""


@transaction.atomic
def ask_seconde_lecture(
    *,
    chapitre_id: int,
    email: str,
    names: tuple[str, str],
    question: str,
    before: date | None,
    by: Compte,
    at: datetime,
) -> SecondeLecture:
    """Ask an expert to read a chapitre that one is reading; somebody without an account receives one.

    :param names: first and last name of the account to open
    :param before: the civil day, in Paris, before which it is expected
    :raises SecondeLectureNotPossible: with every reason
    """
    chapitre = locked_chapitre(chapitre_id=chapitre_id)
    expert = Compte.objects.of_address(email).first()
    asking = rules.Asking(
        is_holder=_holds(chapitre, by),
        candidature_open=chapitre.dossier.candidature.state == CandidatureState.OPEN,
        question=texts.paragraph(question),
        before=before,
        today=at.astimezone(PARIS).date(),
        expert=_expert(chapitre, expert, by=by) if expert else None,
    )
    _refuse(asking)
    assert before is not None, "It is a reason to refuse."
    if expert is None:
        expert = open_compte_without_role(email=email, first_name=names[0], last_name=names[1], by=by, at=at)
    lecture = SecondeLecture.objects.create(
        soumission=soumissions_standing(chapitre)[0],
        expert=expert,
        question=asking.question,
        before=before,
        asked_at=at,
        asked_by=by,
    )
    _record(lecture, chapitre, Act.SECONDE_LECTURE_ASKED, by=by, at=at, compte=expert.pk)
    outbox.post("preuves.seconde_lecture_asked", on=lecture.address, to=expert, at=at)
    return lecture


def _refuse(asking: rules.Asking) -> None:
    if reasons := rules.why_not_asked(asking):
        raise SecondeLectureNotPossible(*reasons)


def _expert(chapitre: Chapitre, compte: Compte, *, by: Compte) -> rules.Expert:
    seat = compte.rattachements.current().select_related("editeur").order_by("pk").first()
    return rules.Expert(
        is_self=compte.pk == by.pk,
        works_for=str(seat.editeur) if seat else "",
        is_shut=not compte.is_active,
        is_asked=_open_on(chapitre).filter(expert=compte).exists(),
    )


def _open_on(chapitre: Chapitre) -> QuerySet[SecondeLecture]:
    """The second readings of what is submitted now that nobody answered."""
    return SecondeLecture.objects.filter(
        soumission__chapitre=chapitre,
        soumission__chapitre__submitted_at=F("soumission__submitted_at"),
        state__in=OPEN,
    )


def _holds(chapitre: Chapitre, by: Compte) -> bool:
    return chapitre.state == ChapitreState.UNDER_REVIEW and chapitre.claimed_by_id == by.pk


@transaction.atomic
def withdraw_seconde_lecture(*, lecture_id: int, by: Compte, at: datetime) -> SecondeLecture:
    """Take a request back: the expert no longer opens anything, and is told.

    :raises SecondeLectureNotPossible: when `by` is not reading the chapitre, or when it was answered
    """
    lecture, chapitre = _locked(lecture_id)
    if not _holds(chapitre, by):
        raise SecondeLectureNotPossible(rules.NOT_HOLDER)
    if lecture.state not in OPEN:
        raise SecondeLectureNotPossible(_why_ended(lecture))
    lecture.withdraw(by=by, at=at)
    lecture.save()
    _record(lecture, chapitre, Act.SECONDE_LECTURE_WITHDRAWN, by=by, at=at, compte=lecture.expert_id)
    outbox.post("preuves.seconde_lecture_ended", on=lecture.address, to=lecture.expert, at=at)
    return lecture


@transaction.atomic
def end_lectures_of(*, compte: Compte, by: Compte | None, at: datetime) -> None:
    """Take back what was asked of an expert whose account is closed, and tell whoever waits for it.

    :param by: None when nobody of the ANS takes it back: the account is effaced, and the readings are declined
    """
    waiting = SecondeLecture.objects.expected().filter(expert=compte)
    # By candidature, as every act that locks many.
    keys = waiting.order_by("soumission__chapitre__dossier__candidature", "pk").values_list("pk", flat=True)
    for lecture_id in list(keys):
        lecture, chapitre = _locked(lecture_id)
        if lecture.state in OPEN:
            if by is None:
                lecture.decline(reason=EFFACED, at=at)
            else:
                lecture.withdraw(by=by, at=at)
            lecture.save()
            _record(lecture, chapitre, Act.SECONDE_LECTURE_WITHDRAWN, by=by, at=at, compte=compte.pk)
            _tell_the_ans(lecture, chapitre, kind="preuves.seconde_lecture_stopped", at=at)


@transaction.atomic
def accept_seconde_lecture(*, lecture_id: int, declares: bool, by: Compte, at: datetime) -> SecondeLecture:
    """Accept to read, as an expert who has no interest in the éditeur.

    :param declares: whether they declare it
    :raises SecondeLectureNotPossible: without this declaration, or when it is over
    """
    with _of_the_expert(lecture_id, by) as (lecture, chapitre):
        if lecture.state != SecondeLectureState.ASKED:
            raise SecondeLectureNotPossible("Vous avez déjà accepté cette seconde lecture.")
        if not declares:
            raise SecondeLectureNotPossible("Déclarez que vous n’avez aucun intérêt chez cet éditeur, ou déclinez.")
        lecture.accept(at=at)
        _record(lecture, chapitre, Act.SECONDE_LECTURE_ACCEPTED, by=by, at=at)
    return lecture


@transaction.atomic
def decline_seconde_lecture(*, lecture_id: int, reason: str, by: Compte, at: datetime) -> SecondeLecture:
    """Decline, or stop reading; whoever asked is told why.

    :raises SecondeLectureNotPossible: without a reason, or when it is over
    """
    with _of_the_expert(lecture_id, by) as (lecture, chapitre):
        if not texts.paragraph(reason):
            raise SecondeLectureNotPossible("Indiquez pourquoi vous déclinez.")
        lecture.decline(reason=texts.paragraph(reason), at=at)
        _record(lecture, chapitre, Act.SECONDE_LECTURE_DECLINED, by=by, at=at)
        _tell_the_ans(lecture, chapitre, at=at)
    return lecture


@transaction.atomic
def save_lecture_draft(
    *, lecture_id: int, position: str, observations: str, by: Compte, at: datetime
) -> SecondeLecture:
    """Keep what an expert has written so far; nobody else reads it.

    :raises SecondeLectureNotPossible: when it is not accepted, or is over
    """
    with _of_the_expert(lecture_id, by) as (lecture, _):
        if lecture.state != SecondeLectureState.ACCEPTED:
            raise SecondeLectureNotPossible("Acceptez d’abord cette seconde lecture.")
        lecture.position = position if position in PositionDeLExpert.values else ""
        lecture.observations = texts.paragraph(observations)
    return lecture


@transaction.atomic
def give_seconde_lecture(
    *, lecture_id: int, position: str, observations: str, by: Compte, at: datetime
) -> SecondeLecture:
    """Hand the observations of an expert to whoever reads the chapitre; the expert's access ends.

    :raises SecondeLectureNotPossible: with every reason
    """
    with _of_the_expert(lecture_id, by) as (lecture, chapitre):
        reasons = []
        if lecture.state != SecondeLectureState.ACCEPTED:
            reasons.append("Acceptez d’abord cette seconde lecture.")
        if position not in PositionDeLExpert.values:
            reasons.append("Indiquez votre conclusion.")
        if not texts.paragraph(observations):
            reasons.append("Écrivez vos observations.")
        if reasons:
            raise SecondeLectureNotPossible(*reasons)
        lecture.give(position=PositionDeLExpert(position), observations=texts.paragraph(observations), at=at)
        _record(lecture, chapitre, Act.SECONDE_LECTURE_GIVEN, by=by, at=at)
        _tell_the_ans(lecture, chapitre, at=at)
    return lecture


@transaction.atomic
def remind_expert(*, lecture_id: int, at: datetime) -> None:
    """Remind an expert of a second reading whose day comes, or is past; each once."""
    lecture = SecondeLecture.objects.live().select_related("expert").filter(pk=lecture_id).first()
    today = at.astimezone(PARIS).date()
    if lecture and (which := rules.reminder_due(before=lecture.before, today=today)):
        outbox.post("preuves.seconde_lecture_due", on=lecture.address, occurrence=which, to=lecture.expert, at=at)


def tell_experts_of_the_conclusion(*, chapitre: Chapitre, at: datetime) -> None:
    """Tell the experts who had not answered that nothing is expected of them any more: the chapitre is concluded."""
    _tell_that_it_ended(_open_on(chapitre), at=at)


def tell_experts_of_the_close(*, candidature_id: int, at: datetime) -> None:
    """Tell the experts who may still answer that nothing is expected of them: this open candidature is being closed."""
    lectures = SecondeLecture.objects.live().filter(soumission__chapitre__dossier__candidature=candidature_id)
    _tell_that_it_ended(lectures, at=at)


def _tell_that_it_ended(lectures: QuerySet[SecondeLecture], *, at: datetime) -> None:
    for lecture in lectures.select_related("expert").order_by("pk"):
        outbox.post("preuves.seconde_lecture_ended", on=lecture.address, to=lecture.expert, at=at)


@contextmanager
def _of_the_expert(lecture_id: int, by: Compte) -> Iterator[tuple[SecondeLecture, Chapitre]]:
    """Lock a second reading that its expert may still open, and save it after the act."""
    lecture, chapitre = _locked(lecture_id)
    if not SecondeLecture.objects.live().filter(pk=lecture_id, expert=by).exists():
        raise SecondeLectureNotPossible(_why_ended(lecture))
    yield lecture, chapitre
    lecture.save()


def _locked(lecture_id: int) -> tuple[SecondeLecture, Chapitre]:
    """Lock the chapitre, then the second reading, in this order everywhere."""
    chapitre_id = SecondeLecture.objects.values_list("soumission__chapitre", flat=True).get(pk=lecture_id)
    chapitre = locked_chapitre(chapitre_id=chapitre_id)
    lecture = SecondeLecture.objects.locked().select_related("expert", "asked_by").get(pk=lecture_id)
    return lecture, chapitre


def _why_ended(lecture: SecondeLecture) -> str:
    match lecture.state:
        case SecondeLectureState.GIVEN:
            return "Cette seconde lecture est déjà rendue."
        case SecondeLectureState.DECLINED:
            return "Cette seconde lecture est déclinée."
        case SecondeLectureState.WITHDRAWN:
            return "La demande de seconde lecture a été retirée."
    return "Cette seconde lecture n’est plus attendue\u00a0: l’examen du chapitre est terminé."


def _tell_the_ans(
    lecture: SecondeLecture, chapitre: Chapitre, *, kind: str = "preuves.seconde_lecture_answered", at: datetime
) -> None:
    """Tell whoever asked, and whoever reads the chapitre now."""
    people = {lecture.asked_by_id: lecture.asked_by}
    if chapitre.claimed_by_id is not None and chapitre.claimed_by is not None:
        people[chapitre.claimed_by_id] = chapitre.claimed_by
    outbox.post_to_all(kind, people.values(), on=lecture.address, at=at)


def _record(
    lecture: SecondeLecture, chapitre: Chapitre, act: Act, *, by: Compte | None, at: datetime, **params: int
) -> None:
    """Write it in the portal's chain: that of the candidature is read by the éditeur."""
    nru = chapitre.dossier.candidature.nru
    journal.record(journal.PORTAIL, act, on=lecture.address, by=by, at=at, nru=nru, chapitre=chapitre.code, **params)
