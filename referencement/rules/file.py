"""The queue of the chapitres that wait for the ANS: when the one of a given rank may be read. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

from .durees import FEWEST, Duree

# The pace of the ANS is what it concluded in that time.
WINDOW = timedelta(days=28)
# What has waited longer than expected is expected to wait this part of the duration still.
AT_LEAST = 0.25


@dataclass(frozen=True, slots=True)
class Forecast:
    """When something is expected, and between which instants (aware); `is_fixed` once its date is."""

    soon: datetime
    likely: datetime
    late: datetime
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """The place of one chapitre in the queue.

    :param rank: 1 for the next one; and `total`, how many wait
    :param forecast: when the ANS is expected to have said what it thinks of it
    """

    rank: int
    total: int
    submitted_at: datetime
    forecast: Forecast


def at_rank(rank: int, *, since: datetime, concluded: int, examen: Duree, at: datetime) -> Forecast:
    """Say when the ANS is expected to have concluded the chapitre of that rank.

    :param since: when it was submitted
    :param concluded: how many the ANS concluded during the last `WINDOW`; with fewer than `FEWEST`, the duration of an
        examen tells instead
    """
    if concluded < FEWEST:
        soon, likely, late = (at + left(whole, at - since) for whole in (examen.soon, examen.likely, examen.late))
        return Forecast(soon, likely, late)
    spread = 2 * sqrt(concluded)
    paces = (concluded + spread, concluded, max(concluded - spread, concluded / 4))
    soon, likely, late = (at + WINDOW * (rank / pace) for pace in paces)
    return Forecast(soon, likely, late)


def left(whole: timedelta, elapsed: timedelta) -> timedelta:
    """Return what is left of an expected duration, after some time."""
    return max(whole - max(elapsed, timedelta(0)), whole * AT_LEAST)
