"""The messages about a conclusion that another instructeur must confirm. None goes to the éditeur."""

from candidatures.mails import write_about
from comptes.mails import key_of, link
from comptes.models import Notice
from comptes.notices import NoticeMail
from preuves.models import ConclusionProposee

from .chapitres import chapitre_of, label_of


def proposed(notice: Notice) -> NoticeMail:
    chapitre = chapitre_of(notice)
    proposal = ConclusionProposee.objects.select_related("proposed_by").get(
        soumission__chapitre=chapitre, version=int(notice.occurrence)
    )
    candidature = chapitre.dossier.candidature
    return write_about(
        candidature,
        "preuves/mails/conclusion_proposed.txt",
        f"une conclusion est à confirmer ({label_of(chapitre)})",
        proposal=proposal,
        label=label_of(chapitre),
        href=link("preuves:examen", candidature.nru, chapitre.code),
    )


def is_still_proposed(notice: Notice) -> bool:
    live = ConclusionProposee.objects.live().filter(soumission__chapitre=chapitre_of(notice))
    return live.filter(version=int(notice.occurrence)).exists()


def answered(notice: Notice) -> NoticeMail:
    proposal = _proposal(notice)
    chapitre = proposal.soumission.chapitre
    candidature = chapitre.dossier.candidature
    answer = "votre conclusion est confirmée" if proposal.is_confirmed else "votre conclusion vous est renvoyée"
    return write_about(
        candidature,
        "preuves/mails/conclusion_answered.txt",
        f"{answer} ({label_of(chapitre)})",
        proposal=proposal,
        label=label_of(chapitre),
        href=link("preuves:examen", candidature.nru, chapitre.code),
    )


def is_still_answered(notice: Notice) -> bool:
    return _proposal(notice).answered_at is not None


def _proposal(notice: Notice) -> ConclusionProposee:
    joined = ConclusionProposee.objects.select_related(
        "answered_by",
        "soumission__chapitre__dossier__version",
        "soumission__chapitre__dossier__candidature__produit__editeur",
    )
    return joined.get(pk=key_of(notice))
