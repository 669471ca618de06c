"""Notifications as a page groups them: by solution, and those that are alike and of one hour in one line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

ONE_HOUR = timedelta(hours=1)
# How the subject of a notification about a candidature begins: the solution, its number, then the fact.
_ABOUT = re.compile(r"(?P<solution>.+? \([A-Z]+-\d{4}-\d+-[A-Z0-9]\))\s?:\s*(?P<fact>.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Told:
    """One notification: its row, what it is called, when it was posted (aware), and its kind."""

    id: int
    kind: str
    text: str
    posted_at: datetime
    is_unread: bool = False
    state: str = ""
    is_bounced: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """Notifications of one kind about one solution, within one hour; the latest first."""

    fact: str
    notices: tuple[Told, ...]

    @property
    def latest(self) -> Told:
        return self.notices[0]

    @property
    def unread(self) -> int:
        return sum(notice.is_unread for notice in self.notices)


@dataclass(frozen=True, slots=True)
class Group:
    """The lines about one solution, the latest first; `solution` is empty for those that are about none."""

    solution: str
    lines: tuple[Line, ...]


def grouped(notices: Iterable[Told], *, latest_first: bool = True) -> tuple[Group, ...]:
    """Group notifications by solution, and merge the alike; in a line, the latest always comes first.

    :param notices: in the order of time
    :param latest_first: their order, and that of the groups and lines that are returned
    """
    if not latest_first:
        turned = grouped(list(notices)[::-1])
        return tuple(Group(group.solution, group.lines[::-1]) for group in turned[::-1])
    by_solution: dict[str, list[tuple[str, list[Told]]]] = {}
    for notice in notices:
        solution, fact = read(notice.text)
        lines = by_solution.setdefault(solution, [])
        alike = next((line for _, line in lines if _is_alike(line, notice)), None)
        if alike is None:
            lines.append((fact, [notice]))
        else:
            alike.append(notice)
    return tuple(
        Group(solution, tuple(Line(fact, tuple(line)) for fact, line in lines))
        for solution, lines in by_solution.items()
    )


def read(text: str) -> tuple[str, str]:
    """Return the solution that a subject begins with, and the fact; no solution when it begins otherwise."""
    about = _ABOUT.fullmatch(text)
    if about is None:
        return "", text
    fact = about["fact"]
    return about["solution"], f"{fact[:1].upper()}{fact[1:]}"


def _is_alike(line: Sequence[Told], notice: Told) -> bool:
    return line[0].kind == notice.kind and line[0].posted_at - notice.posted_at < ONE_HOUR
