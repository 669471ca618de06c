"""Reads the rows of a workbook one after the other: texts and their places, not yet interpreted."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, BinaryIO

import openpyxl

from .archives import check_archive, unreadable
from .headers import ENOUGH, Columns, cell_name, folded, known_headers, read_headers
from .html import plain
from .problems import Problem, UnreadableWorkbook

WIDEST = 200
MOST_ROWS = 50_000
MOST_EMPTY_ROWS = 5_000
HEADERS_WITHIN = 20
MOST_PROBLEMS_OF_A_KIND = 20
MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Za-z0-9:$]{1,40})"')
CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Layout:
    """What a kind of workbook looks like.

    :param sheet: the title, folded, of the sheet to read; else the first that has its headers
    :param title: what it is called in a sentence, after « les en-têtes »
    :param known: counts the headers that we know in a row; from `enough` on, it is the row of the headers
    :param columns: finds each column, from the headers and the number of their row
    """

    sheet: str
    title: str
    known: Callable[[Sequence[str]], int]
    enough: int
    columns: Callable[[Sequence[str], int], Columns]


REM = Layout("exigences", "du REM", known_headers, ENOUGH, read_headers)


@dataclass(frozen=True)
class WorkbookRow:
    """One row that is not empty, with its raw cells; `places` gives the index of each column, from 0."""

    number: int
    cells: Sequence[str]
    places: Mapping[str, int]
    preuves: tuple[tuple[int, int], ...]
    file: str
    sheet: str

    def __getitem__(self, column: str) -> str:
        place = self.places.get(column)
        return self.at(place) if place is not None else ""

    def at(self, place: int) -> str:
        return self.cells[place] if place < len(self.cells) else ""

    def cell(self, column: str) -> str:
        return cell_name(self.places.get(column, 0), self.number)

    def problem(self, where: str | int, sentence: str, *, blocks: bool = True) -> Problem:
        """Make a problem about one cell of this row."""
        cell = self.cell(where) if isinstance(where, str) else cell_name(where, self.number)
        return Problem(cell, sentence, blocks, self.file, self.sheet)


@dataclass
class Sheet:
    """What was read of one file; no rows when its problems left nothing to read."""

    name: str = ""
    rows: list[WorkbookRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def say(self, file: str, cell: str, sentence: str) -> None:
        """Add a blocking problem."""
        self.problems.append(Problem(cell, sentence, file=file, sheet=self.name))


def read_sheet(file: BinaryIO, name: str, layout: Layout = REM) -> Sheet:
    """Read the sheet of a workbook that its layout names. Nothing is raised: every problem is listed."""
    try:
        check_archive(file, name)
        return _read(file, name, layout)
    except UnreadableWorkbook as refused:
        return Sheet(problems=[refused.problem])


def _read(file: BinaryIO, name: str, layout: Layout) -> Sheet:
    try:
        book = openpyxl.load_workbook(file, read_only=True, keep_links=False)
        try:
            chosen = _sheet_of(book, layout)
            return _rows_of(chosen, name, layout, _merged(book, chosen))
        finally:
            book.close()
    except Exception as error:  # noqa: BLE001 -- a file made to harm, or cut, makes the library raise anything
        raise unreadable(
            name, f"Ce classeur est abîmé\u00a0: il ne peut pas être lu ({type(error).__name__})."
        ) from None


def _sheet_of(book: Any, layout: Layout) -> Any:
    """Choose the sheet to read."""
    for sheet in book.worksheets:
        if folded(sheet.title) == layout.sheet:
            return sheet
    for sheet in book.worksheets:
        if _headers_in(_lines(sheet), layout)[0]:
            return sheet
    return book.worksheets[0]


def _lines(sheet: Any) -> Iterator[tuple[int, Sequence[Any]]]:
    # The size that the file declares is often wrong, and may be a million rows.
    sheet.reset_dimensions()
    return enumerate(sheet.iter_rows(max_col=WIDEST), start=1)


def _headers_in(lines: Iterator[tuple[int, Sequence[Any]]], layout: Layout) -> tuple[int, list[str]]:
    """Find the row of the headers among the first rows; its number is 0 when there is none."""
    for number, cells in lines:
        if number > HEADERS_WITHIN:
            break
        headers = [plain(_text(cell.value)) for cell in cells]
        if layout.known(headers) >= layout.enough:
            return number, headers
    return 0, []


def _merged(book: Any, sheet: Any) -> list[str]:
    """List the merged ranges of a sheet; read-only openpyxl does not, and they come after the rows."""
    ranges: list[str] = []
    tail = b""
    with book._archive.open(sheet._worksheet_path) as source:  # noqa: SLF001 -- the only way to the sheet's own XML
        while chunk := source.read(CHUNK):
            text = tail + chunk
            last = 0
            for match in MERGED.finditer(text):
                ranges.append(match[1].decode())
                last = match.end()
            tail = text[max(last, len(text) - 500) :]
    return ranges


def _rows_of(sheet: Any, name: str, layout: Layout, merged: list[str]) -> Sheet:
    read = Sheet(sheet.title)
    for merged_range in merged[:MOST_PROBLEMS_OF_A_KIND]:
        cell = merged_range.partition(":")[0].replace("$", "")
        read.say(
            name, cell, f"Les cellules {merged_range} sont fusionnées\u00a0: séparez-les, chacune avec son contenu."
        )
    lines = _lines(sheet)
    number, headers = _headers_in(lines, layout)
    if not number:
        read.say(name, "A1", _why_no_headers(sheet, layout))
        return read
    columns = layout.columns(headers, number)
    read.problems += [
        Problem(problem.cell, problem.sentence, problem.blocks, name, sheet.title) for problem in columns.problems
    ]
    width = 1 + max(index for index, header in enumerate(headers) if header)
    for line, cells in _filled(lines, read, name):
        texts = [_text(cell.value) for cell in cells[:width]]
        read.rows.append(WorkbookRow(line, texts, columns.of, columns.preuves, name, sheet.title))
        _refuse_formulas(cells[:width], read, name)
    if not read.rows and not any(problem.blocks for problem in read.problems):
        read.say(name, f"A{number + 1}", "La feuille n’a aucune ligne sous ses en-têtes.")
    return read


def _filled(lines: Iterator[tuple[int, Sequence[Any]]], read: Sheet, name: str) -> Iterator[tuple[int, Sequence[Any]]]:
    """Give the rows that are not empty; stop, and report it, after too many empty rows or too many rows."""
    last = 0
    for line, cells in lines:
        last = last or line - 1
        if any(cell.value is not None for cell in cells):
            last = line
            if len(read.rows) == MOST_ROWS:
                read.say(name, f"A{line}", f"La feuille a plus de {MOST_ROWS} lignes\u00a0: la lecture s’arrête là.")
                return
            yield line, cells
        elif line - last > MOST_EMPTY_ROWS:
            sentence = (
                f"Plus de {MOST_EMPTY_ROWS} lignes vides se suivent à partir d’ici\u00a0: la lecture s’arrête là. "
                "Supprimez-les."
            )
            read.say(name, f"A{last + 1}", sentence)
            return


def _refuse_formulas(cells: Sequence[Any], read: Sheet, name: str) -> None:
    for cell in cells:
        if cell.value is None or cell.data_type not in ("f", "e"):
            continue
        wrong = "contient une formule" if cell.data_type == "f" else "est en erreur"
        read.say(name, cell.coordinate, f"La cellule {wrong}\u00a0: remplacez-la par sa valeur.")


def _why_no_headers(sheet: Any, layout: Layout) -> str:
    for line, cells in _lines(sheet):
        if any(cell.value is not None for cell in cells):
            return f"Les en-têtes {layout.title} ne sont pas dans les {HEADERS_WITHIN} premières lignes de la feuille."
        if line > MOST_EMPTY_ROWS:
            break
    return "La feuille est vide."


def _text(value: Any) -> str:
    """Return the content of a cell, as a person would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "VRAI" if value else "FAUX"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
