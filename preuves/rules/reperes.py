"""Time marks of a video, written as `1:23` or `1:02:03` in a text."""

import re
from dataclasses import dataclass

from comptes.rules.figures import whole

MARK = re.compile(r"(?<![\d:.,/])(?:(\d{1,2}):)?([0-5]?\d):([0-5]\d)(?![\d:/]|[.,]\d)", re.ASCII)
MOST_MARKS = 50
# Where the stills of a whole video are, as parts of its length.
STILLS = (1 / 6, 1 / 2, 5 / 6)


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


def stills_of(seconds: float) -> list[Repere]:
    """Return a few moments of a video of that length, spread over it; none when its length is not known."""
    moments = dict.fromkeys(int(seconds * part) for part in STILLS) if seconds > 0 else {}
    return [Repere(_written(moment), moment) for moment in moments]


def _written(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
