"""The messages to the éditeur's team when a séance of the collège is closed."""

from candidatures import permissions
from candidatures.mails import write_about
from candidatures.queries.textes import recours_in_force
from comptes.models import Notice
from comptes.notices import NoticeMail
from referencement.enums import Decision
from referencement.models import Examen

SUBJECTS = {
    Decision.ATTRIBUTED: "le référencement est attribué",
    Decision.NOT_ATTRIBUTED: "le référencement n’est pas attribué",
    Decision.POSTPONED: "l’examen par le collège est reporté",
}


def decided(notice: Notice) -> NoticeMail:
    examen = _examen(notice)
    return message_of(examen, Decision(examen.state))


def message_of(examen: Examen, decision: Decision) -> NoticeMail:
    """Write the message that tells the éditeur's team this decision; the closing page previews it."""
    candidature = examen.candidature
    return write_about(
        candidature,
        f"referencement/mails/{decision}.txt",
        SUBJECTS[decision],
        examen=examen,
        reasons=examen.reasons,
        comment=examen.comment,
        recours=recours_in_force(candidature.dispositif_id).paragraphs,
    )


def may_still_work(notice: Notice) -> bool:
    produit = _examen(notice).candidature.produit
    return permissions.people_with_access(produit).filter(email=notice.email).exists()


def _examen(notice: Notice) -> Examen:
    seance, _, nru = notice.address.removeprefix("examen:").partition("/")
    joined = ("candidature__produit__editeur", "seance")
    return Examen.objects.select_related(*joined).get(seance=int(seance), candidature__nru=nru)
