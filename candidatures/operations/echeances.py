"""The ANS moves an échéance for everybody: one person proposes, another approves."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from candidatures import permissions
from candidatures.enums import Act, DeplacementState
from candidatures.models import DeplacementDEcheance, Dispositif, Echeance
from candidatures.queries.candidatures import deadlines_by_code
from candidatures.queries.teams import addresses_of, people_of_dispositif
from candidatures.rules import echeances as rules
from comptes import journal, outbox
from comptes.dates import instant_in_words
from comptes.models import Compte
from comptes.rules.refusals import Refused


class MoveNotPossible(Refused):
    """The move of the échéance is refused."""


@transaction.atomic
def propose_move(
    *, dispositif_code: str, code: str, to: datetime, arrete: str, motive: str, by: Compte, at: datetime
) -> DeplacementDEcheance:
    """Propose to move an échéance to another instant; nothing changes before another person approves.

    :raises MoveNotPossible: with every reason
    """
    echeance = _locked(dispositif_code, code)
    reasons = [*_not_allowed(by), *rules.obstacles_to_move(_moved(echeance), to, at=at)]
    if not arrete.strip():
        reasons.append("Indiquez l’arrêté ou la décision qui déplace l’échéance.")
    if not motive.strip():
        reasons.append("Indiquez le motif du déplacement\u00a0: toutes les équipes le liront.")
    if echeance.deplacements.filter(state=DeplacementState.PROPOSED).exists():
        reasons.append("Un déplacement de cette échéance attend déjà d’être approuvé.")
    if reasons:
        raise MoveNotPossible(*reasons)
    move = DeplacementDEcheance.objects.create(
        echeance=echeance,
        from_at=echeance.at,
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
    """Put a proposed move in force, and tell everybody who works on a candidature of the dispositif.

    :raises MoveNotPossible: with every reason; nothing moves
    """
    move = _waiting(move_id)
    reasons = [*_not_allowed(by), *rules.obstacles_to_move(_moved(move.echeance), move.to_at, at=at)]
    if move.asked_by_id == by.pk:
        reasons.append("Vous avez proposé ce déplacement\u00a0: une autre personne doit l’approuver.")
    if move.echeance.at != move.from_at:
        reasons.append("L’échéance vient d’être déplacée. Faites une nouvelle proposition.")
    if reasons:
        raise MoveNotPossible(*reasons)
    move.approve(by=by, at=at)
    move.save()
    move.echeance.at = move.to_at
    move.echeance.save(update_fields=["at"])
    _record(move, Act.MOVE_APPROVED, by=by, at=at, arrete=move.arrete)
    outbox.post_many("candidatures.echeance_moved", _posts(move), at=at)
    return move


@transaction.atomic
def refuse_move(*, move_id: int, by: Compte, at: datetime) -> DeplacementDEcheance:
    """Abandon a proposed move; its author may do it too.

    :raises MoveNotPossible: when it is decided already, or when `by` may not
    """
    move = _waiting(move_id)
    if reasons := _not_allowed(by):
        raise MoveNotPossible(*reasons)
    move.refuse(by=by, at=at)
    move.save()
    _record(move, Act.MOVE_REFUSED, by=by, at=at)
    return move


def _posts(move: DeplacementDEcheance) -> Iterator[outbox.Post]:
    for pk, email in addresses_of(people_of_dispositif(move.echeance.dispositif_id)):
        yield outbox.Post(f"deplacement:{move.pk}", "", pk, email)


def _not_allowed(by: Compte) -> list[str]:
    if permissions.decides_on_echeances(by):
        return []
    return ["Seul un responsable d’instruction peut déplacer une échéance."]


def _locked(dispositif_code: str, code: str) -> Echeance:
    """Lock the whole dispositif, then read one of its échéances, so that two moves cannot cross."""
    Dispositif.objects.select_for_update(no_key=True).get(pk=dispositif_code)
    echeances = Echeance.objects.select_for_update(no_key=True, of=("self",)).select_related("dispositif")
    return echeances.get(dispositif=dispositif_code, code=code)


def _moved(echeance: Echeance) -> rules.MovedEcheance:
    return rules.MovedEcheance(echeance.code, deadlines_by_code(echeance.dispositif), echeance.dispositif.opens_at)


def _waiting(move_id: int) -> DeplacementDEcheance:
    """Lock a move and its échéance; the échéance first, as `propose_move` does."""
    of = Echeance.objects.get(deplacements=move_id)
    echeance = _locked(of.dispositif_id, of.code)
    move = DeplacementDEcheance.objects.select_for_update(no_key=True).get(pk=move_id)
    move.echeance = echeance
    if move.state != DeplacementState.PROPOSED:
        raise MoveNotPossible(
            f"Ce déplacement a déjà fait l’objet d’une décision, le {instant_in_words(move.decided_at)}."
        )
    return move


def _record(move: DeplacementDEcheance, act: Act, *, by: Compte, at: datetime, **params: str) -> None:
    named = {"echeance": move.echeance.nom, "instant": instant_in_words(move.to_at)}
    journal.record(journal.PORTAIL, act, on=f"deplacement:{move.pk}", by=by, at=at, **named, **params)
