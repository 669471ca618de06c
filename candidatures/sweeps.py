"""The periodic tasks of phase 1."""

from datetime import timedelta

from celery import shared_task

from candidatures import effects
from candidatures.models import Accuse
from candidatures.operations.lots import run_lot
from candidatures.queries.lots import unfinished_lots
from comptes import clock

# What no worker took before the next ring is handed out again then, and not twice: a queue that waits does not grow.
RING = 60
BATCH = 500
# A worker that has many to print has not forgotten them.
PATIENCE = timedelta(minutes=10)


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
    """Do what is left of the lots that are not finished; return how many candidatures were taken."""
    return sum(run_lot(lot_id=pk, most=BATCH, at=clock.now()) for pk in unfinished_lots())
