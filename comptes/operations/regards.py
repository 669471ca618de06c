"""The portal seen as a person of an éditeur: an administrateur helps by reading what they read, and changes nothing."""

from datetime import datetime

from django.db import transaction

from comptes import journal, outbox, permissions
from comptes.enums import Act, SecurityEvent
from comptes.models import Compte, Rattachement
from comptes.rules.refusals import Refused


class RegardNotPossible(Refused):
    """Nobody can be looked at in this way."""


@transaction.atomic
def see_as(*, rattachement_id: int, reason: str, by: Compte, at: datetime) -> Compte:
    """Note that an administrateur sees the portal as this person from now on, and tell the person why.

    :raises RegardNotPossible: when `by` is no administrateur, or the person is of the agency or no longer comes in
    """
    seat = Rattachement.objects.select_related("compte").get(pk=rattachement_id)
    if obstacle := _obstacle(seat, by, reason):
        raise RegardNotPossible(obstacle)
    address = f"rattachement:{seat.pk}"
    # The person may read for several éditeurs: the journal of each says so.
    seats = Rattachement.objects.current().filter(compte=seat.compte_id).order_by("pk")
    entries = [
        journal.record(
            journal.chain_of_editeur(editeur_id),
            Act.SEEN_AS,
            on=address,
            by=by,
            at=at,
            compte=seat.compte_id,
            motif=reason,
        )
        for editeur_id in seats.values_list("editeur", flat=True)
    ]
    journal.note_once_done(SecurityEvent.SEEN_AS, compte=seat.compte, by=by, about=address)
    numbers = " ".join(str(entry.pk) for entry in entries)
    outbox.post("comptes.seen_as", on=address, to=seat.compte, occurrence=numbers, at=at)
    return seat.compte


def _obstacle(seat: Rattachement, by: Compte, reason: str) -> str:
    if not permissions.administers(by):
        return "Seul un administrateur peut voir le portail comme une autre personne."
    if seat.compte.is_ans:
        return "Vous ne pouvez pas voir le portail comme une personne de l’ANS."
    if seat.detached_at or not seat.compte.is_active:
        return "Cette personne n’a plus accès au portail pour cet éditeur."
    return "" if reason else "Indiquez le motif\u00a0: la personne et son équipe le liront."
