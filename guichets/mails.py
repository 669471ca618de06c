"""What the éditeur's team is told of the other desks; the texts are in templates/guichets/mails/."""

from candidatures import permissions
from candidatures.models import Candidature
from comptes.mails import key_of, link, write
from comptes.models import Notice
from comptes.notices import Message
from guichets import queries
from guichets.enums import AnomalieState
from guichets.models import Anomalie, Passage


def etape_reached(notice: Notice) -> Message:
    passage = _passage(notice)
    demande = passage.demande
    candidature = demande.candidature
    return write(
        "guichets/mails/etape_reached.txt",
        f"{candidature.nru} : {demande.label}, {queries.label_of_etape(passage).lower()}",
        candidature=candidature,
        demande=demande,
        etape=queries.label_of_etape(passage),
        passage=passage,
        href=link("referencement:candidature", candidature.nru),
    )


def is_still_there(notice: Notice) -> bool:
    """Whether the demande is still at that stage: what it left meanwhile is not announced."""
    passage = _passage(notice)
    demande = passage.demande
    return demande.state == passage.etape and _may_still_work(notice, demande.candidature)


def anomalie_opened(notice: Notice) -> Message:
    anomalie = _anomalie(notice)
    demande = anomalie.demande
    candidature = demande.candidature
    return write(
        "guichets/mails/anomalie_opened.txt",
        f"{candidature.nru} : un guichet ne dit pas ce que vous avez déclaré",
        candidature=candidature,
        demande=demande,
        anomalie=anomalie,
        href=link("referencement:candidature", candidature.nru),
    )


def anomalie_lives(notice: Notice) -> bool:
    anomalie = _anomalie(notice)
    lives = anomalie.state != AnomalieState.CLOSED
    return lives and _may_still_work(notice, anomalie.demande.candidature)


def _passage(notice: Notice) -> Passage:
    joined = Passage.objects.select_related("demande__candidature__produit__editeur", "releve")
    return joined.get(demande=int(key_of(notice)), number=notice.occurrence)


def _anomalie(notice: Notice) -> Anomalie:
    return Anomalie.objects.select_related("demande__candidature__produit__editeur").get(pk=key_of(notice))


def _may_still_work(notice: Notice, candidature: Candidature) -> bool:
    return permissions.people_with_access(candidature.produit).filter(email=notice.email).exists()
