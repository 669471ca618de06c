"""Somebody's rights changed, or what proves who they are: they are told, and others when it may not be them."""

from collections.abc import Sequence
from datetime import datetime

from comptes import outbox, queries
from comptes.models import Compte, JournalEntry


def tell_of_rights(*, entries: Sequence[JournalEntry], to: Compte) -> None:
    """Tell a person what one act just wrote of their rights; nobody is told of what they did themselves."""
    first = entries[0]
    if first.by_id != to.pk:
        numbers = " ".join(str(entry.pk) for entry in entries)
        outbox.post("comptes.rights_changed", on=first.address, to=to, occurrence=numbers, at=first.at)


def tell_who_vouches(*, compte: Compte, at: datetime) -> None:
    """Tell others of what this person just tied, when a mailbox was enough for it: in a day, it proves who signs."""
    until = max(filter(None, queries.ties_that_wait(compte)), default=None)
    if until is None or until <= at:
        return
    for other in queries.who_vouches_for(compte):
        outbox.post("comptes.tied_young", on=f"compte:{compte.pk}", to=other, occurrence=until.isoformat(), at=at)
