"""The sessions that a person has open, which they may end from any of them."""

from datetime import datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db import transaction

from comptes.models import SessionOuverte
from comptes.rules.texts import as_line


@transaction.atomic
def note_session(*, compte_id: int, key: str, address: str, browser: str, at: datetime) -> None:
    """Note that somebody opened a session. `at`: on the machine's clock, as sessions age."""
    SessionOuverte.objects.update_or_create(
        key=key,
        defaults={"compte_id": compte_id, "address": address, "browser": as_line(browser)[:200], "opened_at": at},
    )


@transaction.atomic
def end_session(*, compte_id: int, session_id: int) -> bool:
    """End one session of this person; False when it is not theirs, or over."""
    session = SessionOuverte.objects.filter(compte_id=compte_id, pk=session_id).first()
    if session is None:
        return False
    _end(session)
    return True


@transaction.atomic
def end_sessions(*, compte_id: int, but: str = "") -> int:
    """End every session of this person, except the one of this key; return how many."""
    others = list(SessionOuverte.objects.filter(compte_id=compte_id).exclude(key=but).order_by("pk"))
    for session in others:
        _end(session)
    return len(others)


@transaction.atomic
def forget_ended_sessions() -> int:
    """Erase the rows of sessions that are over; return how many."""
    over = [session.pk for session in SessionOuverte.objects.order_by("pk") if not _store()(session.key).load()]
    return SessionOuverte.objects.filter(pk__in=over).delete()[0]


def _end(session: SessionOuverte) -> None:
    _store()(session.key).delete()
    session.delete()


def _store() -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore
