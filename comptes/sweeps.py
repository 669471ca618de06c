"""Periodic tasks: they read the clock, and do what is due."""

import logging
from importlib import import_module

from celery import shared_task
from django.conf import settings

from comptes import clock, effects, journal, queries
from comptes.enums import NoticeState, SecurityEvent
from comptes.models import Notice
from comptes.operations import anchors as anchors_operations
from comptes.operations.anchors import JournalNotAnchored
from comptes.operations.essais import forget_old_tries
from comptes.operations.sessions import forget_ended_sessions
from comptes.rules import digest

logger = logging.getLogger(__name__)

# Recipients handed out at a time; one that no worker took within a minute is handed out again rather than twice.
BATCH = 2000
PATIENCE = 60


@shared_task
def deliver_due_notices() -> int:
    """Deliver what is due, one recipient at a time: what a broker lost, and what an earlier attempt did not send."""
    recipients = queries.due_recipients(at=clock.now(), most=BATCH)
    for email in recipients:
        effects.deliver_to.apply_async(args=(email,), expires=PATIENCE)
    return len(recipients)


@shared_task
def send_digests() -> int:
    """Send the daily résumés that are due; one that could not leave is tried again at the next run."""
    day = digest.latest_day(clock.now())
    waiting = Notice.objects.filter(state=NoticeState.GROUPED, posted_at__lt=digest.instant_of(day))
    readers = list(waiting.order_by("compte").values_list("compte", flat=True).distinct())
    for compte_id in readers:
        effects.send_digest.apply_async(args=(compte_id, day.isoformat()), expires=PATIENCE)
    return len(readers)


@shared_task
def forget_tries_and_sessions() -> int:
    """Erase the old counts of wrong secrets, and the sessions that are over."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    forget_ended_sessions()
    return forget_old_tries(at=clock.machine_now())


@shared_task
def anchor_journal() -> bool:
    """Anchor the journal, once a day; a failure is logged, and tried again at the next run."""
    if settings.DEMO:
        return False
    try:
        return anchors_operations.anchor_journal(at=clock.now(), machine=clock.machine_now())
    except JournalNotAnchored as error:
        journal.note(SecurityEvent.JOURNAL_NOT_ANCHORED)
        logger.error("The journal is not anchored: %s", " ".join(error.reasons))
        return False
