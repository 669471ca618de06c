"""A calendar of échéances, for calendars outside the portal (RFC 5545)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from icalendar import Alarm, Calendar, Event

from candidatures.queries.calendrier import CalendarEvent

NAME = "Échéances du référencement Ségur"
# A calendar warns as the portal does, a week, a day and four hours before.
WARNINGS = (timedelta(days=7), timedelta(days=1), timedelta(hours=4))


def calendar(evenements: Iterable[CalendarEvent], *, at: datetime) -> bytes:
    """Write a calendar; its instants are in UTC, and each calendar shows them in its reader's time zone.

    :param at: when it is read
    """
    host = urlsplit(settings.PORTAL_URL).hostname
    written = Calendar()
    written.add("prodid", "-//Portail Ségur//Échéances//FR")
    written.add("version", "2.0")
    written.add("x-wr-calname", NAME)
    written.add("refresh-interval", timedelta(hours=12), parameters={"VALUE": "DURATION"})
    for evenement in evenements:
        written.add_component(_event(evenement, f"{evenement.key}@{host}", at))
    content: bytes = written.to_ical()
    return content


def _event(evenement: CalendarEvent, uid: str, at: datetime) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", at)
    event.add("dtstart", evenement.at)
    event.add("summary", evenement.titre)
    event.add("transp", "TRANSPARENT")
    if evenement.candidature:
        href = settings.PORTAL_URL + reverse("referencement:candidature", args=[evenement.candidature.nru])
        event.add("url", href)
        description = (
            f"Soumettez avant cette date et cette heure. La candidature {evenement.candidature.nru}\u00a0: {href}"
        )
        event.add("description", description)
    for before in () if evenement.is_done else WARNINGS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", evenement.titre)
        alarm.add("trigger", -before)
        event.add_component(alarm)
    return event
