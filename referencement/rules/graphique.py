"""Charts of bars in a picture: places and sizes, in pixels. Pure functions; each chart has its table beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

WIDTH, HEIGHT, FOOT, TOP, LEFT = 640, 200, 24, 12, 36
LINES = 4


@dataclass(frozen=True, slots=True)
class Barre:
    """One bar; `serie` names its colour."""

    serie: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Repere:
    """A word at `x`, or a number at `y`."""

    label: str
    x: float = 0
    y: float = 0


@dataclass(frozen=True)
class Graphique:
    """A chart: its bars, the words under them, and the numbers at their left."""

    bars: tuple[Barre, ...]
    names: tuple[Repere, ...]
    lines: tuple[Repere, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT


def graphique(names: Sequence[str], series: Mapping[str, Sequence[int]]) -> Graphique | None:
    """Draw groups of bars, one group a name and one bar a série; None when every number is zero.

    :param series: the numbers of each série, in the order of the names
    """
    most = max((number for numbers in series.values() for number in numbers), default=0)
    if not most:
        return None
    step = _round(most / LINES)
    top = step * ceil(most / step)
    floor, room = HEIGHT - FOOT, HEIGHT - FOOT - TOP
    group = (WIDTH - LEFT) / len(names)
    bar = group * 0.8 / len(series)
    bars = [
        Barre(
            serie,
            round(LEFT + group * place + group * 0.1 + bar * rank, 1),
            round(floor - room * number / top, 1),
            round(bar * 0.9, 1),
            round(room * number / top, 1),
        )
        for rank, (serie, numbers) in enumerate(series.items())
        for place, number in enumerate(numbers)
    ]
    every = ceil(len(names) / 6)  # words that do not fit are left to the table
    labels = [
        Repere(name, x=round(LEFT + group * (place + 0.5), 1)) for place, name in enumerate(names) if place % every == 0
    ]
    lines = [
        Repere(str(step * count), y=round(floor - room * step * count / top, 1)) for count in range(top // step + 1)
    ]
    return Graphique(tuple(bars), tuple(labels), tuple(lines))


def _round(step: float) -> int:
    """Return a step that reads well: 1, 2 or 5 followed by zeros, and not smaller."""
    power = 1
    while True:
        for leading in (1, 2, 5):
            if leading * power >= step:
                return leading * power
        power *= 10
