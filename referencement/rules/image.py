"""The picture of the coordinated path: rows and bars on an axis of time. Pure functions, in pixels.

One lane for each desk, the portal's first; one row for each thing that moves forward; light, what the éditeur does, and
dark, what the desk does. Words stand at the left of the bars, so that no arrow crosses them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

from candidatures.rules.deadlines import Deadline
from guichets.enums import Owner

from .echelle import Axis, Mark, axis_of
from .etapes import SEGUR
from .fleches import Arrow, arrows
from .graphe import Etat, Graphe, Planned
from .lignes import Ligne

RIGHT = 24
TOP, HEAD, GAP, BAR = 64, 34, 12, 20
# A row: its words, line under line, with room above and below for the arrows.
WORDS, SMALL, AROUND = 18, 16, 13
FOOT, LEVEL = 26, 40
BESIDE = 230  # the width of the words of an échéance
TODAY = "Aujourd’hui"
LEAST = 6  # the width of a bar that lasts nothing


@dataclass(frozen=True)
class Frame:
    """How wide a picture is, and where its words stand.

    :param gutter: where the axis of time begins
    :param widest: the letters of a label before it goes on under itself
    :param is_stacked: whether words stand above the bars: nothing is then drawn from row to row, which would cross them
    """

    width: float
    gutter: float
    widest: int
    is_stacked: bool = False


WHOLE = Frame(1240, 400, 44)
# Two of them stand side by side, at the size of the text around them.
HALF = Frame(548, 22, 62, is_stacked=True)


@dataclass(frozen=True)
class Bar:
    """What one side does on a row, from `x`, `width` wide.

    :param owner: who acts
    :param etat: done, under way or to come, as a whole
    :param steps: those that it stands for
    :param places: where each of them begins and ends on the bar, by its key
    """

    x: float
    y: float
    width: float
    owner: Owner
    etat: Etat
    is_critical: bool
    steps: tuple[Planned, ...]
    places: Mapping[str, tuple[float, float]]

    @property
    def by_desk(self) -> bool:
        return self.owner != Owner.EDITEUR

    @property
    def end(self) -> float:
        return self.x + self.width

    @property
    def foot(self) -> float:
        return self.y + BAR

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True)
class Row:
    """One thing that moves forward, with the bars of each side in turn, from `y` to `foot`.

    :param lines: its label, cut where it is too long, the first one at `words_y`
    """

    ligne: Ligne
    number: int
    lines: tuple[str, ...]
    y: float
    foot: float
    words_y: float
    bars: tuple[Bar, ...]

    @property
    def is_critical(self) -> bool:
        return any(bar.is_critical for bar in self.bars)


@dataclass(frozen=True)
class Lane:
    code: str
    y: float
    height: float
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Dated:
    """An échéance under the picture; `y` is where its words begin, so that near ones stand one under the other."""

    mark: Mark
    y: float


@dataclass(frozen=True)
class Image:
    """:param today: None when the axis does not reach it; `bottom`: where the lanes end"""

    height: float
    lanes: tuple[Lane, ...]
    arrows: tuple[Arrow, ...]
    months: tuple[Mark, ...]
    echeances: tuple[Dated, ...]
    today: Mark | None
    bottom: float
    width: float

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for lane in self.lanes for row in lane.rows)


def image_of(
    graph: Graphe,
    lignes: Iterable[Ligne],
    echeances: Iterable[Deadline],
    lanes: Sequence[str],
    *,
    now: str = TODAY,
    frame: Frame = WHOLE,
    beside: Graphe | None = None,
) -> Image:
    """Lay rows out.

    :param lignes: what to draw of the graph
    :param echeances: those of the candidature
    :param lanes: the codes of the desks, in the order in which they are shown
    :param now: how the instant of the graph is called
    :param beside: another path that is drawn beside it, on the same axis of time
    """
    drawn = list(lignes)
    binding = [deadline for deadline in echeances if deadline.binds]
    steps = [step for ligne in drawn for step in ligne.steps]
    others = beside.planned.values() if beside else ()
    axis = axis_of(graph, steps, binding, frame.gutter, frame.width - RIGHT, others=others)
    critical = {each.step.key for each in graph.critical}
    placed, y, number = [], float(TOP), 0
    for code in (SEGUR, *lanes):
        rows, foot = [], y + HEAD
        for ligne in drawn:
            if ligne.lane == code:
                rows.append(_row(ligne, number, foot, axis, critical, frame))
                foot, number = rows[-1].foot, number + 1
        if rows:
            placed.append(Lane(code, y, foot + 4 - y, tuple(rows)))
            y = foot + 4 + GAP
    bottom = y - GAP
    shown = [deadline for deadline in binding if axis.shows(deadline.at)]
    dated = tuple(_dated(shown, axis, bottom))
    return Image(
        max((each.y for each in dated), default=bottom - 14) + FOOT,
        tuple(placed),
        () if frame.is_stacked else tuple(arrows([row for lane in placed for row in lane.rows], critical)),
        tuple(axis.months()),
        dated,
        axis.mark(graph.at, now, 80) if axis.shows(graph.at) else None,
        bottom,
        frame.width,
    )


def _row(ligne: Ligne, number: int, y: float, axis: Axis, critical: set[str], frame: Frame) -> Row:
    lines = tuple(wrap(ligne.label, frame.widest, break_long_words=False, break_on_hyphens=False))
    tall = len(lines) * WORDS + SMALL
    foot = y + tall + AROUND + (BAR if frame.is_stacked else 0)
    bars_y = foot - BAR - AROUND / 2 + 2 if frame.is_stacked else (y + foot - BAR) / 2
    return Row(ligne, number, lines, y, foot, y + AROUND / 2 + 13, tuple(_bars(ligne, bars_y, axis, critical)))


def _bars(ligne: Ligne, y: float, axis: Axis, critical: set[str]) -> Iterator[Bar]:
    """Yield a bar for each part; none begins before the end of the one before it, however short that one is."""
    reached = 0.0
    for part in ligne.parts:
        start = max(axis.x(min(each.began_at for each in part)), reached)
        end = max(axis.x(max(each.ends_at for each in part)), start + LEAST)
        etats = {each.etat for each in part}
        undone = [each for each in part if each.etat is not Etat.DONE]
        yield Bar(
            start,
            y,
            round(end - start, 1),
            (undone or part)[0].step.owner,
            etats.pop() if len(etats) == 1 else Etat.CURRENT,
            any(each.step.key in critical for each in part),
            part,
            {each.step.key: (max(axis.x(each.began_at), start), min(axis.x(each.ends_at), end)) for each in part},
        )
        reached = end


def _dated(deadlines: Iterable[Deadline], axis: Axis, bottom: float) -> Iterator[Dated]:
    """Yield the échéances; one whose words would touch those of the one before stands lower."""
    taken: list[float] = []
    for deadline in sorted(deadlines, key=lambda deadline: deadline.at):
        mark = axis.mark(deadline.at, deadline.nom, BESIDE / 2, deadline)
        left = mark.left(BESIDE)
        level = next((level for level, end in enumerate(taken) if end <= left), len(taken))
        taken[level : level + 1] = [left + BESIDE]
        yield Dated(mark, bottom + 20 + level * LEVEL)
