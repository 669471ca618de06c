"""How long the steps of the path last: as the dispositif expects it, or as it was observed. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from statistics import median, quantiles

# With fewer cases, a median says little: the expected duration stays.
FEWEST = 5
# Without observations, a forecast runs from half of the expected duration to twice it.
SOON, LATE = 0.5, 2


@dataclass(frozen=True, slots=True)
class Observed:
    """What was observed of a kind of step.

    :param recent: how many ended lately
    """

    cases: int
    low: timedelta
    median: timedelta
    high: timedelta
    recent: int = 0


@dataclass(frozen=True, slots=True)
class Duree:
    """How long a kind of step lasts.

    :param cases: how many were observed; None when it is only expected
    """

    soon: timedelta
    likely: timedelta
    late: timedelta
    cases: int | None = None


def observed(durations: Collection[timedelta], *, recent: int = 0) -> Observed | None:
    """Return the median and the quartiles; None without a case."""
    days = sorted(max(each, timedelta(0)) for each in durations)
    if not days:
        return None
    seconds = [each.total_seconds() for each in days]
    low, _, high = quantiles(seconds, n=4, method="inclusive") if len(seconds) > 1 else seconds * 3
    return Observed(
        len(days), timedelta(seconds=low), timedelta(seconds=median(seconds)), timedelta(seconds=high), recent
    )


def durees_of(expected: Mapping[str, timedelta], observed: Mapping[str, Observed]) -> dict[str, Duree]:
    """Return how long each kind of step lasts: as observed when there are cases enough, as expected otherwise."""
    return {kind: _duree(whole, observed.get(kind)) for kind, whole in expected.items()}


def _duree(whole: timedelta, observed: Observed | None) -> Duree:
    if observed is None or observed.cases < FEWEST:
        return Duree(whole * SOON, whole, whole * LATE)
    return Duree(observed.low, observed.median, observed.high, observed.cases)


def likely(durees: Mapping[str, Duree]) -> dict[str, timedelta]:
    return {kind: duree.likely for kind, duree in durees.items()}


def soon(durees: Mapping[str, Duree]) -> dict[str, timedelta]:
    return {kind: duree.soon for kind, duree in durees.items()}


def late(durees: Mapping[str, Duree]) -> dict[str, timedelta]:
    return {kind: duree.late for kind, duree in durees.items()}
