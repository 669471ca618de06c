"""The outbox: a notice is first a row, written with the act; a task delivers it after the commit."""

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction
from kombu.exceptions import OperationalError
from psycopg2.sql import SQL, Identifier, Placeholder

from comptes import effects, notices
from comptes.enums import NoticeState as State
from comptes.models import Compte, Notice

logger = logging.getLogger(__name__)

CHUNK = 2000


def post(kind: str, *, on: str, at: datetime, to: Compte | None = None, email: str = "", occurrence: str = "") -> None:
    """Post one notice to one person; posting the same one again does nothing.

    :param on: the address (kind + key) of what it is about
    :param to: who receives it; `email` instead, for somebody who has no compte yet
    :param occurrence: what tells this notice from another of the same kind about the same object
    """
    notices.kind(kind)  # an unknown kind fails now, with its act, and not later in a worker
    address = to.email if to else email
    _, created = Notice.objects.get_or_create(
        kind=kind,
        address=on,
        occurrence=occurrence,
        email=address,
        defaults={
            "compte": to,
            "posted_at": at,
            "next_attempt_at": at,
            "message_id": notices.new_message_id(),
        },
    )
    if created:
        deliver_after_commit(address)


def post_to_all(kind: str, people: Iterable[Compte], *, on: str, at: datetime, occurrence: str = "") -> None:
    """Post one notice to each of these people, in one query; posting the same one again does nothing."""
    posts = [Post(on=on, occurrence=occurrence, compte_id=person.pk, email=person.email) for person in people]
    post_many(kind, posts, at=at)
    for notice in posts:
        deliver_after_commit(notice.email)


def deliver_after_commit(email: str) -> None:
    """Deliver what waits for somebody once the act is committed; without a broker, the sweep does it later."""
    transaction.on_commit(_echo_of(email), robust=True)


def _echo_of(email: str) -> Callable[[], None]:
    """Return the function to run after the commit. It has a name of its own: Django logs it when it fails."""

    def deliver() -> None:
        try:
            effects.deliver_to.delay(email)
        except OperationalError:
            logger.warning("The broker is away: the sweep will take up what waits.")

    return deliver


@dataclass(frozen=True, slots=True)
class Post:
    """One notice among many.

    :param compte_id: None for somebody who has no compte yet
    :param superseded: a later one is posted in its place: this one is kept, and never sent
    """

    on: str
    occurrence: str
    compte_id: int | None
    email: str
    superseded: bool = False


def post_many(kind: str, posts: Iterable[Post], *, at: datetime) -> int:
    """Post many notices at once, in constant memory; those already posted do not change. The sweep delivers them.

    :return: how many were posted now
    """
    notices.kind(kind)
    count, waiting = 0, iter(posts)
    while chunk := list(islice(waiting, CHUNK)):
        count += _insert(Notice(kind=kind, posted_at=at, next_attempt_at=at), chunk)
    return count


def _insert(common: Notice, posts: Sequence[Post]) -> int:
    """Insert one row per post, in one statement: one by one, it would take three times as long.

    :param common: a notice with the fields that all have in common
    """
    own: dict[str, tuple[str, list[Any]]] = {
        "address": ("text", [post.on for post in posts]),
        "occurrence": ("text", [post.occurrence for post in posts]),
        "email": ("text", [post.email for post in posts]),
        "compte_id": ("bigint", [post.compte_id for post in posts]),
        "state": ("text", [(State.SUPERSEDED if post.superseded else State.PENDING).value for post in posts]),
        "message_id": ("text", [notices.new_message_id() for _ in posts]),
    }
    shared = {
        field.column: field.get_db_prep_save(getattr(common, field.attname), connection)
        for field in Notice._meta.concrete_fields
        if field.column not in own and not field.primary_key
    }
    statement = SQL("INSERT INTO {table} ({columns}) SELECT {values} FROM unnest({arrays}) AS post ({own}) {once}")
    with connection.cursor() as cursor:
        cursor.execute(
            statement.format(
                table=Identifier(Notice._meta.db_table),
                columns=SQL(", ").join(map(Identifier, (*own, *shared))),
                values=SQL(", ").join((*(Identifier("post", name) for name in own), *([Placeholder()] * len(shared)))),
                arrays=SQL(", ").join(SQL(f"%s::{kind}[]") for kind, _ in own.values()),
                own=SQL(", ").join(map(Identifier, own)),
                once=SQL("ON CONFLICT (kind, address, occurrence, email) DO NOTHING"),
            ),
            (*shared.values(), *(values for _, values in own.values())),
        )
        return int(cursor.rowcount)


@transaction.atomic
def supersede(kind: str, *, on: Collection[str], but: Collection[str]) -> int:
    """Mark as replaced the notices that wait about these addresses; skip those being sent at this moment.

    :param but: the occurrences to keep
    """
    waiting = Notice.objects.filter(kind=kind, address__in=on, state=State.PENDING).exclude(occurrence__in=but)
    held = waiting.select_for_update(skip_locked=True).order_by("pk").values_list("pk", flat=True)
    return Notice.objects.filter(pk__in=list(held)).update(state=State.SUPERSEDED)
