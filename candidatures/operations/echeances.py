"""The ANS moves an échéance, or the opening of a démarche, for everybody: one person proposes, another approves."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction

from candidatures import permissions
from candidatures.catalogue.echeances import OUVERTURE
from candidatures.enums import Act, DeplacementState
from candidatures.models import DeplacementDEcheance, Dispositif, Echeance
from candidatures.queries.abonnes import subscribers_of_a_date
from candidatures.queries.echeances import deplacements, why_not_moved
from candidatures.queries.teams import addresses_of, people_of_dispositif
from comptes import journal, outbox
from comptes.dates import instant_in_words
from comptes.models import Compte
from comptes.rules.refusals import Refused

MOVES_DATES = (
    "Seul un responsable d’instruction peut déplacer cette date. Avant l’ouverture de la démarche, un administrateur "
    "le peut aussi."
)


class MoveNotPossible(Refused):
    """The move of the échéance is refused."""


@transaction.atomic
def propose_move(
    *, dispositif_code: str, code: str, to: datetime, arrete: str, motive: str, by: Compte, at: datetime
) -> DeplacementDEcheance:
    """Propose to move a date to another instant; nothing changes before another person approves.

    :param code: that of an échéance, or `OUVERTURE`
    :raises MoveNotPossible: with every reason
    """
    dispositif, echeance = _locked(dispositif_code, code)
    reasons = [*_not_allowed(by, dispositif, at), *why_not_moved(dispositif, echeance, to, at=at)]
    if not arrete.strip():
        reasons.append("Indiquez l’arrêté ou la décision qui déplace la date.")
    if not motive.strip():
        reasons.append("Indiquez le motif du déplacement\u00a0: toutes les équipes le liront.")
    subject: dict[str, Any] = {"echeance": echeance} if echeance else {"ouverture_de": dispositif}
    if DeplacementDEcheance.objects.filter(**subject, state=DeplacementState.PROPOSED).exists():
        reasons.append("Un déplacement de cette date attend déjà d’être approuvé.")
    if reasons:
        raise MoveNotPossible(*reasons)
    move = DeplacementDEcheance.objects.create(
        **subject,
        from_at=echeance.at if echeance else dispositif.opens_at,
        to_at=to,
        arrete=arrete.strip(),
        motive=motive.strip(),
        asked_at=at,
        asked_by=by,
    )
    _record(move, Act.MOVE_PROPOSED, by=by, at=at, arrete=move.arrete)
    return move


@transaction.atomic
def approve_move(*, move_id: int, by: Compte, at: datetime) -> DeplacementDEcheance:
    """Put a proposed move in force; tell of an échéance everybody who works on a candidature of the dispositif.

    :raises MoveNotPossible: with every reason; nothing moves
    """
    move = _waiting(move_id)
    reasons = [
        *_not_allowed(by, move.dispositif, at),
        *why_not_moved(move.dispositif, move.echeance, move.to_at, at=at),
    ]
    if move.asked_by_id == by.pk:
        reasons.append("Vous avez proposé ce déplacement\u00a0: une autre personne doit l’approuver.")
    if move.instant_in_force != move.from_at:
        reasons.append("La date vient d’être déplacée. Faites une nouvelle proposition.")
    if reasons:
        raise MoveNotPossible(*reasons)
    move.approve(by=by, at=at)
    move.save()
    _record(move, Act.MOVE_APPROVED, by=by, at=at, arrete=move.arrete)
    agents = [agent for agent in subscribers_of_a_date("candidatures.date_moved") if agent.pk != by.pk]
    outbox.post_to_all("candidatures.date_moved", agents, on=f"deplacement:{move.pk}", at=at)
    if move.echeance is None:
        move.dispositif.opens_at = move.to_at
        move.dispositif.save(update_fields=["opens_at"])
        return move
    move.echeance.at = move.to_at
    move.echeance.save(update_fields=["at"])
    outbox.post_many("candidatures.echeance_moved", _posts(move), at=at)
    return move


@transaction.atomic
def refuse_move(*, move_id: int, by: Compte, at: datetime) -> DeplacementDEcheance:
    """Abandon a proposed move; its author may do it too.

    :raises MoveNotPossible: when it is decided already, or when `by` may not
    """
    move = _waiting(move_id)
    if reasons := _not_allowed(by, move.dispositif, at):
        raise MoveNotPossible(*reasons)
    move.refuse(by=by, at=at)
    move.save()
    _record(move, Act.MOVE_REFUSED, by=by, at=at)
    return move


def _posts(move: DeplacementDEcheance) -> Iterator[outbox.Post]:
    for pk, email in addresses_of(people_of_dispositif(move.dispositif.pk)):
        yield outbox.Post(f"deplacement:{move.pk}", "", pk, email)


def _not_allowed(by: Compte, dispositif: Dispositif, at: datetime) -> list[str]:
    return [] if permissions.moves_dates(by, dispositif, at=at) else [MOVES_DATES]


def _locked(dispositif_code: str, code: str) -> tuple[Dispositif, Echeance | None]:
    """Lock the whole dispositif, then read one of its échéances, so that two moves cannot cross; None: its opening."""
    dispositif = Dispositif.objects.select_for_update(no_key=True).get(pk=dispositif_code)
    if code == OUVERTURE:
        return dispositif, None
    echeance = Echeance.objects.select_for_update(no_key=True).get(dispositif=dispositif, code=code)
    echeance.dispositif = dispositif
    return dispositif, echeance


def _waiting(move_id: int) -> DeplacementDEcheance:
    """Lock a move and its date; the date first, as `propose_move` does."""
    of = deplacements().get(pk=move_id)
    dispositif, echeance = _locked(of.dispositif.pk, of.code)
    move = DeplacementDEcheance.objects.select_for_update(no_key=True).get(pk=move_id)
    move.echeance, move.ouverture_de = echeance, None if echeance else dispositif
    if move.state != DeplacementState.PROPOSED:
        raise MoveNotPossible(
            f"Ce déplacement a déjà fait l’objet d’une décision, le {instant_in_words(move.decided_at)}."
        )
    return move


_OF_AN_OPENING = {
    Act.MOVE_PROPOSED: Act.OPENING_PROPOSED,
    Act.MOVE_APPROVED: Act.OPENING_APPROVED,
    Act.MOVE_REFUSED: Act.OPENING_REFUSED,
}


def _record(move: DeplacementDEcheance, act: Act, *, by: Compte, at: datetime, **params: str) -> None:
    named = {"instant": instant_in_words(move.to_at), **params}
    if move.echeance is None:
        act, named = _OF_AN_OPENING[act], named | {"demarche": str(move.dispositif)}
    else:
        named["echeance"] = move.nom
    journal.record(journal.PORTAIL, act, on=f"deplacement:{move.pk}", by=by, at=at, **named)
