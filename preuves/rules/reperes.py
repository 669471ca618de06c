"""Time marks of a video, written as `1:23` or `1:02:03` in a text."""

import re
from dataclasses import dataclass

from comptes.rules.figures import whole

MARK = re.compile(r"(?<![\d:.,/])(?:(\d{1,2}):)?([0-5]?\d):([0-5]\d)(?![\d:/]|[.,]\d)", re.ASCII)
MOST_MARKS = 50


@dataclass(frozen=True)
class Repere:
    """A moment of a video: as it was written, in seconds, and the words that follow it."""

    label: str
    seconds: int
    text: str = ""


def reperes_in(text: str) -> list[Repere]:
    """Return the time marks of a text, each moment once, in the order of the video."""
    by_second: dict[int, Repere] = {}
    for mark in MARK.finditer(text):
        hours, minutes, seconds = (int(part or 0) for part in mark.groups())
        label = text[mark.end() :].partition("\n")[0]
        label = MARK.split(label)[0].strip(" \u00a0\t:;,.–-—()")
        at = hours * 3600 + minutes * 60 + seconds
        by_second.setdefault(at, Repere(mark.group(), at, label[:80]))
    return [by_second[at] for at in sorted(by_second)][:MOST_MARKS]


def seconds_of(typed: str) -> int:
    """Return the moment that somebody typed, as `83` or `1:23`; 0 when it is no moment."""
    if (seconds := whole(typed, most=5)) is not None:
        return seconds
    marks = reperes_in(typed)
    return marks[0].seconds if marks else 0
