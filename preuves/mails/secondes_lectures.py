"""The messages about a second reading: to the expert, and to whoever asked for it. None goes to the éditeur."""

from django.db.models import QuerySet

from candidatures.mails import write_about
from comptes.mails import key_of, link
from comptes.models import Notice
from comptes.notices import NoticeMail
from preuves.enums import SecondeLectureState
from preuves.models import SecondeLecture

from .chapitres import label_of

ANSWERED = (SecondeLectureState.GIVEN, SecondeLectureState.DECLINED)


def asked(notice: Notice) -> NoticeMail:
    lecture = _lecture(notice)
    return _about(lecture, "seconde_lecture_asked", "une seconde lecture vous est demandée", _page(lecture))


def is_still_asked(notice: Notice) -> bool:
    return _live(notice).filter(state=SecondeLectureState.ASKED).exists()


def due(notice: Notice) -> NoticeMail:
    lecture = _lecture(notice)
    return _about(lecture, "seconde_lecture_due", "votre seconde lecture est attendue", _page(lecture))


def is_still_due(notice: Notice) -> bool:
    return _live(notice).exists()


def answered(notice: Notice) -> NoticeMail:
    lecture = _lecture(notice)
    fact = "une seconde lecture est rendue" if lecture.observations else "une seconde lecture est déclinée"
    return _about(lecture, "seconde_lecture_answered", fact, _examen(lecture))


def is_still_answered(notice: Notice) -> bool:
    return _lecture(notice).state in ANSWERED


def stopped(notice: Notice) -> NoticeMail:
    """Write to the ANS that the expert's account was closed, or effaced."""
    lecture = _lecture(notice)
    return _about(lecture, "seconde_lecture_stopped", "une seconde lecture n’aura pas lieu", _examen(lecture))


def is_still_stopped(notice: Notice) -> bool:
    lecture = _lecture(notice)
    is_over = lecture.state in (SecondeLectureState.WITHDRAWN, SecondeLectureState.DECLINED)
    return is_over and not lecture.expert.is_active


def ended(notice: Notice) -> NoticeMail:
    href = link("preuves:secondes_lectures")
    return _about(_lecture(notice), "seconde_lecture_ended", "votre seconde lecture n’est plus attendue", href)


def has_ended(notice: Notice) -> bool:
    return _lecture(notice).state not in ANSWERED and not is_still_due(notice)


def _about(lecture: SecondeLecture, text: str, fact: str, href: str) -> NoticeMail:
    chapitre = lecture.soumission.chapitre
    return write_about(
        chapitre.dossier.candidature,
        f"preuves/mails/{text}.txt",
        f"{fact} ({label_of(chapitre)})",
        lecture=lecture,
        label=label_of(chapitre),
        href=href,
    )


def _examen(lecture: SecondeLecture) -> str:
    chapitre = lecture.soumission.chapitre
    return link("preuves:examen", chapitre.dossier.candidature.nru, chapitre.code)


def _page(lecture: SecondeLecture) -> str:
    return link("preuves:seconde_lecture", lecture.pk)


def _lecture(notice: Notice) -> SecondeLecture:
    joined = SecondeLecture.objects.select_related(
        "expert",
        "asked_by",
        "soumission__chapitre__dossier__version",
        "soumission__chapitre__dossier__candidature__produit__editeur",
    )
    return joined.get(pk=key_of(notice))


def _live(notice: Notice) -> QuerySet[SecondeLecture]:
    return SecondeLecture.objects.live().filter(pk=key_of(notice))
