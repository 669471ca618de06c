"""The coordinated path in little: one strip of time for each desk, and how far it is. Pure functions, in percent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from candidatures.rules.deadlines import Deadline

from .echelle import Axis, Mark, axis_of
from .etapes import SEGUR
from .graphe import Etat, Graphe, Planned

LEAST = 0.8  # the width of a part that lasts nothing


@dataclass(frozen=True)
class Part:
    """What is done, under way or to come at a desk, from `x`, `width` wide."""

    etat: Etat
    x: float
    width: float


@dataclass(frozen=True)
class Strip:
    """What moves forward at one desk.

    :param lane: the code of the desk; `segur` for the portal itself
    :param now: what can be done today there, what leaves the least time first
    """

    lane: str
    done: int
    total: int
    parts: tuple[Part, ...]
    now: tuple[Planned, ...]


@dataclass(frozen=True)
class Apercu:
    strips: tuple[Strip, ...]
    today: float
    echeances: tuple[Mark, ...]


def apercu_of(graph: Graphe, echeances: Iterable[Deadline], lanes: Sequence[str]) -> Apercu:
    """Lay the graph out in little.

    :param echeances: those of the candidature
    :param lanes: the codes of the desks, in the order in which they are shown
    """
    binding = [deadline for deadline in echeances if deadline.binds]
    axis = axis_of(graph, graph.planned.values(), binding, 0, 100)
    strips = [
        _strip(code, steps, axis)
        for code in (SEGUR, *lanes)
        if (steps := [each for each in graph.planned.values() if each.step.lane == code])
    ]
    marks = tuple(Mark(axis.x(deadline.at), deadline.nom, deadline) for deadline in binding)
    return Apercu(tuple(strips), axis.x(graph.at), marks)


def _strip(code: str, steps: Sequence[Planned], axis: Axis) -> Strip:
    now = [each for each in steps if each.etat is Etat.CURRENT]
    now.sort(key=lambda each: (each.slack is None, each.slack, each.ends_at))
    done = sum(each.etat is Etat.DONE for each in steps)
    return Strip(code, done, len(steps), tuple(_parts(steps, axis)), tuple(now))


def _parts(steps: Sequence[Planned], axis: Axis) -> Iterator[Part]:
    """Yield what is done, then what is under way, then what follows; each begins where the one before ends at most."""
    reached = 0.0
    for etat in (Etat.DONE, Etat.CURRENT, Etat.TODO):
        mine = [each for each in steps if each.etat is etat]
        if mine:
            start = max(axis.x(min(each.starts_at for each in mine)), reached)
            end = max(axis.x(max(each.ends_at for each in mine)), start + LEAST)
            yield Part(etat, start, round(end - start, 1))
            reached = end
