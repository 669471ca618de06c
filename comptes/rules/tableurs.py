"""Tables written for a spreadsheet: CSV, XLSX and OpenDocument, row by row; no cell is ever run as a formula."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from io import TextIOWrapper
from typing import IO
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from comptes.dates import PARIS

Cell = str | int | float | date | datetime | None
Row = Sequence[Cell]
# What makes a spreadsheet run a cell.
_RUN = ("=", "+", "-", "@", "\t", "\r")
_ODS = "application/vnd.oasis.opendocument.spreadsheet"
CONTENT_TYPES: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": _ODS,
}


def harmless(cell: str) -> str:
    """Return a text that no spreadsheet runs as a formula."""
    return f"'{cell}" if cell.startswith(_RUN) else cell


def as_typed(cell: str) -> str:
    """Return a text of a CSV file as it was before `harmless`."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_RUN) else cell


def write_csv(file: IO[bytes], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write UTF-8 with a BOM, and semicolons, as French spreadsheets expect."""
    text = TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    table = csv.writer(text, delimiter=";")
    table.writerow(columns)
    for row in rows:
        table.writerow([harmless(_in_words(cell)) if isinstance(cell, str) else _in_words(cell) for cell in row])
    text.detach()


def write_xlsx(file: IO[bytes], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write a workbook of one sheet, whose texts are texts, whatever they begin with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Export")
    sheet.freeze_panes = "A2"
    for row in _with_heading(columns, rows):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=_in_words(value) if isinstance(value, (str, date)) else value)
            if isinstance(value, (str, date)):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    book.save(file)


def write_ods(file: IO[bytes], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write an OpenDocument sheet, row by row: only one row is in memory."""
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", _ODS, ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        with archive.open("content.xml", "w", force_zip64=True) as content:
            content.write(_HEAD.encode())
            for row in _with_heading(columns, rows):
                content.write(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>".encode())
            content.write(_FOOT.encode())


WRITERS: Mapping[str, Callable[[IO[bytes], Sequence[str], Iterable[Row]], None]] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "ods": write_ods,
}


def _with_heading(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[Row]:
    yield columns
    yield from rows


def _in_words(cell: Cell) -> str:
    """Return a cell as a text: instants in Paris time, as ISO 8601 writes them."""
    if isinstance(cell, datetime):
        return cell.astimezone(PARIS).isoformat(timespec="seconds")
    return "" if cell is None else str(cell)


def _ods_cell(cell: Cell) -> str:
    if cell is None or cell == "":
        return "<table:table-cell/>"
    text = _in_words(cell)
    if isinstance(cell, (int, float)):
        return f'<table:table-cell office:value-type="float" office:value={quoteattr(text)}/>'
    paragraphs = "".join(f"<text:p>{escape(_printable(line))}</text:p>" for line in text.split("\n"))
    return f'<table:table-cell office:value-type="string">{paragraphs}</table:table-cell>'


def _printable(line: str) -> str:
    """Return a line without what XML cannot hold."""
    return "".join(character for character in line if character >= " " or character == "\t")


_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
)
_HEAD = (
    f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMES} office:version="1.3"><office:body>'
    '<office:spreadsheet><table:table table:name="Export">'
)
_FOOT = "</table:table></office:spreadsheet></office:body></office:document-content>"
_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
    'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODS}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
