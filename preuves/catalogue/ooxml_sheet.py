"""Reads the texts and the rows of an .xlsx workbook, as its XML flows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from openpyxl.utils.datetime import from_excel

from .grid import (
    MIDNIGHT,
    WIDEST,
    Around,
    Damaged,
    GridRow,
    Hiding,
    Kind,
    Look,
    Mark,
    Run,
    as_number,
    as_typed,
    cell_of,
    column_index,
)
from .ooxml_styles import Font, Styles, is_on, read_font
from .xml_flow import MOST_PARTS, Flow

REFERENCE = re.compile(r"([A-Za-z]{1,3})(\d{1,7})")
NUMBER = re.compile(r"\d{1,9}")
MOST_RANGES = 10_000
THINNEST = 2.0
"""In points for a row, in figures for a column: nothing is seen of what is thinner."""
DRAWN = ("colorScale", "dataBar", "iconSet")
"""The conditional formats that draw a value: they mark nothing as deleted."""
SharedText = bytes | tuple[Run, ...]


class Texts(Flow):
    """A text that may be made of runs, each with its own look; phonetic signs are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[Run] = []
        self.font: Font | None = None
        self.in_run = self.phonetic = False
        self.starts |= {"r": self._run, "rPr": self._properties, "t": self._text, "rPh": self._phonetic}
        self.ends |= {"r": self._run_ends, "t": self._text_ends, "rPh": self._phonetic_ends}
        for name in ("strike", "color"):
            self.starts[name] = lambda attributes, name=name: self._property(name, attributes)  # type: ignore[misc]  # a closure over a name

    def taken(self) -> str | tuple[Run, ...]:
        """Return the text that was read, whole: its runs only when one has its own look."""
        runs, self.runs = self.runs, []
        if len(runs) == 1 and not runs[0].own:
            return runs[0].text
        if any(run.own for run in runs):
            return tuple(runs)
        return "".join(run.text for run in runs)

    def _run(self, _: Mapping[str, str]) -> None:
        self.in_run, self.font = True, None

    def _run_ends(self) -> None:
        self.in_run, self.font = False, None

    def _properties(self, _: Mapping[str, str]) -> None:
        if self.in_run:
            self.font = Font()

    def _property(self, name: str, attributes: Mapping[str, str]) -> None:
        if self.font:
            read_font(self.font, name, attributes)

    def _phonetic(self, _: Mapping[str, str]) -> None:
        self.phonetic = True

    def _phonetic_ends(self) -> None:
        self.phonetic = False

    def _text(self, _: Mapping[str, str]) -> None:
        self.gather()

    def _text_ends(self) -> None:
        text = self.gathered()
        if not self.phonetic:
            font = self.font
            self.runs.append(Run(text, True, font.struck, font.red) if font else Run(text))
            if len(self.runs) > MOST_PARTS:
                raise Damaged("une cellule a trop de morceaux")


