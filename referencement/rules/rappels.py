"""When an échéance is recalled: its paliers, and which of them was reached last."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import lru_cache

from comptes.dates import PARIS

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class Palier(Enum):
    """How long before an échéance it is recalled: a number of civil days in Paris, or of hours."""

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
        """Return the instant of the palier: days before at the same hour in Paris, or hours before. In UTC."""
        civil = echeance.astimezone(PARIS) - self.days * DAY
        return civil.astimezone(UTC) - self.hours * HOUR


LONGEST = max(palier.days for palier in Palier) * DAY + DAY


@dataclass(frozen=True)
class Reached:
    """The paliers of an échéance that have passed.

    :param latest: the one that is recalled now
    :param former: the earlier ones, oldest first; `latest` replaces those that were never sent
    """

    latest: Palier
    former: tuple[Palier, ...]


def reached(echeance: datetime, *, at: datetime) -> Reached | None:
    """Return the paliers that have passed; None when nothing is to recall: before the first, or after the échéance."""
    behind = [palier for palier, instant in _instants(echeance) if instant <= at]
    return Reached(behind[-1], tuple(behind[:-1])) if behind and at <= echeance else None


@lru_cache(maxsize=64)
def _instants(echeance: datetime) -> tuple[tuple[Palier, datetime], ...]:
    """Return every palier with its instant; cached, since thousands of candidatures have the same échéance."""
    return tuple((palier, palier.before(echeance)) for palier in Palier)


def left(echeance: datetime, *, at: datetime) -> str:
    """Say how long is left: `J-7` in civil days of Paris; on the last day `H-4`, where a begun hour counts as one."""
    days = (echeance.astimezone(PARIS).date() - at.astimezone(PARIS).date()).days
    return f"J-{days}" if days > 0 else f"H-{max(1, -((at - echeance) // HOUR))}"


@dataclass(frozen=True)
class Occurrence:
    """What identifies a reminder among those of one échéance: the instant in force, and the palier."""

    echeance: datetime
    palier: Palier

    def __str__(self) -> str:
        return f"{self.echeance.astimezone(UTC).isoformat()}/{self.palier.code}"


def occurrence_of(text: str) -> Occurrence:
    """Read an occurrence from the text that `str` made of it."""
    instant, _, code = text.partition("/")
    return Occurrence(datetime.fromisoformat(instant), next(palier for palier in Palier if palier.code == code))
