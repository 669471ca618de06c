"""Alarm clocks: they read the time, and take up what waits."""

from celery import shared_task

from comptes import clock, effects
from comptes.enums import NoticeState
from comptes.models import Notice

BATCH = 500


@shared_task
def deliver_due_notices() -> int:
    """Deliver the notices that are due: those that a broker lost, and those whose last attempt failed."""
    due = Notice.objects.filter(state=NoticeState.PENDING, next_attempt_at__lte=clock.now())
    ids = list(due.order_by("next_attempt_at", "pk").values_list("pk", flat=True)[:BATCH])
    for notice_id in ids:
        effects.deliver_notice.delay(notice_id)
    return len(ids)