class SharedTexts(Texts):
    """The texts that the cells share; UTF-8 holds them in half the place that Python takes."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[SharedText] = []
        self.ends["si"] = self._item_ends

    def _item_ends(self) -> None:
        text = self.taken()
        self.texts.append(text.encode() if isinstance(text, str) else text)


class SheetFlow(Texts):
    """Reads the rows of one sheet. `ready`: those that are whole and were not given yet."""

    def __init__(self, styles: Styles, texts: Sequence[SharedText], epoch: datetime, around: Around) -> None:
        super().__init__()
        self.styles, self.texts, self.epoch, self.around = styles, texts, epoch, around
        self.ready: list[GridRow] = []
        self.known_marks: dict[tuple[Kind, Look], Mark] = {}
        self.number = 0
        self.ranges: list[str] = []
        self.rules = 0
        self.starts |= {
            "row": self._row,
            "c": self._cell,
            "v": self.gather,
            "f": self.gather,
            "col": self._columns,
            "mergeCell": self._merged,
            "autoFilter": self._filter,
            "conditionalFormatting": self._conditional,
            "cfRule": self._rule,
            "sqref": self.gather,
        }
        self.ends |= {
            "row": self._row_ends,
            "c": self._cell_ends,
            "v": self._value_ends,
            "f": self._formula_ends,
            "sqref": self._ranges_end,
            "conditionalFormatting": self._conditional_ends,
        }

    def _columns(self, attributes: Mapping[str, str]) -> None:
        hidden = _hiding(attributes, "width")
        first, last = attributes.get("min", ""), attributes.get("max", "")
        if hidden and NUMBER.fullmatch(first) and NUMBER.fullmatch(last):
            for index in range(int(first) - 1, min(int(last), WIDEST)):
                self.around.hidden_columns[index] = hidden

    def _merged(self, attributes: Mapping[str, str]) -> None:
        if len(self.around.merged) < MOST_RANGES:
            self.around.merged.append(attributes.get("ref", "")[:40])

    def _filter(self, attributes: Mapping[str, str]) -> None:
        self.around.filtered = attributes.get("ref", "")[:40]

    def _conditional(self, attributes: Mapping[str, str]) -> None:
        self.ranges, self.rules = attributes.get("sqref", "").split(), 0

    def _rule(self, attributes: Mapping[str, str]) -> None:
        self.rules += attributes.get("type", "") not in DRAWN

    def _ranges_end(self) -> None:
        """The recent rules, kept apart from the others, write their ranges as a text."""
        self.ranges = self.gathered().split()

    def _conditional_ends(self) -> None:
        left = MOST_RANGES - len(self.around.conditional)
        self.around.conditional.extend(cells[:40] for cells in self.ranges[: left if self.rules else 0])

    def _row(self, attributes: Mapping[str, str]) -> None:
        number = attributes.get("r", "")
        self.number = int(number) if NUMBER.fullmatch(number) else self.number + 1
        self.hidden = _hiding(attributes, "ht")
        self.cells: list[str] = []
        self.marks: dict[int, Mark] = {}
        self.place = -1

    def _row_ends(self) -> None:
        self.ready.append(GridRow(self.number, self.cells, self.marks, self.hidden))

    def _cell(self, attributes: Mapping[str, str]) -> None:
        reference = REFERENCE.fullmatch(attributes.get("r", ""))
        self.place = column_index(reference[1]) if reference else self.place + 1
        self.type = attributes.get("t", "n")
        self.style = self.styles.of(attributes.get("s"))
        self.value: str | None = None
        self.formula: str | None = None
        self.runs = []

    def _value_ends(self) -> None:
        self.value = self.gathered()

    def _formula_ends(self) -> None:
        self.formula = self.gathered()

    def _cell_ends(self) -> None:
        if self.place >= WIDEST:
            return
        kind, content = self._content()
        text, struck, red = cell_of(content, self.style.look)
        if text or struck:
            self.cells.extend([""] * (self.place + 1 - len(self.cells)))
            self.cells[self.place] = text
            self._remember(kind, struck, red=red)

    def _remember(self, kind: Kind, struck: str, *, red: bool) -> None:
        """Keep the mark of a cell, unless it is an ordinary text; equal marks are one object."""
        look = self.style.look
        if red and not look.red:
            look = Look(look.struck, True, look.fill, look.unseen)
        if struck:
            self.marks[self.place] = Mark(kind, look, struck)
            return
        mark = self.known_marks.get((kind, look))
        if mark is None:
            mark = self.known_marks[kind, look] = Mark(kind, look)
        if not mark.is_plain:
            self.marks[self.place] = mark

    def _content(self) -> tuple[Kind, str | tuple[Run, ...]]:
        """Return what a cell holds, and its text or the runs of it."""
        if self.formula is not None:
            return Kind.FORMULA, f"={self.formula}"
        if self.type == "inlineStr":
            return Kind.TEXT, self.taken()
        value = (self.value or "").strip() if self.type not in ("str", "s") else self.value or ""
        if not value:
            return Kind.TEXT, ""
        if self.type == "s":
            return Kind.TEXT, self._shared(value.strip())
        if self.type == "b":
            return Kind.TEXT, as_typed(value not in ("0", "false"))
        if self.type == "e":
            return Kind.ERROR, value
        if self.type == "d":
            return Kind.DATE, MIDNIGHT.sub("", value)
        return (Kind.TEXT, value) if self.type == "str" else self._numeric(value)

    def _shared(self, rank: str) -> str | tuple[Run, ...]:
        if NUMBER.fullmatch(rank) and int(rank) < len(self.texts):
            text = self.texts[int(rank)]
            return text.decode() if isinstance(text, bytes) else text
        raise Damaged(f"la ligne {self.number} renvoie à un texte absent")

    def _numeric(self, value: str) -> tuple[Kind, str]:
        if self.style.is_date:
            try:
                return Kind.DATE, as_typed(from_excel(float(value), self.epoch))
            except (ValueError, OverflowError):
                pass
        return Kind.NUMBER, as_number(value)


def _hiding(attributes: Mapping[str, str], size: str) -> Hiding | None:
    """Say how a row or a column is hidden: said to be so, or too thin for a letter."""
    if not _is_thin(attributes.get(size, "")) and not is_on(attributes, "hidden", default="0"):
        return None
    return Hiding.FOLDED if attributes.get("outlineLevel", "0") != "0" else Hiding.HIDDEN


def _is_thin(size: str) -> bool:
    try:
        return float(size) < THINNEST
    except ValueError:
        return False
