"""The axis of time of the pictures of the coordinated path. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from candidatures.rules.deadlines import Deadline
from comptes.dates import PARIS, day_in_words

from .graphe import Graphe, Planned

MARGIN = timedelta(days=20)
MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
# Beyond that, one mark for each quarter.
LONG = timedelta(days=400)
# The months between two marks, and the least room for the words of one, in pixels.
STEPS, ROOM = (1, 3, 6, 12), 44


@dataclass(frozen=True)
class Mark:
    """A month, an échéance or today, at `x`.

    :param anchor: the side of `x` on which its words stand: `start`, `middle` or `end`, as SVG says
    """

    x: float
    label: str
    deadline: Deadline | None = None
    anchor: str = "middle"

    @property
    def day(self) -> str:
        return day_in_words(self.deadline.at) if self.deadline else ""

    def left(self, width: float) -> float:
        """Return where its words begin, when they are that wide."""
        return self.x - {"start": 0, "middle": width / 2, "end": width}[self.anchor]


class Axis:
    """Turns instants into places between `left` and `right`."""

    def __init__(self, starts_at: datetime, ends_at: datetime, left: float, right: float) -> None:
        self.starts_at, self.ends_at, self.left, self.right = starts_at, ends_at, left, right

    def x(self, at: datetime) -> float:
        part = (at - self.starts_at) / (self.ends_at - self.starts_at)
        return round(self.left + min(max(part, 0), 1) * (self.right - self.left), 1)

    def shows(self, at: datetime) -> bool:
        return self.starts_at <= at <= self.ends_at

    def mark(self, at: datetime, label: str, half: float, deadline: Deadline | None = None) -> Mark:
        """:param half: half of the width of its words, which stay within the axis"""
        x = self.x(at)
        anchor = "end" if x + half > self.right else "start" if x - half < self.left else "middle"
        return Mark(x, label, deadline, anchor)

    def months(self) -> Iterator[Mark]:
        """Yield the first of a month, of a quarter, or of more; the first mark of a year says it."""
        first, step = self.starts_at.astimezone(PARIS), self._step()
        year, month, year_shown = first.year, first.month, None
        while True:
            month += 1
            if month > 12:
                year, month = year + 1, 1
            at = datetime(year, month, 1, tzinfo=PARIS).astimezone(UTC)
            if at >= self.ends_at:
                return
            if (month - 1) % step == 0:
                yield Mark(self.x(at), MONTHS[month - 1] if year == year_shown else f"{MONTHS[month - 1]} {year}")
                year_shown = year

    def _step(self) -> int:
        """Return how many months stand between two marks: few, as long as their words have room."""
        whole = self.ends_at - self.starts_at
        month = (self.right - self.left) * (timedelta(days=30) / whole)
        least = 3 if whole > LONG else 1
        return next((step for step in STEPS if step >= least and step * month >= ROOM), STEPS[-1])


def axis_of(
    graph: Graphe,
    steps: Collection[Planned],
    echeances: Iterable[Deadline],
    left: float,
    right: float,
    *,
    others: Iterable[Planned] = (),
) -> Axis:
    """Return the axis on which some steps of a path stand: with all of them, today and the échéances too.

    :param others: steps of another path, which stand on the same axis
    """
    shown = [*steps, *others]
    instants = [*(planned.began_at for planned in shown), *(planned.ends_at for planned in shown)] or [graph.at]
    if len(steps) == len(graph.planned):
        instants += [graph.at, *(deadline.at for deadline in echeances)]
    margin = max(MARGIN * ((max(instants) - min(instants)) / LONG), timedelta(days=2))
    return Axis(min(instants) - min(margin, MARGIN), max(instants) + min(margin, MARGIN), left, right)
