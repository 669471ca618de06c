"""The sessions of the help centre, for calendars outside the portal (RFC 5545)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from icalendar import Calendar, Event

from candidatures.models import VersionDeFiche
from candidatures.rules import balisage
from comptes.dates import PARIS

NAME = "Sessions du référencement Ségur"
DAYS = ("MO", "TU", "WE", "TH", "FR")
WEEK = 7


def sessions_calendar(sessions: Iterable[VersionDeFiche], *, at: datetime) -> bytes:
    """Write the calendar of the sessions. One without an hour is of the whole day.

    :param at: when it is read; what comes back every week starts from that week
    """
    host = urlsplit(settings.PORTAL_URL).hostname
    written = Calendar()
    written.add("prodid", "-//Portail Ségur//Sessions//FR")
    written.add("version", "2.0")
    written.add("x-wr-calname", NAME)
    written.add("refresh-interval", timedelta(days=1), parameters={"VALUE": "DURATION"})
    for session in sessions:
        written.add_component(_event(session, f"{session.fiche.code}@{host}", at))
    content: bytes = written.to_ical()
    return content


def _event(session: VersionDeFiche, uid: str, at: datetime) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", session.published_at or at)
    event.add("sequence", session.numero)
    event.add("summary", session.titre)
    day = session.date or at.astimezone(PARIS).date()
    if session.weekday is not None:
        day += timedelta(days=(session.weekday - day.weekday()) % WEEK)
        event.add("rrule", {"freq": "weekly", "byday": DAYS[session.weekday]})
    event.add("dtstart", datetime.combine(day, session.begins, PARIS) if session.begins else day)
    if session.begins and session.ends:
        event.add("dtend", datetime.combine(day, session.ends, PARIS))
    page = f"{settings.PORTAL_URL}{reverse('candidatures:aide_sessions')}#{session.fiche.code}"
    where = f"Lien\u00a0: {session.lien}" if session.lien else balisage.plain_text(session.ou_trouver)
    event.add("description", "\n".join(filter(None, [session.resume, where, page])))
    event.add("url", session.lien or page)
    return event
