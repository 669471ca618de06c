"""The coordinated path of one candidature in time: what each step waits for, and how much time is left. Pure functions.

A step is done by one side: the éditeur, the ANS, or a desk. Its state comes from the blocages themselves: no step is
done while one names it. Durations are expected ones; nothing here is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from guichets.enums import Owner

from .etapes import COLLEGE, GrapheFacts, Step, steps_of
from .file import left

# What is complete waits for its submission alone.
A_CLICK = timedelta(minutes=10)
NOTHING: Mapping[str, timedelta] = MappingProxyType({})
NO_START: Mapping[str, datetime] = MappingProxyType({})


class Etat(StrEnum):
    """Where a step stands."""

    DONE = "done"
    CURRENT = "current"
    TODO = "todo"


@dataclass(frozen=True, slots=True)
class Planned:
    """A step with its place in time. Instants are aware.

    :param starts_at: when it began, or can begin at the earliest
    :param ends_at: when it was done, or is expected to be
    :param latest_at: the latest end that still meets every échéance; None when none depends on it
    """

    step: Step
    etat: Etat
    starts_at: datetime
    ends_at: datetime
    latest_at: datetime | None

    @property
    def began_at(self) -> datetime:
        """When it began, if it is known; otherwise, when it can. What is left of a step under way `starts_at` today."""
        since = self.step.since
        return min(since, self.starts_at) if self.etat is Etat.CURRENT and since else self.starts_at

    @property
    def slack(self) -> timedelta | None:
        """The time that may still be lost on it; negative when an échéance is already out of reach. None if unbound."""
        if self.etat is Etat.DONE or self.latest_at is None:
            return None
        return self.latest_at - self.ends_at

    @property
    def latest_start(self) -> datetime | None:
        """When it must have begun at the latest; None when no échéance depends on it, or once it is done."""
        return None if self.slack is None else self.starts_at + self.slack


@dataclass(frozen=True)
class Graphe:
    """The path of one candidature, at an instant; each step follows, in `planned`, those that it waits for."""

    planned: Mapping[str, Planned]

    at: datetime

    @property
    def forecast(self) -> datetime | None:
        """When the collège is expected to decide; None once it did.

        A séance that is fixed decides that day; without one, nothing is forecast once an échéance was missed.
        """
        last = self.planned.get(COLLEGE)
        if last is None or last.etat is Etat.DONE or (self.is_late and self.seance_at is None):
            return None
        return last.ends_at

    @property
    def seance_at(self) -> datetime | None:
        """When the séance on whose agenda it stands is held; None when it is on none, or once it was decided."""
        last = self.planned.get(COLLEGE)
        return last.step.fixed_at if last else None

    @property
    def is_late(self) -> bool:
        """Whether an échéance was missed."""
        return any(self.is_missed(planned) for planned in self.planned.values())

    def is_missed(self, planned: Planned) -> bool:
        """Whether the échéance of this very step has passed: more time can only be asked for."""
        deadline = planned.step.deadline
        return planned.etat is not Etat.DONE and deadline is not None and not deadline.is_met(self.at)

    @cached_property
    def critical(self) -> tuple[Planned, ...]:
        """The steps that decide when the collège can meet: each one waits for the one before it.

        Once its séance is fixed, nothing else decides.
        """
        path: list[Planned] = []
        key = COLLEGE if self.forecast else ""
        while key:
            here = self.planned[key]
            path.append(here)
            if here.step.fixed_at is not None:
                break
            waits = [self.planned[code] for code in here.step.after]
            undone = [planned for planned in waits if planned.etat is not Etat.DONE]
            key = max(undone, key=lambda planned: planned.ends_at).step.key if undone else ""
        return tuple(reversed(path))

    def next_acts(self, owner: Owner) -> tuple[Planned, ...]:
        """Return what this side can do today: what leaves the least time first, then what ends first."""
        ready = [planned for planned in self.planned.values() if planned.etat is Etat.CURRENT]
        mine = [planned for planned in ready if planned.step.owner == owner]
        return tuple(sorted(mine, key=lambda planned: (planned.slack is None, planned.slack, planned.ends_at)))

    def dependents(self, key: str) -> tuple[str, ...]:
        """Return the keys of the steps that wait for this one."""
        return tuple(code for code, planned in self.planned.items() if key in planned.step.after)


def graphe(
    facts: GrapheFacts,
    durees: Mapping[str, timedelta],
    *,
    at: datetime,
    times: float = 1.0,
    expected: Mapping[str, timedelta] = NOTHING,
    starts: Mapping[str, datetime] = NO_START,
) -> Graphe:
    """Draw the path of a candidature, and place each step in time.

    :param durees: the expected duration of each kind of step
    :param times: what multiplies every duration: 0.5 and 2 give the interval of a forecast
    :param expected: how long these steps are still expected to last, whatever their kind, by their key
    :param starts: before when these steps do not begin (aware), by their key
    """
    steps = {step.key: step for step in steps_of(facts, at=at)}
    order = _in_order(steps)

    def lasts(step: Step) -> timedelta:
        if step.is_complete:
            return A_CLICK
        if step.key in expected:
            return expected[step.key] * times
        elapsed = at - step.since if step.since and _is_ready(step, steps) else timedelta(0)
        return left(durees[step.kind] * times, elapsed)

    planned = _forwards(order, steps, lasts, starts, at)
    return Graphe(_backwards(order, planned), at)


def _is_ready(step: Step, steps: Mapping[str, Step]) -> bool:
    return all(steps[key].is_done for key in step.after)


def _in_order(steps: Mapping[str, Step]) -> list[str]:
    """Sort so that each step follows those that it waits for, and otherwise as given."""
    order: dict[str, None] = {}

    def visit(key: str) -> None:
        if key not in order:
            for before in steps[key].after:
                visit(before)
            order[key] = None

    for key in steps:
        visit(key)
    return list(order)


def _done_at(order: Sequence[str], steps: Mapping[str, Step]) -> dict[str, datetime]:
    """Return when each step was done: where that is not known, when what waited for it was; none when neither is."""
    known: dict[str, datetime] = {}
    for key in reversed(order):
        step = steps[key]
        if step.is_done and step.done_at is not None:
            known[key] = step.done_at
        for before in step.after if key in known else ():
            if steps[before].is_done:
                known[before] = min(known[key], known.get(before, known[key]))
    return known


def _forwards(
    order: Sequence[str],
    steps: Mapping[str, Step],
    lasts: Callable[[Step], timedelta],
    first: Mapping[str, datetime],
    at: datetime,
) -> dict[str, Planned]:
    """Place each step at the earliest."""
    planned: dict[str, Planned] = {}
    done_at = _done_at(order, steps)
    for key in order:
        step = steps[key]
        before = [planned[code] for code in step.after]
        if step.is_done:
            could_begin = max((each.ends_at for each in before), default=at)
            ended = min(done_at.get(key, could_begin), at)
            planned[key] = Planned(step, Etat.DONE, min(step.since or could_begin, ended), ended, None)
        else:
            is_ready = step.fixed_at is not None or all(each.etat is Etat.DONE for each in before)
            starts = max([at, first.get(key, at), *(each.ends_at for each in before)])
            ends = starts + lasts(step)
            if step.fixed_at is not None:
                ends = max(step.fixed_at, first.get(key, at), at)
            etat = Etat.CURRENT if is_ready else Etat.TODO
            planned[key] = Planned(step, etat, min(starts, ends), ends, None)
    return planned


def _backwards(order: list[str], planned: Mapping[str, Planned]) -> dict[str, Planned]:
    """Give each step that is not done the latest end that leaves it, and all that follows it, in time."""
    latest: dict[str, datetime] = {}
    for key in reversed(order):
        here = planned[key]
        if here.etat is Etat.DONE:
            continue
        if here.step.deadline is not None and here.step.deadline.binds:
            latest[key] = min(here.step.deadline.at, latest.get(key, here.step.deadline.at))
        if key in latest:
            latest_start = here.starts_at + (latest[key] - here.ends_at)
            for code in here.step.after:
                latest[code] = min(latest_start, latest.get(code, latest_start))
    return {key: replace(planned[key], latest_at=latest.get(key)) for key in order}
