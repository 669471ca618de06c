"""Echoes of an act, after its commit. They never move a business state, and survive running twice."""

import logging
from datetime import timedelta
from email.utils import format_datetime
from smtplib import SMTPException

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from comptes import clock, notices
from comptes.enums import NoticeState
from comptes.models import Notice

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 60
LONGEST_WAIT = timedelta(minutes=30)


@shared_task
def deliver_notice(notice_id: int) -> None:
    """Send one notice, or put off its next attempt. Another worker holding the row means there is nothing to do.

    Killed between the sending and the commit, it will be sent again under the same Message-ID.
    """
    with transaction.atomic():
        waiting = Notice.objects.select_for_update(skip_locked=True, of=("self",)).select_related("compte")
        notice = waiting.filter(pk=notice_id, state=NoticeState.PENDING).first()
        if notice is None:
            return
        kind = notices.kind(notice.kind)
        if kind.still_true(notice):
            _attempt(notice, kind.render(notice))
        else:
            notice.state = NoticeState.CANCELLED
        notice.save()


def _attempt(notice: Notice, message: notices.Message) -> None:
    notice.attempts += 1
    try:
        EmailMessage(
            subject=message.subject,
            body=message.body,
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[notice.email],
            headers={
                "Date": format_datetime(clock.now()),
                "Message-ID": notice.message_id,
                "Auto-Submitted": "auto-generated",
            },
        ).send()
    except (SMTPException, OSError) as error:
        logger.warning("Notice %s not sent (attempt %s): %s", notice.pk, notice.attempts, error)
        notice.last_error = str(error)[:300]
        notice.next_attempt_at = clock.now() + min(timedelta(seconds=20 * 2 ** min(notice.attempts, 10)), LONGEST_WAIT)
        if notice.attempts >= MAX_ATTEMPTS:
            notice.state = NoticeState.FAILED
    else:
        notice.state, notice.sent_at, notice.last_error = NoticeState.SENT, clock.now(), ""
