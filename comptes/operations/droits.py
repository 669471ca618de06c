"""Telling people that their rights, or their means to sign in, changed; and others, when it may be an intruder."""

from collections.abc import Sequence
from datetime import datetime

from comptes import outbox, queries
from comptes.models import Compte, JournalEntry


def tell_of_rights(*, entries: Sequence[JournalEntry], to: Compte) -> None:
    """Tell a person how one act changed their rights; nobody is told of what they did themselves."""
    first = entries[0]
    if first.by_id != to.pk:
        numbers = " ".join(str(entry.pk) for entry in entries)
        outbox.post("comptes.rights_changed", on=first.address, to=to, occurrence=numbers, at=first.at)


def tell_who_vouches(*, compte: Compte, at: datetime) -> None:
    """Warn others when this person tied a factor or an identity with only their mailbox: in a day, it may sign."""
    until = max(filter(None, queries.ties_that_wait(compte)), default=None)
    if until is None or until <= at:
        return
    for other in queries.who_vouches_for(compte):
        outbox.post("comptes.tied_young", on=f"compte:{compte.pk}", to=other, occurrence=until.isoformat(), at=at)
