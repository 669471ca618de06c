"""How a candidature ended, and what became of what it obtained, as every list says it. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Issue:
    """What a line says of a candidature that does not go on.

    :param badge: a state of the badge that shows it
    :param since: from when it is so; None when no row says it
    """

    label: str
    badge: str
    since: datetime | None
