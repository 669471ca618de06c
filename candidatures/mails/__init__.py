"""The messages of phase 1, one function each, from plain data; the texts are in templates/candidatures/mails/."""

from datetime import datetime

from candidatures import permissions
from candidatures.enums import CandidatureState, DemandeState
from candidatures.models import (
    AccesProduit,
    Accuse,
    Candidature,
    Demande,
    DeplacementDEcheance,
    Derogation,
    Transfert,
    Volet,
)
from candidatures.models import Message as PostedMessage
from candidatures.queries.candidatures import deadlines_of
from candidatures.queries.demandes import due_of
from candidatures.queries.messages import read_upto
from candidatures.queries.reservations import reservation_of
from candidatures.queries.teams import people_of_dispositif
from candidatures.queries.textes import recours_in_force
from candidatures.queries.volets import spec_of_volet
from candidatures.rules.deadlines import Deadline
from comptes.dates import instant_in_words, instant_to_the_second
from comptes.mails import key_of, link, write
from comptes.models import Notice
from comptes.notices import NoticeMail
from comptes.rules.texts import in_subject


def write_about(candidature: Candidature, template: str, fact: str, **data: object) -> NoticeMail:
    """Write a message about a candidature: its subject names the solution, then its NRU, then the fact.

    `href` leads to the page of the candidature, unless it is given. The product and the éditeur must be joined.
    """
    solution = f"{in_subject(candidature.produit)} ({candidature.nru})"
    links = {"href": link("referencement:candidature", candidature.nru)}
    return write(template, f"{solution}\u00a0: {fact}", candidature=candidature, **{**links, **data})


def acces_given(notice: Notice) -> NoticeMail:
    acces = AccesProduit.objects.select_related("produit__editeur", "given_by", "rattachement__compte").get(
        pk=key_of(notice)
    )
    return write(
        "candidatures/mails/acces_given.txt",
        f"{in_subject(acces.produit)}\u00a0: vous avez accès à cette solution",
        acces=acces,
        href=link("candidatures:produit", acces.produit_id),
    )


def acces_is_given(notice: Notice) -> bool:
    given = AccesProduit.objects.filter(pk=key_of(notice), ended_at=None)
    return given.filter(rattachement__detached_at=None).exists()


def volet_submitted(notice: Notice) -> NoticeMail:
    volet = volet_of(notice)
    soumission = volet.soumissions.select_related("submitted_by").get(number=notice.occurrence)
    return write_about(
        volet.candidature,
        "candidatures/mails/volet_submitted.txt",
        f"soumission reçue ({volet.get_kind_display().lower()})",
        volet=volet,
        soumission=soumission,
        submitted_at=instant_to_the_second(soumission.submitted_at),
        accuse=accuse_of(volet.address, soumission.number),
    )


def accuse_of(address: str, number: int) -> dict[str, str] | None:
    """Return the accusé of one submission, as its message shows it: its number, and the address of its file.

    None for a submission made before the portal issued accusés, whose message had to wait.
    """
    accuse = Accuse.objects.filter(address=address, number=number).only("numero").first()
    return {"numero": accuse.numero, "href": link("candidatures:accuse", accuse.numero)} if accuse else None


def volet_admitted(notice: Notice) -> NoticeMail:
    volet = volet_of(notice)
    return write_about(
        volet.candidature,
        "candidatures/mails/volet_admitted.txt",
        f"volet recevable ({volet.get_kind_display().lower()})",
        volet=volet,
    )


def volet_taken_over(notice: Notice) -> NoticeMail:
    """Tell the instructeur who held a volet that a colleague now reads it."""
    volet = volet_of(notice)
    return write_about(
        volet.candidature,
        "candidatures/mails/volet_taken_over.txt",
        f"une autre personne examine désormais ce volet ({volet.get_kind_display().lower()})",
        volet=volet,
        reservation=reservation_of(volet),
        href=link("candidatures:volet_review", volet.candidature.nru, volet.kind),
    )


