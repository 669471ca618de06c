"""Days and instants in French, in Paris time: in words for running text, in figures for lists and letters."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
NBSP = "\u00a0"
NARROW = "\u202f"  # narrow no-break space, between figures
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


def day_in_words(day: date) -> str:
    """Say a day, or the day of an aware instant: « 1er octobre 2026 »."""
    civil = _civil(day)
    number = "1er" if civil.day == 1 else str(civil.day)
    return f"{number}{NBSP}{MONTHS[civil.month - 1]} {civil.year}"


def day_in_figures(day: date) -> str:
    """Say a day, or the day of an aware instant: « 01/10/2026 »."""
    return f"{_civil(day):%d/%m/%Y}"


def instant_in_words(at: datetime | None) -> str:
    """Say an aware instant: « 1er octobre 2026 à 12 h », « 30 septembre 2026 à 11 h 30 »."""
    if at is None:
        return "une date inconnue"
    civil = at.astimezone(PARIS)
    minutes = f"{NBSP}{civil:%M}" if civil.minute else ""
    return f"{day_in_words(civil)} à {civil.hour}{NBSP}h{minutes}"


def instant_in_figures(at: datetime | None, *, seconds: bool = False) -> str:
    """Say an aware instant: « 01/10/2026 à 12 h 00 »; the seconds if there are some, or asked."""
    if at is None:
        return "une date inconnue"
    civil = at.astimezone(PARIS)
    end = f"{NARROW}min{NARROW}{civil:%S}{NARROW}s" if seconds or civil.second else ""
    return f"{civil:%d/%m/%Y} à {civil:%H}{NARROW}h{NARROW}{civil:%M}{end}"


def end_in_words(at: datetime | None) -> str:
    """Say, after « jusqu’au », until when something is possible: a whole day is « 5 mai 2027 inclus »."""
    civil = at.astimezone(PARIS) if at else None
    is_whole = civil is not None and (civil.hour, civil.minute) == (23, 59)
    return f"{day_in_words(civil)} inclus" if civil and is_whole else instant_in_words(at)


def instant_with_zone(at: datetime) -> str:
    """Say an aware instant to the second, with its zone: « 01/10/2026 à 11 h 59 min 59 s (heure de Paris, UTC+2) »."""
    offset = at.astimezone(PARIS).utcoffset()
    assert offset is not None, "Paris always has an offset."
    hours = int(offset.total_seconds()) // 3600
    return f"{instant_in_figures(at, seconds=True)} (heure de Paris, UTC+{hours})"


def exact_instant_in_words(at: datetime) -> str:
    """Say an aware instant to the second, with its zone, in words: « 1er octobre 2026 à 11 h 59 min 59 s (…) »."""
    offset = at.astimezone(PARIS).utcoffset()
    assert offset is not None, "Paris always has an offset."
    hours = int(offset.total_seconds()) // 3600
    return f"{instant_to_the_second(at)} (heure de Paris, UTC+{hours})"


def instant_to_the_second(at: datetime) -> str:
    """Say an aware instant to the second, in words: « 1er octobre 2026 à 11 h 59 min 59 s »."""
    return f"{day_in_words(at)} à {time_to_the_second(at)}"


def time_to_the_second(at: datetime) -> str:
    """Say the hour of an aware instant: « 11 h 59 min 58 s »."""
    civil = at.astimezone(PARIS)
    return f"{civil.hour}{NBSP}h{NBSP}{civil:%M}{NBSP}min{NBSP}{civil:%S}{NBSP}s"


def _civil(day: date) -> date:
    return day.astimezone(PARIS) if isinstance(day, datetime) else day
