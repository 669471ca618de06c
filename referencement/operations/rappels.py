"""The reminders of an échéance, to the people who can still do what it asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db import transaction

from candidatures.models import Echeance
from comptes import outbox
from referencement.queries.rappels import REMINDER, Rappel, rappels_of


@transaction.atomic
def recall_echeance(*, echeance_id: int, candidatures: Sequence[int], at: datetime) -> int:
    """Post the reminders of an échéance that are still to send; return how many.

    The lock on the échéance makes two concurrent sweeps take turns. A reminder of an earlier palier that still waits
    in the outbox is superseded by the new one.

    :param candidatures: pks
    """
    echeance = Echeance.objects.select_for_update(no_key=True).get(pk=echeance_id)
    rappels = rappels_of(echeance, candidatures, at=at)
    addresses = {rappel.address for rappel in rappels}
    outbox.supersede(REMINDER, on=addresses, but={rappel.occurrence for rappel in rappels})
    outbox.post_many(REMINDER, _posts(rappels), at=at)
    return len(rappels)


def _posts(rappels: Iterable[Rappel]) -> Iterator[outbox.Post]:
    for rappel in rappels:
        for former in rappel.former:
            yield outbox.Post(rappel.address, former, rappel.to.compte_id, rappel.to.email, superseded=True)
        yield outbox.Post(rappel.address, rappel.occurrence, rappel.to.compte_id, rappel.to.email)
