"""The bar of the demonstration's clock: what it shows on every page, and the instant that each button leads to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils.dateformat import format as in_words

from candidatures.models import Echeance
from candidatures.queries.candidatures import next_echeance
from comptes.dates import PARIS
from comptes.models import HorlogeDeDemonstration

JUST_BEFORE_NOON = time(11, 58)
_YEARS = range(2026, 2100)  # the clock never comes back: a slip of the finger must not end the demonstration


@dataclass(frozen=True)
class ClockBar:
    """What the bar shows. Labels are in French and in Paris time; `next_echeance_label` is "" after the last one."""

    at: datetime
    label: str
    frozen: bool
    next_echeance_label: str


def clock_bar(at: datetime) -> ClockBar:
    """Describe the clock at that instant, in two queries."""
    echeance = _echeance_after(at)
    label = f"{echeance.dispositif.nom}, {echeance.nom}, {day_and_hour(echeance.at)}" if echeance else ""
    return ClockBar(
        at=at,
        label=hour_and_day(at),
        frozen=HorlogeDeDemonstration.current().frozen_at is not None,
        next_echeance_label=label,
    )


def destination(move: str, *, at: datetime) -> datetime | None:
    """Return where a button takes the clock from `at`; None when no button bears that name.

    A civil time in Paris, such as `2026-10-01T11:59:59`, is a destination too: stories need precise instants.
    """
    if move in _MOVES:
        return _MOVES[move](at)
    try:
        civil = datetime.fromisoformat(move)
    except ValueError:
        return None
    return civil.replace(tzinfo=PARIS) if civil.tzinfo is None and civil.year in _YEARS else None


def hour_and_day(instant: datetime) -> str:
    """Write an instant, in Paris time, as `11 h 30 le 30 septembre 2026`."""
    civil = instant.astimezone(PARIS)
    return f"{_hour(civil)} le {_day(civil)}"


def day_and_hour(instant: datetime) -> str:
    """Write an instant, in Paris time, as `le 1er octobre 2026 à 12 h`."""
    civil = instant.astimezone(PARIS)
    return f"le {_day(civil)} à {_hour(civil)}"


def _day(civil: datetime) -> str:
    return f"{'1er' if civil.day == 1 else civil.day} {in_words(civil, 'F Y')}"


def _hour(civil: datetime) -> str:
    minutes = f"\u00a0{civil:%M}" if civil.minute else ""
    return f"{civil.hour}\u00a0h{minutes}"


def _echeance_after(at: datetime) -> Echeance | None:
    """Return the next échéance strictly after `at`: an échéance at that very instant would not move the clock."""
    return next_echeance(at=at + datetime.resolution)


def _instant_of_next_echeance(at: datetime) -> datetime | None:
    echeance = _echeance_after(at)
    return echeance.at if echeance else None


def _next_just_before_noon(at: datetime) -> datetime:
    civil = at.astimezone(PARIS)
    day = civil.date() if civil.time() < JUST_BEFORE_NOON else civil.date() + timedelta(days=1)
    return datetime.combine(day, JUST_BEFORE_NOON, PARIS)


_MOVES: Mapping[str, Callable[[datetime], datetime | None]] = {
    "+1min": lambda at: at + timedelta(minutes=1),
    "+1h": lambda at: at + timedelta(hours=1),
    "11:58": _next_just_before_noon,
    "echeance": _instant_of_next_echeance,
}
