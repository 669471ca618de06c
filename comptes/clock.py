"""The portal's only clock. Only entry points read it: the middleware of requests, sweeps, commands.

In demonstration mode the clock can be moved forward or frozen; one stored row is read by web, worker and beat.
Everything is an aware `datetime` in UTC; deadlines are compared as instants and shown in Europe/Paris.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from django.conf import settings

from comptes.models import HorlogeDeDemonstration

_travelled_to: ContextVar[datetime | None] = ContextVar("travelled_to", default=None)


def now() -> datetime:
    """Return the portal's present instant."""
    return _travelled_to.get() or as_the_portal_sees(machine_now())


def machine_now() -> datetime:
    """Return the machine's own instant, whatever the demonstration's clock says; or the one set by `travel`."""
    return _travelled_to.get() or datetime.now(UTC)  # noqa: TID251 -- the one place where the machine's clock is read


def as_the_portal_sees(instant: datetime) -> datetime:
    """Translate a machine instant into the portal's: itself, but in demonstration mode."""
    if not settings.DEMO:
        return instant
    return HorlogeDeDemonstration.current().translate(instant)


@contextmanager
def travel(at: datetime) -> Iterator[None]:
    """Make the portal's clock read `at`, in this context only: the demonstration's replay and the tests."""
    token = _travelled_to.set(at)
    try:
        yield
    finally:
        _travelled_to.reset(token)
