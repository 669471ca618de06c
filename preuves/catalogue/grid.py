"""What the reader of a format gives of a workbook: sheets, rows of texts, and what the eye sees of a cell or does not.

A text that is struck through is a deletion: it is taken out of its cell, and kept apart in its mark.
"""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from functools import lru_cache
from typing import Any

WIDEST = 200
"""How many columns of a sheet are read."""
LONGEST_CELL = 100_000
COLOUR = re.compile("[0-9A-F]{6}")
MIDNIGHT = re.compile(r"[T ]00:00(?::00(?:\.0*)?)?Z?$")


class Kind(StrEnum):
    """What a cell holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    FORMULA = "formula"
    ERROR = "error"


class Hiding(StrEnum):
    """How a row or a column is kept out of sight."""

    HIDDEN = "hidden"
    FILTERED = "filtered"
    FOLDED = "folded"


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell is shown.

    :param fill: the colour behind it; empty when there is none, or white
    :param unseen: whether it is written white on white, in a size of nothing, or with a format that shows nothing
    """

    struck: bool = False
    red: bool = False
    fill: str = ""
    unseen: bool = False


PLAIN = Look()


@dataclass(frozen=True, slots=True)
class Mark:
    """What a cell has that its text does not say.

    :param struck: the words that are struck through, and that its text no longer has
    """

    kind: Kind = Kind.TEXT
    look: Look = PLAIN
    struck: str = ""

    @property
    def is_plain(self) -> bool:
        return self.kind is Kind.TEXT and self.look == PLAIN and not self.struck


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row: its texts, and the marks of those that have one, by index from 0."""

    number: int
    texts: Sequence[str] = ()
    marks: Mapping[int, Mark] = field(default_factory=dict)
    hidden: Hiding | None = None

    @property
    def is_empty(self) -> bool:
        return not any(self.texts) and not any(mark.struck for mark in self.marks.values())


@dataclass
class Around:
    """What is known of a sheet once its rows were read: it may be written after them in the file.

    :param filtered: the range that an automatic filter covers, such as `A1:N49`; empty when there is none
    :param conditional: the ranges whose looks depend on conditions, which nothing here evaluates
    """

    hidden_columns: dict[int, Hiding] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    filtered: str = ""
    conditional: list[str] = field(default_factory=list)


class Grid(ABC):
    """One sheet. `hidden`: whether the tabs of the workbook do not show it."""

    title: str
    hidden: bool
    around: Around

    @abstractmethod
    def rows(self) -> Iterator[GridRow]:
        """Give the rows that the file holds, from the first; each call reads the file again."""

    def notes(self) -> Sequence[str]:
        """Name the cells to which somebody attached a comment."""
        return ()

    def pictures(self) -> Sequence[str]:
        """Name the cells over which a picture, or a box of text, was put."""
        return ()


class Damaged(Exception):
    """The file does not hold what its format says that it holds."""


@dataclass(frozen=True, slots=True)
class Run:
    """A part of a text that has one look; `own`: whether it has its own, and not the one of its cell."""

    text: str
    own: bool = False
    struck: bool = False
    red: bool = False


def cell_of(runs: str | Sequence[Run], look: Look) -> tuple[str, str, bool]:
    """Return the words of a cell that hold, those that are struck through, and whether some of them are red."""
    if isinstance(runs, str):
        return ("", runs, look.red) if look.struck else (runs, "", look.red)
    kept: list[str] = []
    struck: list[str] = []
    red = look.red
    for run in runs:
        is_struck = run.struck if run.own else look.struck
        (struck if is_struck else kept).append(run.text)
        red |= run.own and run.red and bool(run.text.strip())
    return "".join(kept), "".join(struck), red


def as_typed(value: Any) -> str:
    """Return a value as a person would type it."""
    if isinstance(value, bool):
        return "VRAI" if value else "FAUX"
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date | time):
        return MIDNIGHT.sub("", value.isoformat())
    return str(value)


def as_number(text: str) -> str:
    """Return a number as it would be typed; what is no number stays as it is."""
    try:
        return as_typed(float(text))
    except ValueError:
        return text


def is_red(colour: str) -> bool:
    """Whether a colour, six hexadecimal digits, is a red."""
    if not COLOUR.fullmatch(colour):
        return False
    red, green, blue = (int(colour[place : place + 2], 16) for place in (0, 2, 4))
    return red >= 0xB0 and green <= 0x60 and blue <= 0x60


def column_name(index: int) -> str:
    """Return the letters of a column, counted from 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@lru_cache(maxsize=1024)
def column_index(letters: str) -> int:
    """Return the index, from 0, of the column that bears these letters."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def row_of(place: str) -> int:
    """Return the row where a cell or a range begins, such as 4 for `$A$4:B7`; 0 when it names none."""
    digits = re.match(r"\$?[A-Z]*\$?(\d{1,7})", place)
    return int(digits[1]) if digits else 0


def cell_name(index: int, row: int) -> str:
    """Return the name of a cell, its column counted from 0."""
    return f"{column_name(index)}{row}"
