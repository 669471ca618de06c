"""Days and instants in words, in Paris time. In a page, an instant is rather `components/instant.html`.

Lists show many of them, and Django's `date` takes longer than all the rest of a line: these know French by heart.
"""

from datetime import date, datetime

from django import template
from django.utils import timezone

register = template.Library()

NBSP = "\u00a0"
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


@register.filter
def jour(day: date) -> str:
    """Say a day, or the day of an instant in Paris: « 1er octobre 2026 »."""
    civil = _civil(day)
    number = "1er" if civil.day == 1 else str(civil.day)
    return f"{number}{NBSP}{MONTHS[civil.month - 1]} {civil.year}"


@register.filter
def chiffres(day: date) -> str:
    """Say a day, or the day of an instant in Paris, in figures: « 01/10/2026 »."""
    return f"{_civil(day):%d/%m/%Y}"


@register.filter
def iso(at: datetime) -> str:
    """Write an aware instant for machines, in Paris time: « 2026-10-01T12:00:00+02:00 »."""
    return timezone.localtime(at).isoformat()


@register.filter
def instant(at: datetime) -> str:
    """Say an aware instant in Paris: « 1er octobre 2026 à 12 h », « 30 septembre 2026 à 11 h 30 »."""
    civil = timezone.localtime(at)
    minutes = f"{NBSP}{civil:%M}" if civil.minute else ""
    return f"{jour(civil)} à {civil.hour}{NBSP}h{minutes}"


@register.filter
def heure(at: datetime) -> str:
    """Say the hour of an aware instant in Paris, to the second: « 11 h 59 min 58 s »."""
    civil = timezone.localtime(at)
    return f"{civil.hour}{NBSP}h{NBSP}{civil:%M}{NBSP}min{NBSP}{civil:%S}{NBSP}s"


def _civil(day: date) -> date:
    return timezone.localtime(day) if isinstance(day, datetime) else day
