"""The spreadsheet of a dossier: one row for each preuve, to fill in and send back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from io import BytesIO
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from comptes.rules.figures import whole

from .headers import Columns, column_missing, column_twice, header_key
from .html import plain
from .problems import Problem
from .workbook import Layout, WorkbookRow, read_sheet

_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


class ClasseurColumn(StrEnum):
    """What a column holds; the value is its header."""

    CANDIDATURE = "Candidature"
    REM = "Référentiel du"
    NUMERO = "N° preuve"
    CHAPITRE = "Chapitre"
    FONCTION = "Fonction"
    EXIGENCE = "Exigence"
    PREUVE = "Preuve attendue"
    NATURE = "Nature"
    ETAT = "État"
    DEPOT = "Dernier dépôt"
    REPONSE = "Réponse"
    DATE = "Date de la preuve"
    VERSION = "Version technique"
    MOTIF = "Non applicable (motif)"


C = ClasseurColumn
READ = (C.CANDIDATURE, C.REM, C.NUMERO, C.DEPOT, C.REPONSE, C.DATE, C.VERSION, C.MOTIF)
WIDTHS = {C.CHAPITRE: 28, C.FONCTION: 24, C.EXIGENCE: 46, C.PREUVE: 46, C.REPONSE: 46, C.MOTIF: 46, C.NUMERO: 24}
USUAL_WIDTH = 16
_KEYS = {header_key(column.value): column for column in ClasseurColumn}


@dataclass(frozen=True)
class LigneDeClasseur:
    """One row that somebody filled in: texts as typed, and the number of the row.

    :param seen: the number of the latest deposit when the spreadsheet was downloaded
    :param made: the date of the preuve; None when nothing, or no date, was typed
    :param dated: what was typed for it
    """

    row: int
    candidature: str
    rem: str
    numero: str
    seen: int
    reponse: str
    made: date | None
    dated: str
    version: str
    motif: str

    @property
    def is_empty(self) -> bool:
        return not self.reponse and not self.motif


def read_classeur(file: BinaryIO, name: str) -> tuple[tuple[LigneDeClasseur, ...], tuple[Problem, ...]]:
    """Read a spreadsheet that was sent back, with all that is wrong in it; a row is told by its number."""
    sheet = read_sheet(file, name, LAYOUT)
    return tuple(_line(row) for row in sheet.rows), tuple(problem for problem in sheet.problems if problem.blocks)


def _line(row: WorkbookRow) -> LigneDeClasseur:
    typed = {column: row[column].strip() for column in READ}
    return LigneDeClasseur(
        row=row.number,
        candidature=typed[C.CANDIDATURE],
        rem=typed[C.REM],
        numero=typed[C.NUMERO],
        seen=whole(typed[C.DEPOT] or "0") or 0,
        reponse=typed[C.REPONSE],
        made=day_of(typed[C.DATE]),
        dated=typed[C.DATE],
        version=typed[C.VERSION],
        motif=typed[C.MOTIF],
    )


def day_of(typed: str) -> date | None:
    """Read a day as people type it: 2026-10-20, 20/10/2026; None when it is no day."""
    match = _DAY.match(typed)
    if match is None:
        return None
    year, month, day = (match[1], match[2], match[3]) if match[1] else (match[6], match[5], match[4])
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _known(headers: Sequence[str]) -> int:
    return sum(header_key(header) in _KEYS for header in headers)


def _columns(headers: Sequence[str], row: int) -> Columns:
    places: dict[str, int] = {}
    problems = []
    for index, header in enumerate(headers):
        column = _KEYS.get(header_key(plain(header)))
        if column is None:
            continue
        if column in places:
            problems.append(column_twice(header, places[column], index, row))
        places.setdefault(column, index)
    problems += [column_missing(column.value, row) for column in READ if column not in places]
    return Columns(places, (), tuple(problems))


def _identifiers(columns: Columns) -> Mapping[int, str]:
    return {columns.of[C.NUMERO]: C.NUMERO.value} if C.NUMERO in columns.of else {}


LAYOUT = Layout("preuves", "du classeur de ce dossier", _known, 4, _columns, _identifiers)


def write_workbook(
    title: str, headers: Sequence[str], rows: Iterable[Sequence[object]], widths: Sequence[int]
) -> bytes:
    """Write a workbook of one sheet; every text is a text, and never a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for index, width in enumerate(widths):
        sheet.column_dimensions[chr(ord("A") + index)].width = width
    sheet.append([_cell(sheet, header, bold=True) for header in headers])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _cell(sheet: object, value: object, *, bold: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"
    cell.font = Font(bold=bold)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def write_classeur(rows: Iterable[Mapping[ClasseurColumn, object]]) -> bytes:
    """Write the spreadsheet of a dossier."""
    return write_workbook(
        "Preuves",
        [column.value for column in ClasseurColumn],
        ([row.get(column, "") for column in ClasseurColumn] for row in rows),
        [WIDTHS.get(column, USUAL_WIDTH) for column in ClasseurColumn],
    )
