"""Reads the rows of one sheet of an .ods workbook, as its XML flows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

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
    cell_name,
    cell_of,
)
from .opendocument_styles import Styles
from .xml_flow import MOST_PARTS, Flow, local

MOST_REPEATED = 60_000
MOST_SPACES, MOST_RANGES = 1000, 10_000
HIDDEN_ROWS = {"collapse": Hiding.HIDDEN, "filter": Hiding.FILTERED}
ADDRESS = r"(?:'(?:[^']|'')*'|[^\s.:']*)\.\$?([A-Z]{1,3})\$?(\d{1,7})"
RANGE = re.compile(f"{ADDRESS}(?::{ADDRESS})?")
"""Such as `Feuille.A2:Feuille.N49`, or `'Ma feuille'.$A$2`."""
Acts = tuple[Callable[[Mapping[str, str]], None], Callable[[], None] | None]


class TableFlow(Flow):
    """Reads one table of the content. `ready`: rows with how many times each is repeated; `over`: the table ended."""

    def __init__(self, styles: Styles, rank: int, around: Around, noted: list[str], pictured: list[str]) -> None:
        super().__init__()
        self.styles, self.wanted, self.around, self.noted, self.pictured = styles, rank, around, noted, pictured
        self.ready: list[tuple[GridRow, int]] = []
        self.over = False
        self.rank, self.nested, self.number, self.column, self.aside = -1, 0, 1, 0, 0
        self.folds: list[bool] = []
        self.column_styles: list[str] = []
        self.spans: list[str] = []
        self.ranges: list[str] = []
        self.runs: list[Run] = []
        self.in_cell = False
        self.looks: dict[tuple[str, str], Look] = {}
        self.starts = {"table": self._table}
        self.ends = {"table": self._table_ends}
        self._listen(self._acts())

    def _listen(self, acts: Mapping[str, Acts]) -> None:
        for name, (start, end) in acts.items():
            self.starts[name] = lambda attributes, start=start: start(local(attributes)) if self._here else None  # type: ignore[misc]  # a closure over a name
            if end is not None:
                self.ends[name] = lambda end=end: end() if self._here else None  # type: ignore[misc]  # same

    def _acts(self) -> Mapping[str, Acts]:
        group = (self._group, self._group_ends)
        cell = (self._cell, self._cell_ends)
        aside = (self._picture, self._aside_ends)
        return {
            "table-row-group": group,
            "table-column-group": group,
            "table-column": (self._column, None),
            "table-row": (self._row, self._row_ends),
            "table-cell": cell,
            "covered-table-cell": cell,
            "annotation": (self._annotation, self._aside_ends),
            "frame": aside,
            "custom-shape": aside,
            "p": (self._paragraph, self._flush),
            "span": (self._span, self._span_ends),
            "s": (self._spaces, None),
            "tab": (self._space, None),
            "line-break": (self._break, None),
            "conditional-format": (self._conditional, None),
            "condition": (self._condition, None),
        }

    @property
    def _here(self) -> bool:
        return self.rank == self.wanted and self.nested == 1

    # -- the table ----------------------------------------------------------------------------------------------------

    def _table(self, _: Mapping[str, str]) -> None:
        self.rank += not self.nested
        self.nested += 1

    def _table_ends(self) -> None:
        self.over |= self._here
        self.nested -= 1

    def _group(self, attributes: Mapping[str, str]) -> None:
        self.folds.append(attributes.get("display", "true") == "false")

    def _group_ends(self) -> None:
        if self.folds:
            self.folds.pop()

    def _hiding(self, attributes: Mapping[str, str]) -> Hiding | None:
        hidden = HIDDEN_ROWS.get(attributes.get("visibility", "visible"))
        if hidden is Hiding.HIDDEN and self.folds:
            return Hiding.FOLDED
        return Hiding.FOLDED if any(self.folds) else hidden

    def _column(self, attributes: Mapping[str, str]) -> None:
        hidden = self._hiding(attributes)
        for _ in range(min(_repeated(attributes, "number-columns-repeated"), WIDEST - len(self.column_styles))):
            if hidden:
                self.around.hidden_columns[len(self.column_styles)] = hidden
            self.column_styles.append(attributes.get("default-cell-style-name", ""))

    def _conditional(self, attributes: Mapping[str, str]) -> None:
        addresses = RANGE.findall(attributes.get("target-range-address", ""))
        self.ranges = [f"{cell[0]}{cell[1]}:{cell[2]}{cell[3]}".rstrip(":") for cell in addresses]

    def _condition(self, _: Mapping[str, str]) -> None:
        self.around.conditional.extend(self.ranges[: MOST_RANGES - len(self.around.conditional)])
        self.ranges = []

    # -- a row --------------------------------------------------------------------------------------------------------

    def _row(self, attributes: Mapping[str, str]) -> None:
        self.hidden, self.times = self._hiding(attributes), _repeated(attributes, "number-rows-repeated")
        self.row_style = attributes.get("default-cell-style-name", "")
        self.cells: list[str] = []
        self.marks: dict[int, Mark] = {}
        self.column = 0

    def _row_ends(self) -> None:
        row = GridRow(self.number, self.cells, self.marks, self.hidden)
        if not row.is_empty:
            self.ready.append((row, min(self.times, MOST_REPEATED)))
        self.number += self.times

    # -- a cell -------------------------------------------------------------------------------------------------------

    def _cell(self, attributes: Mapping[str, str]) -> None:
        self.in_cell, self.attributes = True, attributes
        self.runs, self.paragraphs = [], 0
        self.inks: list[Look] = []
        self.red = False
        self._span_of_cells(attributes)

    def _span_of_cells(self, attributes: Mapping[str, str]) -> None:
        wide, high = _repeated(attributes, "number-columns-spanned"), _repeated(attributes, "number-rows-spanned")
        if (wide > 1 or high > 1) and self.column < WIDEST and len(self.around.merged) < MOST_RANGES:
            last = cell_name(min(self.column + wide - 1, WIDEST), self.number + high - 1)
            self.around.merged.append(f"{cell_name(self.column, self.number)}:{last}")

    def _cell_ends(self) -> None:
        self.in_cell = False
        times = _repeated(self.attributes, "number-columns-repeated")
        for place in range(self.column, min(self.column + times, WIDEST)):
            self._keep(place)
        self.column += times

    def _keep(self, place: int) -> None:
        style = self.attributes.get("style-name") or self.row_style
        if not style and place < len(self.column_styles):
            style = self.column_styles[place]
        look = self._look("table-cell", style)
        kind, content = self._content()
        text, struck, red = cell_of(content, look)
        red |= self.red
        if not text and not struck:
            return
        self.cells.extend([""] * (place + 1 - len(self.cells)))
        self.cells[place] = text
        mark = Mark(kind, replace(look, red=True) if red and not look.red else look, struck)
        if not mark.is_plain:
            self.marks[place] = mark

    def _look(self, family: str, name: str) -> Look:
        if (family, name) not in self.looks:
            self.looks[family, name] = self.styles.look(family, name)
        return self.looks[family, name]

    def _content(self) -> tuple[Kind, str | Sequence[Run]]:
        """Return what a cell holds, and its text or the runs of it."""
        attributes, type_of_value = self.attributes, self.attributes.get("value-type", "string")
        if "formula" in attributes:
            return Kind.FORMULA, f"={attributes['formula'].partition('=')[2]}"
        if type_of_value in ("float", "percentage", "currency"):
            return Kind.NUMBER, as_number(attributes.get("value", ""))
        if type_of_value in ("date", "time"):
            return Kind.DATE, MIDNIGHT.sub("", attributes.get("date-value") or attributes.get("time-value") or "")
        if type_of_value == "boolean":
            return Kind.TEXT, "VRAI" if attributes.get("boolean-value") == "true" else "FAUX"
        return (Kind.ERROR if type_of_value == "error" else Kind.TEXT), self.runs or attributes.get("string-value", "")

    # -- its text -----------------------------------------------------------------------------------------------------

    def _paragraph(self, _: Mapping[str, str]) -> None:
        if self.in_cell and not self.aside:
            if self.paragraphs:
                self._add("\n")
            self.paragraphs += 1
            self.gather()

    def _flush(self) -> None:
        """Keep the characters that were gathered, with the look of the part that they are in."""
        if self.in_cell and not self.aside and self.text is not None:
            text = self.gathered()
            if text:
                self._add(text)

    def _add(self, text: str) -> None:
        is_struck = any(look.struck for look in self.inks)
        self.red |= any(look.red for look in self.inks) and bool(text.strip())
        self.runs.append(Run(text, True, True) if is_struck else Run(text))
        if len(self.runs) > MOST_PARTS:
            raise Damaged("une cellule a trop de morceaux")

    def _span(self, attributes: Mapping[str, str]) -> None:
        if self.in_cell and not self.aside:
            self._flush()
            self.inks.append(self._look("text", attributes.get("style-name", "")))
            self.gather()

    def _span_ends(self) -> None:
        if self.in_cell and not self.aside and self.inks:
            self._flush()
            self.inks.pop()
            self.gather()

    def _spaces(self, attributes: Mapping[str, str]) -> None:
        if self.text is not None:
            self.data(" " * min(_repeated(attributes, "c"), MOST_SPACES))

    def _space(self, _: Mapping[str, str]) -> None:
        self._spaces({})

    def _break(self, _: Mapping[str, str]) -> None:
        if self.text is not None:
            self.data("\n")

    # -- what is beside it --------------------------------------------------------------------------------------------

    def _annotation(self, _: Mapping[str, str]) -> None:
        self.noted.append(cell_name(min(self.column, WIDEST), self.number))
        self._aside({})

    def _picture(self, _: Mapping[str, str]) -> None:
        if not self.aside and self.in_cell and len(self.pictured) < MOST_RANGES:
            self.pictured.append(cell_name(min(self.column, WIDEST), self.number))
        self._aside({})

    def _aside(self, _: Mapping[str, str]) -> None:
        self._flush()
        self.aside += 1

    def _aside_ends(self) -> None:
        self.aside -= 1


def _repeated(attributes: Mapping[str, str], name: str) -> int:
    """Return how many times something is repeated, once when it is not said.

    :raises Damaged: when it is no number
    """
    text = attributes.get(name, "1")
    if not text.isdecimal() or len(text) > 9:
        raise Damaged(f"«\u00a0{name}\u00a0» n’est pas un nombre")
    return max(int(text), 1)
