"""The picture of the coordinated path: rows and bars on an axis of time. Pure functions, in pixels.

One lane for each desk, the portal's first; one row for each thing that moves forward; light, what the éditeur does, and
dark, what the desk does. Words stand at the left of the bars, so that no arrow crosses them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from candidatures.rules.deadlines import Deadline
from guichets.enums import Owner

from .echelle import Axis, Mark, axis_of
from .etapes import COLLEGE, PREPARED, SEGUR, SIGNED
from .graphe import Etat, Graphe, Planned

WIDTH, GUTTER, RIGHT = 1240, 356, 20
TOP, ROW, HEAD, GAP, BAR = 56, 36, 30, 14, 14
FOOT = 52
LEAST = 6  # the width of a bar that lasts nothing


@dataclass(frozen=True)
class Bar:
    """What one side does on a row, from `x`, `width` wide.

    :param by_desk: whether the desk of the lane acts; else the éditeur
    :param steps: those that it stands for
    """

    x: float
    y: float
    width: float
    by_desk: bool
    etat: Etat
    is_critical: bool
    steps: tuple[Planned, ...]

    @property
    def end(self) -> float:
        return self.x + self.width

    @property
    def middle(self) -> float:
        return self.y + BAR / 2


@dataclass(frozen=True)
class Row:
    """One thing that moves forward, such as a volet or a demande, with the bars of each side in turn."""

    label: str
    y: float
    bars: tuple[Bar, ...]

    @property
    def etat(self) -> Etat:
        etats = {bar.etat for bar in self.bars}
        return next(iter(etats)) if len(etats) == 1 else Etat.CURRENT

    @property
    def steps(self) -> tuple[Planned, ...]:
        return tuple(step for bar in self.bars for step in bar.steps)


@dataclass(frozen=True)
class Lane:
    code: str
    y: float
    height: float
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Arrow:
    """« Nécessaire pour »: from the end of a bar to another, as the `d` of an SVG path."""

    path: str
    is_critical: bool


@dataclass(frozen=True)
class Image:
    height: float
    lanes: tuple[Lane, ...]
    arrows: tuple[Arrow, ...]
    months: tuple[Mark, ...]
    echeances: tuple[Mark, ...]
    today: Mark
    bottom: float
    width: float = WIDTH
    gutter: float = GUTTER


@dataclass(frozen=True)
class _Thing:
    """A row before it is placed: its label, and its parts, each of one side."""

    lane: str
    label: str
    parts: tuple[tuple[Planned, ...], ...]


def image_of(graph: Graphe, echeances: Iterable[Deadline], lanes: Sequence[str], *, at: datetime) -> Image:
    """Lay the graph out.

    :param echeances: those of the candidature
    :param lanes: the codes of the desks, in the order in which they are shown
    """
    binding = [deadline for deadline in echeances if deadline.binds]
    axis = axis_of(graph, binding, GUTTER, WIDTH - RIGHT)
    critical = {each.step.key for each in graph.critical}
    placed, y = [], float(TOP)
    things = list(_things(graph))
    for code in (SEGUR, *lanes):
        mine = [thing for thing in things if thing.lane == code]
        if mine:
            rows = tuple(
                Row(thing.label, top, tuple(_bars(thing, top, axis, critical)))
                for thing, top in ((thing, y + HEAD + number * ROW) for number, thing in enumerate(mine))
            )
            height = HEAD + len(mine) * ROW
            placed.append(Lane(code, y, height, rows))
            y += height + GAP
    bottom = y - GAP
    return Image(
        bottom + FOOT,
        tuple(placed),
        tuple(_arrows(placed, critical)),
        tuple(axis.months()),
        tuple(Mark(axis.x(deadline.at), deadline.nom, deadline) for deadline in binding),
        Mark(axis.x(at), "Aujourd’hui"),
        bottom,
    )


def _things(graph: Graphe) -> Iterator[_Thing]:
    """Yield the rows: what the portal does in order, then each demande."""
    planned = graph.planned
    chapitres = [each for key, each in planned.items() if key.startswith("chapitre:")]
    yield _Thing(SEGUR, "Charte de référencement", ((planned["charte"],),))
    for key, each in planned.items():
        if each.step.kind == "volet":
            yield _Thing(SEGUR, each.step.label, ((each,), (planned[f"{key}:ans"],)))
    if chapitres:
        deposits = tuple(each for each in chapitres if each.step.kind == "chapitre")
        examens = tuple(each for each in chapitres if each.step.kind != "chapitre")
        label = f"Preuves\u00a0: {len(deposits)} chapitre{'s' if len(deposits) > 1 else ''}"
        yield _Thing(SEGUR, label, (deposits, examens))
    yield _Thing(SEGUR, "Convention", ((planned[PREPARED],), (planned[SIGNED],)))
    yield _Thing(SEGUR, "Collège technique", ((planned[COLLEGE],),))
    yield from _demandes(planned)


def _demandes(planned: Mapping[str, Planned]) -> Iterator[_Thing]:
    by_demande: dict[str, list[Planned]] = {}
    for key, each in planned.items():
        if each.step.lane != SEGUR:
            by_demande.setdefault(key.rpartition(":")[0], []).append(each)
    for stages in by_demande.values():
        parts: list[list[Planned]] = []
        for each in stages:
            if parts and (parts[-1][-1].step.owner == Owner.EDITEUR) is (each.step.owner == Owner.EDITEUR):
                parts[-1].append(each)
            else:
                parts.append([each])
        first = stages[0].step
        yield _Thing(first.lane, first.label.partition("\u00a0:")[0], tuple(map(tuple, parts)))


def _bars(thing: _Thing, top: float, axis: Axis, critical: set[str]) -> Iterator[Bar]:
    for part in thing.parts:
        start, end = axis.x(min(each.starts_at for each in part)), axis.x(max(each.ends_at for each in part))
        etats = {each.etat for each in part}
        yield Bar(
            start,
            top + (ROW - BAR) / 2,
            round(max(end - start, LEAST), 1),
            part[0].step.owner != Owner.EDITEUR,
            etats.pop() if len(etats) == 1 else Etat.CURRENT,
            any(each.step.key in critical for each in part),
            part,
        )


def _arrows(lanes: Sequence[Lane], critical: set[str]) -> Iterator[Arrow]:
    """Yield what a row waits for in another row, once for each pair of rows, when it is still waited for."""
    rows = [row for lane in lanes for row in lane.rows]
    place = {step.step.key: (number, bar) for number, row in enumerate(rows) for bar in row.bars for step in bar.steps}
    done = {step.step.key: step.etat is Etat.DONE for row in rows for step in row.steps}
    drawn: set[tuple[int, int]] = set()
    for number, row in enumerate(rows):
        for bar in row.bars:
            for planned in bar.steps:
                for before in planned.step.after:
                    source, start = place[before]
                    if source == number or (source, number) in drawn or done[before]:
                        continue
                    drawn.add((source, number))
                    yield Arrow(_path(start, bar), {before, planned.step.key} <= critical)


def _path(start: Bar, end: Bar) -> str:
    """Go right, then along a column between the bars, then to the beginning of the other."""
    column = round(max(start.end + 8, min(end.x - 8, start.end + 40)), 1)
    return f"M{start.end} {start.middle} H{column} V{end.middle} H{end.x - 2 if column <= end.x else end.end + 2}"
