"""The « nécessaire pour » arrows of the picture: at right angles, between the rows, each into the top or foot of a bar.

All that one bar waits for comes by the same column, so that arrows join and do not tangle. Pure functions, in pixels.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from .graphe import Etat, Planned

INSIDE = 6  # from the end of a bar to its arrow
HEAD = 2  # between the head of an arrow and its bar


class Bar(Protocol):
    """What an arrow joins."""

    @property
    def x(self) -> float: ...
    @property
    def y(self) -> float: ...
    @property
    def end(self) -> float: ...
    @property
    def places(self) -> Mapping[str, tuple[float, float]]: ...
    @property
    def foot(self) -> float: ...
    @property
    def steps(self) -> tuple[Planned, ...]: ...


class Row(Protocol):
    """A row of the picture, from `y` to `foot`."""

    @property
    def y(self) -> float: ...
    @property
    def foot(self) -> float: ...
    @property
    def bars(self) -> Sequence[Bar]: ...


@dataclass(frozen=True)
class Arrow:
    """« Nécessaire pour »: from a bar to another, as the `d` of an SVG path.

    :param source: the number of the row that it leaves, and `target`, of the row where it arrives
    """

    path: str
    is_critical: bool
    source: int
    target: int


def arrows(rows: Sequence[Row], critical: Collection[str]) -> Iterator[Arrow]:
    """Yield what a row waits for in another row, once for each pair of rows, when it is still waited for.

    Of all that one row waits for in another, the arrow shows what decides, else what ends last.
    """
    place = {step.step.key: (number, bar) for number, row in enumerate(rows) for bar in row.bars for step in bar.steps}
    drawn: dict[tuple[int, int], Arrow] = {}
    for before, after in sorted(_edges(rows), key=lambda edge: _end(place.get(edge[0]), edge[0])):
        source, target = place[before][0] if before in place else -1, place[after][0]
        is_critical = before in critical and after in critical
        shown = drawn.get((source, target))
        if source not in (-1, target) and (shown is None or is_critical or not shown.is_critical):
            path = _path(rows[source], place[before][1], before, place[after][1], after, is_below=source < target)
            drawn[source, target] = Arrow(path, is_critical, source, target)
    # The critical ones are drawn last, over the others.
    yield from sorted(drawn.values(), key=lambda arrow: arrow.is_critical)


def _end(place: tuple[int, Bar] | None, key: str) -> float:
    """Return where a step ends; those that are not drawn come first."""
    return place[1].places[key][1] if place else 0.0


def _edges(rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """Yield the key of each step that is waited for, with the key of the one that waits; none once either is done."""
    steps = [step for row in rows for bar in row.bars for step in bar.steps]
    done = {step.step.key for step in steps if step.etat is Etat.DONE}
    waiting = (step.step for step in steps if step.etat is not Etat.DONE)
    return ((before, step.key) for step in waiting for before in step.after if before not in done)


def _path(row: Row, start: Bar, before: str, end: Bar, after: str, *, is_below: bool) -> str:
    """Leave a bar towards the edge of its row, follow that edge, then go straight to the other bar.

    :param row: that of the bar `start`
    :param before: the step that is waited for, at the end of which the arrow leaves; `after`, the one that waits
    """
    leaves = _within(start, start.places[before][1] - INSIDE)
    arrives = _within(end, end.places[after][0] + INSIDE)
    if is_below:
        return f"M{leaves} {start.foot} V{row.foot} H{arrives} V{end.y - HEAD}"
    return f"M{leaves} {start.y} V{row.y} H{arrives} V{end.foot + HEAD}"


def _within(bar: Bar, x: float) -> float:
    """Keep a place on a bar, away from its corners; in the middle of a short one."""
    room = min(INSIDE, (bar.end - bar.x) / 2)
    return round(min(max(x, bar.x + room), bar.end - room), 1)
