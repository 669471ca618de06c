"""What the éditeur's team, and the ANS, are told of the other desks; the texts are in templates/guichets/mails/."""

from candidatures import permissions
from candidatures.enums import Freeze
from candidatures.mails import write_about
from candidatures.models import Candidature
from comptes.mails import key_of, link
from comptes.models import Notice
from comptes.notices import NoticeMail
from guichets.enums import AnomalieState
from guichets.models import Anomalie, Capture, DemandeAuGuichet, Passage
from guichets.queries.captures import etape_label
from guichets.queries.demandes import label_of_etape, was_granted_before


def etape_reached(notice: Notice) -> NoticeMail:
    passage = _passage(notice)
    demande = passage.demande
    return write_about(
        demande.candidature,
        "guichets/mails/etape_reached.txt",
        f"{demande.label}, {label_of_etape(passage).lower()}",
        demande=demande,
        etape=label_of_etape(passage),
        passage=passage,
    )


def is_still_there(notice: Notice) -> bool:
    """Whether the demande is still at that stage: a stage that it left meanwhile is not announced."""
    passage = _passage(notice)
    demande = passage.demande
    return demande.state == passage.etape and _may_still_work(notice, demande.candidature)


def etape_returned(notice: Notice) -> NoticeMail:
    passage = _passage(notice)
    demande = passage.demande
    candidature, etape = demande.candidature, label_of_etape(passage)
    is_granted = demande.spec.is_granted(passage.etape)
    return write_about(
        candidature,
        "guichets/mails/etape_returned.txt",
        f"{demande.label}, retour à l’étape «\u00a0{etape.lower()}\u00a0»",
        demande=demande,
        passage=passage,
        etape=etape,
        is_granted=is_granted,
        lost_its_grant=not is_granted and was_granted_before(passage),
        href=link("guichets:page", candidature.nru),
    )


def stands_back(notice: Notice) -> bool:
    """Whether the demande is still where it went back to, and the reader may still see it."""
    passage = _passage(notice)
    demande = passage.demande
    if demande.state != passage.etape:
        return False
    return _may_still_work(notice, demande.candidature) or _is_of_the_ans(notice)


def grant_to_reconfirm(notice: Notice) -> NoticeMail:
    demande = _demande(notice)
    candidature = demande.candidature
    return write_about(
        candidature,
        "guichets/mails/grant_to_reconfirm.txt",
        f"{demande.label}, accord à reconfirmer",
        demande=demande,
        href=link("guichets:page", candidature.nru),
    )


def grant_is_old(notice: Notice) -> bool:
    """Whether the demande is still granted, unconfirmed since the question, and not yet attributed by the collège."""
    demande = _demande(notice)
    asked_at = demande.reconfirm_asked_at
    if demande.candidature.gel == Freeze.ATTRIBUTED:
        return False
    if not demande.is_granted or asked_at is None or (demande.confirmed_at and demande.confirmed_at > asked_at):
        return False
    return _may_still_work(notice, demande.candidature)


def anomalie_opened(notice: Notice) -> NoticeMail:
    anomalie = _anomalie(notice)
    demande = anomalie.demande
    candidature, identifiant = demande.candidature, demande.spec.identifiant
    if demande.preuve:
        remedy = f"Déposez le bon {identifiant} dans la preuve {demande.preuve}"
        href = link("preuves:preuve", candidature.nru, demande.preuve)
    else:
        remedy = f"Corrigez le {identifiant} ou le logiciel de cette demande"
        href = link("guichets:page", candidature.nru)
    return write_about(
        candidature,
        "guichets/mails/anomalie_opened.txt",
        f"{demande.label}, {identifiant} à vérifier et à corriger",
        demande=demande,
        anomalie=anomalie,
        remedy=remedy,
        href=href,
    )


def anomalie_lives(notice: Notice) -> bool:
    anomalie = _anomalie(notice)
    lives = anomalie.state != AnomalieState.CLOSED
    return lives and _may_still_work(notice, anomalie.demande.candidature)


def capture_refused(notice: Notice) -> NoticeMail:
    capture = _capture(notice)
    demande = capture.demande
    candidature = demande.candidature
    return write_about(
        candidature,
        "guichets/mails/capture_refused.txt",
        "une capture est à déposer de nouveau",
        demande=demande,
        etape=etape_label(capture),
        capture=capture,
        href=link("guichets:page", candidature.nru),
    )


def refusal_stands(notice: Notice) -> bool:
    """Whether no later capture of the same demande was recorded meanwhile."""
    capture = _capture(notice)
    latest = capture.demande.captures.order_by("-pk").values_list("pk", flat=True).first()
    return latest == capture.pk and _may_still_work(notice, capture.demande.candidature)


def _capture(notice: Notice) -> Capture:
    return Capture.objects.select_related("demande__candidature__produit__editeur").get(pk=key_of(notice))


def _passage(notice: Notice) -> Passage:
    joined = Passage.objects.select_related("demande__candidature__produit__editeur", "releve")
    return joined.get(demande=int(key_of(notice)), number=notice.occurrence)


def _demande(notice: Notice) -> DemandeAuGuichet:
    joined = DemandeAuGuichet.objects.select_related("candidature__produit__editeur")
    return joined.get(pk=int(key_of(notice)))


def _anomalie(notice: Notice) -> Anomalie:
    return Anomalie.objects.select_related("demande__candidature__produit__editeur").get(pk=key_of(notice))


def _may_still_work(notice: Notice, candidature: Candidature) -> bool:
    return permissions.people_with_access(candidature.produit).filter(email=notice.email).exists()


def _is_of_the_ans(notice: Notice) -> bool:
    return notice.compte is not None and notice.compte.is_ans