def volet_is_taken_over(notice: Notice) -> bool:
    reservation = reservation_of(volet_of(notice))
    return reservation is not None and reservation.compte_id != notice.compte_id


def complement_asked(notice: Notice) -> NoticeMail:
    asked = Demande.objects.select_related("asked_by", "volet__candidature__produit__editeur")
    return message_of_demande(asked.get(pk=key_of(notice)))


def message_of_demande(demande: Demande) -> NoticeMail:
    """Write the message of a demande, which may be one that is not sent yet."""
    candidature, champs = demande.volet.candidature, spec_of_volet(demande.volet).by_code
    return write_about(
        candidature,
        "candidatures/mails/complement_asked.txt",
        "l’ANS attend une réponse de votre part",
        demande=demande,
        champs=[champs[code].label for code in demande.champs],
        due=due_of(demande),
        href=link("candidatures:volet", candidature.nru, demande.volet.kind),
    )


def demande_cancelled(notice: Notice) -> NoticeMail:
    joined = Demande.objects.select_related("cancelled_by", "volet__candidature__produit__editeur")
    demande = joined.get(pk=key_of(notice))
    return write_about(
        demande.volet.candidature,
        "candidatures/mails/demande_cancelled.txt",
        "l’ANS annule sa demande, vous n’avez rien à faire",
        demande=demande,
    )


def cancellation_is_of_the_team(notice: Notice) -> bool:
    demande = Demande.objects.select_related("volet__candidature__produit").get(pk=key_of(notice))
    people = permissions.people_with_access(demande.volet.candidature.produit)
    return people.filter(email=notice.email).exists()


def is_waiting_for_an_answer(notice: Notice) -> bool:
    demande = Demande.objects.select_related("volet__candidature__produit").get(pk=key_of(notice))
    people = permissions.people_with_access(demande.volet.candidature.produit)
    return demande.state == DemandeState.ASKED and people.filter(email=notice.email).exists()


def withdrawn(notice: Notice) -> NoticeMail:
    candidature = Candidature.objects.with_names().select_related("withdrawn_by").get(nru=key_of(notice))
    return write_about(candidature, "candidatures/mails/withdrawn.txt", "candidature retirée")


def still_has_access(notice: Notice) -> bool:
    volet = volet_of(notice)
    return permissions.people_with_access(volet.candidature.produit).filter(email=notice.email).exists()


def volet_of(notice: Notice) -> Volet:
    nru, _, kind = key_of(notice).partition("/")
    volets = Volet.objects.select_related("candidature__produit__editeur", "candidature__dispositif")
    return volets.get(candidature__nru=nru, kind=kind)


def echeance_moved(notice: Notice) -> NoticeMail:
    move = DeplacementDEcheance.objects.select_related("echeance__dispositif").get(pk=key_of(notice))
    return write(
        "candidatures/mails/echeance_moved.txt",
        f"La {move.nom} est déplacée au {instant_in_words(move.to_at)}",
        move=move,
        href=link("candidatures:produits"),
    )


def is_still_in_force(notice: Notice) -> bool:
    """Whether the échéance was not moved again, and the reader still works on one of its candidatures."""
    move = DeplacementDEcheance.objects.select_related("echeance__dispositif").get(pk=key_of(notice))
    people = people_of_dispositif(move.dispositif.pk)
    return move.is_in_force and people.filter(email=notice.email).exists()


def derogation_granted(notice: Notice) -> NoticeMail:
    derogation = derogation_of(notice)
    outcome = f"un délai est accordé jusqu’au {instant_in_words(derogation.to_at)}"
    return _of_derogation(derogation, "candidatures/mails/derogation_granted.txt", outcome)


def derogation_is_of_the_team(notice: Notice) -> bool:
    people = permissions.people_with_access(derogation_of(notice).candidature.produit)
    return people.filter(email=notice.email).exists()


def derogation_refused(notice: Notice) -> NoticeMail:
    outcome = "la dérogation que vous avez demandée n’est pas accordée"
    return _of_derogation(derogation_of(notice), "candidatures/mails/derogation_refused.txt", outcome)


