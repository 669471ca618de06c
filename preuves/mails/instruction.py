"""The messages about the instruction of a chapitre, to the éditeur's team or to the instructeur who was replaced."""

from candidatures.mails import write_about
from candidatures.models import Candidature
from comptes.mails import key_of, link
from comptes.models import Notice
from comptes.notices import NoticeMail
from preuves.enums import Avis, ChapitreState
from preuves.models import Chapitre, Contestation
from preuves.queries.chapitres import soumissions_standing
from preuves.queries.instruction import missing_in

from .chapitres import chapitre_of, label_of, may_still_work


def chapitre_returned(notice: Notice) -> NoticeMail:
    chapitre = chapitre_of(notice)
    soumission = soumissions_standing(chapitre)[0]
    verdicts = soumission.verdicts.filter(avis=Avis.TO_CORRECT).select_related("revision__preuve")
    return about_chapitre(
        chapitre,
        "preuves/mails/chapitre_returned.txt",
        f"chapitre à corriger ({label_of(chapitre)})",
        verdicts=verdicts.order_by("revision__preuve__numero"),
        missing=missing_in(chapitre),
    )


def chapitre_approved(notice: Notice) -> NoticeMail:
    chapitre = chapitre_of(notice)
    return about_chapitre(
        chapitre,
        "preuves/mails/chapitre_approved.txt",
        f"chapitre validé ({label_of(chapitre)})",
    )


def chapitre_reopened(notice: Notice) -> NoticeMail:
    chapitre = chapitre_of(notice)
    return about_chapitre(
        chapitre,
        "preuves/mails/chapitre_reopened.txt",
        f"chapitre rouvert ({label_of(chapitre)})",
    )


def about_chapitre(chapitre: Chapitre, template: str, fact: str, **context: object) -> NoticeMail:
    candidature = chapitre.dossier.candidature
    return write_about(
        candidature,
        template,
        fact,
        chapitre=chapitre,
        label=label_of(chapitre),
        concluded_at=chapitre.concluded_at,
        href=link("preuves:chapitre", candidature.nru, chapitre.code),
        **context,
    )


def is_still_returned(notice: Notice) -> bool:
    return _is_still(notice, ChapitreState.RETURNED)


def is_still_approved(notice: Notice) -> bool:
    return _is_still(notice, ChapitreState.APPROVED)


def _is_still(notice: Notice, state: ChapitreState) -> bool:
    """Whether nobody has moved the chapitre since; a notice that is out of date is not sent."""
    chapitre = chapitre_of(notice)
    return chapitre.state == state and may_still_work(notice, chapitre.dossier.candidature)


def dispense_contested(notice: Notice) -> NoticeMail:
    candidature, numero = _preuve_of(notice)
    contestation = Contestation.objects.select_related("contested_by").get(
        dossier__candidature=candidature, numero=numero
    )
    return write_about(
        candidature,
        "preuves/mails/dispense_contested.txt",
        f"une preuve est à déposer ({numero})",
        contestation=contestation,
        href=link("preuves:preuve", candidature.nru, numero),
    )


def is_still_contested(notice: Notice) -> bool:
    return may_still_work(notice, _preuve_of(notice)[0])


def _preuve_of(notice: Notice) -> tuple[Candidature, str]:
    nru, _, numero = key_of(notice).partition("/")
    return Candidature.objects.with_names().get(nru=nru), numero


def review_taken_over(notice: Notice) -> NoticeMail:
    """Tell the instructeur who held a chapitre that a colleague now reads it."""
    chapitre = chapitre_of(notice)
    candidature = chapitre.dossier.candidature
    return write_about(
        candidature,
        "preuves/mails/review_taken_over.txt",
        f"une autre personne examine désormais ce chapitre ({label_of(chapitre)})",
        chapitre=chapitre,
        label=label_of(chapitre),
        href=link("preuves:examen", candidature.nru, chapitre.code),
    )


def is_still_taken_over(notice: Notice) -> bool:
    chapitre = chapitre_of(notice)
    return chapitre.state == ChapitreState.UNDER_REVIEW and chapitre.claimed_by_id != notice.compte_id
