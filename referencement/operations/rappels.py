"""Recalling an échéance to those who can still do what it asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db import transaction

from candidatures.models import Echeance
from comptes import outbox
from referencement.queries.rappels import REMINDER, Rappel, rappels_of


@transaction.atomic
def recall_echeance(*, echeance_id: int, candidatures: Sequence[int], at: datetime) -> int:
    """Post the reminders of an échéance that these candidatures lack; return how many persons it is recalled to.

    Two sweeps at once take turns. What waits to leave from a palier before is replaced, but what is leaving now.
    """
    echeance = Echeance.objects.select_for_update(no_key=True).get(pk=echeance_id)
    rappels = rappels_of(echeance, candidatures, at=at)
    addresses = {one.address for one in rappels}
    outbox.supersede(REMINDER, on=addresses, but={one.occurrence for one in rappels})
    outbox.post_many(REMINDER, _posts(rappels), at=at)
    return len(rappels)


def _posts(rappels: Iterable[Rappel]) -> Iterator[outbox.Post]:
    for one in rappels:
        for former in one.former:
            yield outbox.Post(one.address, former, one.to.compte_id, one.to.email, superseded=True)
        yield outbox.Post(one.address, one.occurrence, one.to.compte_id, one.to.email)
