"""The security log: sign-ins, proofs, files read, roles. Written after the request, so that it never blocks one."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

from django.db import DatabaseError, transaction

from comptes import clock
from comptes.enums import SecurityEvent
from comptes.models import Compte, EvenementDeSecurite

logger = logging.getLogger(__name__)

LONGEST_ABOUT = 200


@dataclass
class _Noted:
    """The events of the current request, kept until it is over."""

    at: datetime
    origin: str
    events: list[EvenementDeSecurite] = field(default_factory=list)


_request: ContextVar[_Noted | None] = ContextVar("security_of_the_request", default=None)


@contextmanager
def noted_of_a_request(*, at: datetime, origin: str) -> Iterator[None]:
    """Gather the events of a request, and write them when it is over, in one query."""
    noted = _Noted(at, origin)
    token = _request.set(noted)
    try:
        yield
    finally:
        _request.reset(token)
        _write(noted.events)


def note(
    kind: SecurityEvent, *, compte: Compte | None = None, by: Compte | None = None, email: str = "", about: str = ""
) -> None:
    """Note one event, whatever becomes of the transaction.

    :param email: what was typed, when no account is proved; dropped unless it is an address: it may be a password
    :param about: the address of what was read or changed
    """
    noted = _request.get()
    event = EvenementDeSecurite(
        kind=kind,
        at=noted.at if noted else clock.now(),
        compte_id=compte.pk if compte else None,
        by_id=by.pk if by else None,
        email=email[:254] if "@" in email and email.isprintable() else "",
        origin=(noted.origin if noted else "") or None,
        about=about[:LONGEST_ABOUT],
    )
    if noted:
        noted.events.append(event)
    else:
        _write([event])


def note_once_done(
    kind: SecurityEvent, *, compte: Compte | None = None, by: Compte | None = None, about: str = ""
) -> None:
    """Note what an act changes, if its transaction is committed."""
    transaction.on_commit(lambda: note(kind, compte=compte, by=by, about=about), robust=True)


def _write(events: list[EvenementDeSecurite]) -> None:
    """Write the events; when the database refuses, log them instead: nobody is turned away for that."""
    if not events:
        return
    try:
        EvenementDeSecurite.objects.bulk_create(events)
    except DatabaseError:
        summary = ", ".join(
            f"{event.kind} compte={event.compte_id} origin={event.origin} about={event.about}" for event in events
        )
        logger.exception("The security log could not be written: %s", summary)
