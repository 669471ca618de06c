"""Opens a file in a process apart, which is killed when it hangs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from candidatures.connectors.apart import NoAnswer, answer_of

CHILD = Path(__file__).with_name("probe_child.py")
SECONDS_TO_LOOK, SECONDS_TO_COPY, SECONDS_TO_READ = 30, 1500, 60


class ProbeFailed(Exception):
    """Nothing is known of this file: its process died, or took too long."""


@dataclass(frozen=True)
class Finding:
    """What was found: the code of what is wrong, empty when nothing is, and what was measured."""

    fault: str
    facts: Mapping[str, Any]


def look(probe: str, file: Path, *, seconds: int = SECONDS_TO_LOOK) -> Finding:
    """Open a file.

    :raises ProbeFailed: when nothing can be known of it
    """
    return _run("look", probe, str(file), str(seconds), seconds=seconds)


def copy(probe: str, file: Path, to: Path, *, seconds: int = SECONDS_TO_COPY) -> Finding:
    """Write in `to` what a browser shows of a file.

    :raises ProbeFailed: as `look`
    """
    return _run("copy", probe, str(file), str(seconds), str(to), seconds=seconds)


def read(probe: str, file: Path, *, tesseract: str, seconds: int = SECONDS_TO_READ) -> Finding:
    """Read what is written in a file.

    :param tesseract: the path of the executable that reads images; empty when there is none
    :raises ProbeFailed: as `look`
    """
    return _run("read", probe, str(file), str(seconds), tesseract, seconds=seconds)


def _run(*arguments: str, seconds: int) -> Finding:
    try:
        answer = answer_of(CHILD, *arguments, seconds=seconds)
        return Finding(str(answer["fault"]), dict(answer["facts"]))
    except (NoAnswer, LookupError, TypeError, ValueError) as error:
        raise ProbeFailed(str(error)) from error
