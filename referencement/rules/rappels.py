"""When an échéance is recalled: at which instants before it, and which of them is the latest."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import lru_cache

from comptes.dates import PARIS

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class Palier(Enum):
    """How long before an échéance it is recalled: so many civil days in Paris, or so many hours."""

    J_60 = ("J-60", 60, 0)
    J_30 = ("J-30", 30, 0)
    J_15 = ("J-15", 15, 0)
    J_7 = ("J-7", 7, 0)
    J_2 = ("J-2", 2, 0)
    J_1 = ("J-1", 1, 0)
    H_4 = ("H-4", 0, 4)

    def __init__(self, code: str, days: int, hours: int) -> None:
        self.code, self.days, self.hours = code, days, hours

    def before(self, echeance: datetime) -> datetime:
        """Return its instant: the same hour on the clocks of Paris, that many days before; or that many hours."""
        civil = echeance.astimezone(PARIS) - self.days * DAY
        return civil.astimezone(UTC) - self.hours * HOUR


LONGEST = max(palier.days for palier in Palier) * DAY + DAY


@dataclass(frozen=True)
class Reached:
    """Where an échéance stands among its paliers.

    :param latest: the one that is recalled now
    :param former: those that it replaces, where they were not recalled
    """

    latest: Palier
    former: tuple[Palier, ...]


def reached(echeance: datetime, *, at: datetime) -> Reached | None:
    """Return the paliers that are behind; None before the first, and once the échéance is over: nothing is recalled."""
    behind = [palier for palier, instant in _instants(echeance) if instant <= at]
    return Reached(behind[-1], tuple(behind[:-1])) if behind and at <= echeance else None


@lru_cache(maxsize=64)
def _instants(echeance: datetime) -> tuple[tuple[Palier, datetime], ...]:
    """Thousands of candidatures have the same échéance."""
    return tuple((palier, palier.before(echeance)) for palier in Palier)


def left(echeance: datetime, *, at: datetime) -> str:
    """Say what is left as one counts it: `J-7`, and on the last day `H-4`, the hour begun being counted."""
    days = (echeance.astimezone(PARIS).date() - at.astimezone(PARIS).date()).days
    return f"J-{days}" if days > 0 else f"H-{max(1, -((at - echeance) // HOUR))}"


@dataclass(frozen=True)
class Occurrence:
    """What tells one reminder from another of the same échéance: the instant in force, and the palier."""

    echeance: datetime
    palier: Palier

    def __str__(self) -> str:
        return f"{self.echeance.astimezone(UTC).isoformat()}/{self.palier.code}"


def occurrence_of(text: str) -> Occurrence:
    """Read an occurrence again."""
    instant, _, code = text.partition("/")
    return Occurrence(datetime.fromisoformat(instant), next(palier for palier in Palier if palier.code == code))
