"""How a candidature ended, or the state of its référencement, as every list shows it. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Issue:
    """What a line shows of a candidature that does not go on.

    :param badge: a state of the badge that shows it
    :param since: since when; None when no row tells
    """

    label: str
    badge: str
    since: datetime | None
