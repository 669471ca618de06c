"""Confirms a return that its desk said once: a person of the ANS may do it without waiting for a second answer."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from comptes import journal
from comptes.models import Compte
from comptes.rules.refusals import Refused
from guichets.enums import Act, AnomalieState
from guichets.models import Anomalie, DemandeAuGuichet, Releve
from guichets.rules.reconciliation import GOING_BACK, AnomalieFound, DeskReturn

from .locking import locked_demande
from .suivi import follow_observation


class ReturnNotConfirmable(Refused):
    """The return of the desk was not confirmed."""


@dataclass(frozen=True)
class Kept:
    """What a relevé kept of an answer, as an observation."""

    etape: str
    date_etape: date
    retour_prevu: date | None
    logiciel: str
    documents: tuple[tuple[str, str], ...]
    pieces: tuple[tuple[str, str], ...]
    objet: str = ""
    nil: str = ""


@transaction.atomic
def confirm_return(*, anomalie_id: int, by: Compte, at: datetime) -> DemandeAuGuichet:
    """Follow a return that its desk said once, without waiting for it to say so again.

    :raises ReturnNotConfirmable: when it is no return, or can no longer be followed; nothing moves
    """
    demande = locked_demande(demande_id=Anomalie.objects.values_list("demande", flat=True).get(pk=anomalie_id))
    anomalie = Anomalie.objects.locked().select_related("releve").get(pk=anomalie_id)
    releve = anomalie.releve
    if anomalie.kind not in GOING_BACK or releve is None:
        raise ReturnNotConfirmable("Cette réponse n’est pas un retour en arrière.")
    if anomalie.state == AnomalieState.CLOSED:
        raise ReturnNotConfirmable("Ce retour en arrière n’est plus à confirmer. Le guichet a répondu depuis.")
    answer = _read_again(demande, releve)
    outcome = follow_observation(demande=demande, releve=releve, answer=answer, by=by, at=at)
    if isinstance(outcome, AnomalieFound):
        raise ReturnNotConfirmable(f"{outcome.sentence} Ce retour en arrière ne peut pas être pris en compte.")
    if not isinstance(outcome, DeskReturn):
        raise ReturnNotConfirmable("La demande a changé depuis. Ce n’est plus un retour en arrière.")
    journal.record(
        demande.candidature.chain, Act.RETURN_CONFIRMED, on=demande.address, by=by, at=at, demande=demande.label
    )
    return demande


def _read_again(demande: DemandeAuGuichet, releve: Releve) -> Kept:
    """Rebuild the observation of a relevé; what a relevé does not keep has the value of the demande."""
    return Kept(
        etape=releve.etape,
        date_etape=releve.date_etape,
        retour_prevu=releve.retour_prevu,
        logiciel=releve.logiciel,
        documents=tuple(demande.documents.items()),
        pieces=tuple(demande.pieces.items()),
    )
