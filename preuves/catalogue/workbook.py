"""The only reader of workbooks that somebody sends: rows one after the other, in any format, not yet interpreted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import BinaryIO

from defusedxml.common import DefusedXmlException

from .archives import unreadable
from .books import sheets_of
from .grid import Damaged, Grid, GridRow, Kind, cell_name, row_of
from .header_rows import HEADERS_WITHIN, headers_in, why_not_read
from .headers import ENOUGH, Columns, folded, identifiers_of, known_headers, read_headers
from .html import untagged
from .identifiers import read_identifier
from .problems import CELLS_NAMED, Problem, UnreadableWorkbook
from .struck import without_struck
from .unseen import Unseen, Warned, Watch

MOST_ROWS = 50_000
MOST_EMPTY_ROWS = 5_000
MOST_PROBLEMS_OF_A_KIND = 20
MOST_SHEETS = 200


@dataclass(frozen=True)
class Layout:
    """What a kind of workbook looks like.

    :param sheet: the title, folded, of the sheet to read; else the first that has its headers
    :param title: what it is called in a sentence, after « les en-têtes »
    :param known: counts the headers that we know in a row; from `enough` on, it is the row of the headers
    :param columns: finds each column, from the headers and the number of their row
    :param identifiers: the places of the columns that hold N°, with what each numbers
    :param takes_csv: whether it may be a CSV file too
    """

    sheet: str
    title: str
    known: Callable[[Sequence[str]], int]
    enough: int
    columns: Callable[[Sequence[str], int], Columns]
    identifiers: Callable[[Columns], Mapping[int, str]]
    takes_csv: bool = False

    def headers_in(self, rows: Iterator[GridRow]) -> tuple[int, list[str]]:
        """Find the headers among the first rows, and the number of their row; 0 when there are none."""
        return headers_in(rows, known=self.known, enough=self.enough)

    def repeats(self, texts: Sequence[str], headers: Sequence[str]) -> bool:
        """Whether a row only repeats the headers, as those of a printed page do."""
        pairs = [(text, header) for text, header in zip(texts, headers, strict=False) if text]
        return len(pairs) >= self.enough and all(folded(text) == folded(header) for text, header in pairs)


REM = Layout("exigences", "du REM", known_headers, ENOUGH, read_headers, identifiers_of)


@dataclass(frozen=True, slots=True)
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

    def bare(self) -> WorkbookRow:
        """Return where this row is, without what it holds."""
        return WorkbookRow(self.number, (), self.places, self.preuves, self.file, self.sheet)

    def cell(self, column: str) -> str:
        return cell_name(self.places.get(column, 0), self.number)

    def problem(self, where: str | int, sentence: str, *, blocks: bool = True, there: str = "") -> Problem:
        """Make a problem about one cell of this row. `there`: the other cell, when it is between two."""
        cell = self.cell(where) if isinstance(where, str) else cell_name(where, self.number)
        return Problem(cell, sentence, blocks, self.file, self.sheet, there)


@dataclass
class Sheet:
    """What was read of one file; no rows when its problems left nothing to read."""

    name: str = ""
    rows: list[WorkbookRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warned: tuple[Warned, ...] = ()

    def say(self, file: str, cell: str, sentence: str, *, blocks: bool = True) -> None:
        self.problems.append(Problem(cell, sentence, blocks, file, self.name))


def read_sheet(
    file: BinaryIO, name: str, layout: Layout = REM, take: Callable[[WorkbookRow], None] | None = None
) -> Sheet:
    """Read the sheet of a workbook that its layout names. Nothing is raised: every problem is listed.

    :param take: is given each row as it is read, instead of the list of the sheet
    """
    try:
        return _read(file, name, layout, take)
    except UnreadableWorkbook as refused:
        return Sheet(problems=[refused.problem])


def _read(file: BinaryIO, name: str, layout: Layout, take: Callable[[WorkbookRow], None] | None) -> Sheet:
    try:
        with sheets_of(file, name, takes_csv=layout.takes_csv) as sheets:
            if not sheets:
                raise unreadable(name, "Ce classeur n’a pas de feuille de calcul.")
            return _Reading(name, layout, _chosen(sheets, layout), take).read(sheets)
    except UnreadableWorkbook:
        raise
    except DefusedXmlException:
        raise unreadable(
            name,
            "Ce classeur contient une déclaration de type (DTD), qu’aucun tableur n’écrit. Il n’a pas été "
            "ouvert. Enregistrez-le de nouveau depuis votre tableur.",
        ) from None
    except Damaged as damage:
        raise unreadable(name, f"Ce classeur est abîmé\u00a0: {damage}. {AGAIN}") from None
    except Exception as error:  # noqa: BLE001 -- a file made to harm, or cut, makes the libraries raise anything
        raise unreadable(
            name, f"Ce classeur est abîmé\u00a0: il ne peut pas être lu ({type(error).__name__}). {AGAIN}"
        ) from None


AGAIN = "Ouvrez-le dans votre tableur, et enregistrez-le de nouveau en .xlsx."


def _chosen(sheets: Sequence[Grid], layout: Layout) -> Grid:
    """Choose the sheet to read: of those that have the headers, a visible one first, then by its title."""
    there = [sheet for sheet in islice(sheets, MOST_SHEETS) if layout.headers_in(sheet.rows())[0]]
    named = [sheet for sheet in sheets if folded(sheet.title) == layout.sheet]
    if there:
        return min(there, key=lambda sheet: (sheet.hidden, sheet not in named))
    return next(iter(named or [sheet for sheet in sheets if not sheet.hidden] or sheets))


class _Reading:
    """Reads one sheet."""

    def __init__(self, name: str, layout: Layout, grid: Grid, take: Callable[[WorkbookRow], None] | None) -> None:
        self.name, self.layout, self.grid = name, layout, grid
        self.sheet = Sheet(grid.title)
        self.take = take or self.sheet.rows.append
        self.count = 0
        self.watch = Watch(name, grid.title)

    def read(self, sheets: Sequence[Grid]) -> Sheet:
        """Read it, and look at the others."""
        self._look_at_the_others(sheets)
        rows = self.grid.rows()
        first = list(islice(rows, HEADERS_WITHIN))
        number, headers = self.layout.headers_in(iter(first))
        if not number:
            self.sheet.say(self.name, "A1", self._why_no_headers())
            return self.sheet
        columns = self.layout.columns(headers, number)
        self.sheet.problems += [
            Problem(problem.cell, problem.sentence, problem.blocks, self.name, self.sheet.name)
            for problem in columns.problems
        ]
        self._follow(columns, headers)
        self._rows((row for row in chain(first, rows) if row.number > number), columns, headers, number)
        goes_on = any(row.number == number + 1 and not row.is_empty for row in first)
        self._over(number, goes_on=goes_on)
        return self.sheet

    def _look_at_the_others(self, sheets: Sequence[Grid]) -> None:
        if self.grid.hidden:
            self.watch.say(Unseen.HIDDEN_SHEET_READ, f"«\u00a0{self.grid.title}\u00a0»")
        for other in islice(sheets, MOST_SHEETS):
            if other is not self.grid and any(not row.is_empty for row in islice(other.rows(), MOST_EMPTY_ROWS)):
                kind = Unseen.HIDDEN_SHEETS if other.hidden else Unseen.OTHER_SHEETS
                self.watch.say(kind, f"«\u00a0{other.title[:100]}\u00a0»")

    def _follow(self, columns: Columns, headers: Sequence[str]) -> None:
        """Tell the watch which columns are read."""
        places = {*columns.of.values(), *(place for pair in columns.preuves for place in pair)}
        self.watch.headers = {place: headers[place] for place in places}
        self.watch.identifiers = self.layout.identifiers(columns)

    def _rows(self, rows: Iterator[GridRow], columns: Columns, headers: Sequence[str], start: int) -> None:
        width = 1 + max(index for index, header in enumerate(headers) if header)
        for row in self._filled(rows, start):
            texts = list(row.texts[:width])
            struck = self._strike(row, texts)
            if not any(texts):
                if struck:
                    self.watch.say(Unseen.STRUCK_ROWS, str(row.number))
                continue
            for place, content in struck.items():
                self.watch.struck(place, row.number, content)
            if self.layout.repeats(texts, headers):
                sentence = "Cette ligne répète les en-têtes\u00a0: elle n’est pas lue."
                self.sheet.say(self.name, cell_name(0, row.number), sentence, blocks=False)
                continue
            self.watch.row(row, texts)
            self._identify(row.number, texts)
            self._refuse_formulas(row, width)
            self.count += 1
            self.take(WorkbookRow(row.number, texts, columns.of, columns.preuves, self.name, self.sheet.name))

    def _filled(self, rows: Iterator[GridRow], start: int) -> Iterator[GridRow]:
        """Give the rows that are not empty; stop, and report it, after too many empty rows or too many rows."""
        last = start
        for row in rows:
            if row.number - last > MOST_EMPTY_ROWS:
                sentence = (
                    f"Plus de {MOST_EMPTY_ROWS} lignes vides se suivent à partir d’ici\u00a0: la lecture s’arrête là. "
                    "Supprimez-les."
                )
                self.sheet.say(self.name, f"A{last + 1}", sentence)
                return
            if row.is_empty:
                continue
            last = row.number
            if self.count == MOST_ROWS:
                sentence = f"La feuille a plus de {MOST_ROWS} lignes\u00a0: la lecture s’arrête là."
                self.sheet.say(self.name, f"A{row.number}", sentence)
                return
            yield row

    def _strike(self, row: GridRow, texts: list[str]) -> dict[int, str]:
        """Take the words that HTML strikes through out of the texts; return all that are struck, by place."""
        struck = {place: mark.struck for place, mark in row.marks.items() if mark.struck and place < len(texts)}
        for place, text in enumerate(texts):
            texts[place], content = without_struck(text)
            if content:
                struck[place] = f"{struck.get(place, '')}{content}"
        return struck

    def _identify(self, number: int, texts: list[str]) -> None:
        """Write each N° in the characters of a keyboard."""
        for place in self.watch.identifiers:
            if place < len(texts) and texts[place]:
                texts[place], oddities = read_identifier(untagged(texts[place]))
                self.watch.identifier(place, number, texts[place], oddities)

    def _refuse_formulas(self, row: GridRow, width: int) -> None:
        for place, mark in row.marks.items():
            if place >= width or mark.kind not in (Kind.FORMULA, Kind.ERROR):
                continue
            wrong = "contient une formule" if mark.kind is Kind.FORMULA else "est en erreur"
            sentence = f"La cellule {wrong}\u00a0: remplacez-la par sa valeur."
            self.sheet.say(self.name, cell_name(place, row.number), sentence)

    def _over(self, number: int, *, goes_on: bool) -> None:
        """Say what is known of the sheet once its rows were read.

        :param goes_on: whether something is written right under the headers, which may be more of them
        """
        sheet, around = self.sheet, self.grid.around
        for merged in filter(lambda place: row_of(place) > number, around.merged[:MOST_PROBLEMS_OF_A_KIND]):
            cell = merged.partition(":")[0].replace("$", "")
            sheet.say(
                self.name, cell, f"Les cellules {merged} sont fusionnées\u00a0: séparez-les, chacune avec son contenu."
            )
        cell, sentence = why_not_read(around.merged, number)
        if sentence and goes_on:
            sheet.say(self.name, cell, sentence)
        if notes := self.grid.notes():
            sentence = "Les commentaires attachés aux cellules ne sont pas lus."
            more = tuple(notes[1 : CELLS_NAMED + 1])
            sheet.problems.append(Problem(notes[0], sentence, False, self.name, sheet.name, "", len(notes), more))
        for cell in self.grid.pictures():
            if row_of(cell) > number:  # above the headers, it is a logo
                self.watch.say(Unseen.PICTURES, cell)
        self.watch.over(around)
        sheet.warned = self.watch.warned()
        if not self.count and not any(problem.blocks for problem in sheet.problems):
            sheet.say(self.name, f"A{number + 1}", "La feuille n’a aucune ligne sous ses en-têtes.")

    def _why_no_headers(self) -> str:
        for row in self.grid.rows():
            if not row.is_empty:
                return (
                    f"Les en-têtes {self.layout.title} ne sont pas dans les {HEADERS_WITHIN} premières lignes de la "
                    f"feuille «\u00a0{self.sheet.name}\u00a0»."
                )
            if row.number > MOST_EMPTY_ROWS:
                break
        return "La feuille est vide."
