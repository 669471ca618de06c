"""The outbox: a notice is first a row, written with the act; then an echo delivers it."""

import logging
from collections.abc import Callable
from datetime import datetime
from email.utils import make_msgid

from django.db import transaction
from kombu.exceptions import OperationalError

from comptes import effects, notices
from comptes.models import Compte, Notice

logger = logging.getLogger(__name__)


def post(kind: str, *, on: str, at: datetime, to: Compte | None = None, email: str = "", occurrence: str = "") -> None:
    """Post one notice to one person; posting the same one again does nothing.

    :param on: the address of what it is about
    :param to: who receives it; `email` instead, for somebody who has no compte yet
    :param occurrence: what tells this notice from another of the same kind about the same object
    """
    notices.kind(kind)  # an unknown kind fails now, with its act, and not later in a worker
    address = to.email if to else email
    notice, created = Notice.objects.get_or_create(
        kind=kind,
        address=on,
        occurrence=occurrence,
        email=address,
        defaults={
            "compte": to,
            "posted_at": at,
            "next_attempt_at": at,
            "message_id": make_msgid(domain="portail-segur.example"),
        },
    )
    if created:
        transaction.on_commit(_echo_of(notice.pk), robust=True)


def _echo_of(notice_id: int) -> Callable[[], None]:
    """Return what follows the commit; a function of its own, since Django names it if it fails."""

    def deliver() -> None:
        try:
            effects.deliver_notice.delay(notice_id)
        except OperationalError:
            logger.warning("The broker is away: the sweep will take up notice %s.", notice_id)

    return deliver