def derogation_denied(notice: Notice) -> NoticeMail:
    derogation = derogation_of(notice)
    outcome = "la dérogation que vous avez demandée est refusée"
    return _of_derogation(derogation, "candidatures/mails/derogation_denied.txt", outcome)


def _of_derogation(derogation: Derogation, template: str, outcome: str) -> NoticeMail:
    candidature = derogation.candidature
    return write_about(
        candidature,
        template,
        outcome,
        derogation=derogation,
        nom=deadlines_of(candidature)[derogation.echeance].nom,
        recours=recours_in_force(candidature.dispositif_id).paragraphs,
        href=link("referencement:derogations", candidature.nru),
    )


def foreclosed(notice: Notice) -> NoticeMail:
    candidature = _candidature(notice)
    deadline = deadlines_of(candidature)[candidature.foreclosure_echeance]
    assert candidature.foreclosed_at is not None, "It is still true: the candidature is foreclosed."
    return message_of_foreclosure(
        candidature, deadline, reason=candidature.foreclosure_reason, at=candidature.foreclosed_at
    )


def message_of_foreclosure(candidature: Candidature, deadline: Deadline, *, reason: str, at: datetime) -> NoticeMail:
    """Write the message of a foreclosure; also used as a preview. The product and éditeur must be joined."""
    return write_about(
        candidature,
        "candidatures/mails/foreclosed.txt",
        "candidature close pour dépôt hors délai (forclusion)",
        deadline=deadline,
        reason=reason,
        foreclosed_at=at,
        recours=recours_in_force(candidature.dispositif_id).paragraphs,
    )


def is_still_foreclosed(notice: Notice) -> bool:
    """Whether no dérogation has reopened the candidature, and the reader still works on it."""
    candidature = _candidature(notice)
    people = permissions.people_with_access(candidature.produit)
    return candidature.state == CandidatureState.FORECLOSED and people.filter(email=notice.email).exists()


def _candidature(notice: Notice) -> Candidature:
    return Candidature.objects.with_names().get(nru=key_of(notice))


def derogation_of(notice: Notice) -> Derogation:
    joined = Derogation.objects.select_related("candidature__produit__editeur", "candidature__dispositif")
    return joined.get(pk=key_of(notice))


def message_posted(notice: Notice) -> NoticeMail:
    return message_of_message(_message(notice))


def message_of_message(posted: PostedMessage) -> NoticeMail:
    """Write what tells somebody of a message, which may be one that is not posted yet."""
    candidature, key = posted.candidature, posted.pk
    lines = posted.lines.select_related("piece").order_by("rank") if key else ()
    return write_about(
        candidature,
        "candidatures/mails/message_posted.txt",
        f"message de {in_subject(posted.author.full_name)}",
        posted=posted,
        pieces=[line.piece.name for line in lines],
        href=link("referencement:messages", candidature.nru) + (f"?message={key}#message-{key}" if key else ""),
    )


def is_still_unread(notice: Notice) -> bool:
    """Whether the reader has not read the message yet, and still has access to the candidature."""
    posted = _message(notice)
    if notice.compte is None or read_upto(posted.candidature, notice.compte) >= posted.pk:
        return False
    if notice.compte.is_ans:
        return True
    return permissions.people_with_access(posted.candidature.produit).filter(pk=notice.compte.pk).exists()


def _message(notice: Notice) -> PostedMessage:
    joined = PostedMessage.objects.select_related("author", "candidature__produit__editeur", "candidature__dispositif")
    return joined.get(pk=key_of(notice))


def transferred(notice: Notice) -> NoticeMail:
    transfert = Transfert.objects.select_related("produit", "source", "cible").get(pk=key_of(notice))
    return write(
        "candidatures/mails/transferred.txt",
        f"{in_subject(transfert.produit.nom)} passe à {in_subject(transfert.cible)}",
        transfert=transfert,
        href=link("candidatures:produits"),
    )
