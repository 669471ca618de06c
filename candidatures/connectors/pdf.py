"""Reads a PDF and draws its pages, in a separate process, since a PDF may be hostile."""

import logging
from dataclasses import dataclass
from pathlib import Path

from .apart import NoAnswer, answer_of

logger = logging.getLogger(__name__)

CHILD = Path(__file__).with_name("pdf_child.py")
SECONDS_TO_LOOK, SECONDS_TO_DRAW = 10, 90


@dataclass(frozen=True)
class Look:
    """What is known of a PDF: how many pages, 0 when it cannot be read; `locked` when a password is needed."""

    pages: int = 0
    locked: bool = False


def look(file: Path, *, seconds: int = SECONDS_TO_LOOK) -> Look:
    """Open a PDF without drawing it."""
    return _run("look", file, seconds=seconds)


def draw(file: Path, folder: Path, *, seconds: int = SECONDS_TO_DRAW) -> Look:
    """Write the first 200 pages in a folder, as `0001.webp`…, as far as they are drawn in time."""
    return _run("draw", file, folder, seconds=seconds)


def _run(verb: str, file: Path, *folder: Path, seconds: int) -> Look:
    try:
        answer = answer_of(CHILD, verb, str(file), str(seconds), *map(str, folder), seconds=seconds * 2)
    except NoAnswer as error:
        logger.warning("%s cannot be read: %s", file.name, error)
        return Look()
    return Look(pages=answer.get("pages", 0), locked=answer.get("fault") == "password")
