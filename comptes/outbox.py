"""The outbox: a notice is first a row, written with the act; then an echo delivers it."""

import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import make_msgid
from itertools import islice

from django.db import transaction
from kombu.exceptions import OperationalError

from comptes import effects, notices
from comptes.enums import NoticeState
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


@dataclass(frozen=True, slots=True)
class Post:
    """One notice to post among many, to somebody who has a compte or not."""

    on: str
    occurrence: str
    compte_id: int | None
    email: str
    superseded: bool = False


def post_many(kind: str, posts: Iterable[Post], *, at: datetime) -> int:
    """Post many at once, in constant memory; what is posted already stays as it is. The sweep delivers them."""
    notices.kind(kind)
    count, waiting = 0, iter(posts)
    while chunk := list(islice(waiting, 2000)):
        Notice.objects.bulk_create(
            [
                Notice(
                    kind=kind,
                    address=one.on,
                    occurrence=one.occurrence,
                    email=one.email,
                    compte_id=one.compte_id,
                    state=NoticeState.SUPERSEDED if one.superseded else NoticeState.PENDING,
                    posted_at=at,
                    next_attempt_at=at,
                    message_id=make_msgid(domain="portail-segur.example"),
                )
                for one in chunk
            ],
            ignore_conflicts=True,
        )
        count += len(chunk)
    return count


def supersede(kind: str, *, on: Collection[str], but: Collection[str]) -> int:
    """Replace what waits to leave about these addresses by what is being posted now; what is leaving is left alone.

    :param but: the occurrences that stay
    """
    waiting = Notice.objects.filter(kind=kind, address__in=on, state=NoticeState.PENDING).exclude(occurrence__in=but)
    held = waiting.select_for_update(skip_locked=True).order_by("pk").values_list("pk", flat=True)
    return Notice.objects.filter(pk__in=list(held)).update(state=NoticeState.SUPERSEDED)
