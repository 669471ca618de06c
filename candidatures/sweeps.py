"""The periodic tasks of phase 1."""

import logging
from datetime import timedelta
from time import monotonic

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded

from candidatures import effects
from candidatures.models import Accuse
from candidatures.operations.lots import SLICE, run_lot
from candidatures.queries.lots import unfinished_lots
from comptes import clock

# What no worker took before the next ring is handed out again then, and not twice: a queue that waits does not grow.
RING = 60
BATCH = 500
# A worker that has many to print has not forgotten them.
PATIENCE = timedelta(minutes=10)
# After so many seconds, a run of the lots leaves the others to the next one, long before its limit of time.
LONGEST = 40

logger = logging.getLogger(__name__)


@shared_task
def print_pending_accuses() -> int:
    """Queue the printing of the accusés that still have no file some time after they were issued."""
    pending = Accuse.objects.filter(impression=None, issued_at__lte=clock.now() - PATIENCE).order_by("pk")
    ids = list(pending.values_list("pk", flat=True)[:BATCH])
    for accuse_id in ids:
        effects.print_accuse.apply_async((accuse_id,), expires=RING)
    return len(ids)


@shared_task
def run_lots() -> int:
    """Do what is left of the lots that are not finished, for a while; return how many candidatures were taken.

    A lot that fails does not stop the next ones.
    """
    taken, until = 0, monotonic() + LONGEST
    for pk in unfinished_lots():
        try:
            more = SLICE
            while more == SLICE and monotonic() < until:
                more = run_lot(lot_id=pk, most=SLICE, at=clock.now())
                taken += more
        except SoftTimeLimitExceeded:
            raise
        except Exception:
            logger.exception("The lot %s failed.", pk)
    return taken
