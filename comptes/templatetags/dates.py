"""Days and instants in words, in Paris time. In a page, an instant is rather `components/instant.html`."""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format

register = template.Library()

NBSP = "\u00a0"


@register.filter
def jour(day: date) -> str:
    """Say a day, or the day of an instant in Paris: « 1er octobre 2026 »."""
    civil = timezone.localtime(day) if isinstance(day, datetime) else day
    number = "1er" if civil.day == 1 else str(civil.day)
    return f"{number}{NBSP}{date_format(civil, 'F Y')}"


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
