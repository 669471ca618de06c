"""Reads an .ods workbook (OpenDocument). Nothing outside the file is ever asked for."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from .grid import Around, Grid, GridRow
from .opendocument_sheet import TableFlow
from .opendocument_styles import Styles
from .xml_flow import local

CONTENT, STYLES = "content.xml", "styles.xml"


class OdsBook:
    """A workbook; `sheets` are in the order of its tabs."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.styles = Styles()
        if STYLES in archive.namelist():
            with archive.open(STYLES) as file:
                self.styles.read(file)
        listing = _Titles(self.styles)
        with archive.open(CONTENT) as file:
            listing.read(file)
        self.sheets = [
            OdsGrid(self, rank, title, hidden=not self.styles.is_shown(style))
            for rank, (title, style) in enumerate(listing.tables)
        ]


class _Titles(Styles):
    """Reads the names of the sheets, and the styles that the content has of its own."""

    def __init__(self, known: Styles) -> None:
        super().__init__()
        self.styles = known.styles
        self.tables: list[tuple[str, str]] = []
        self.nested = 0
        self.starts["table"] = self._table
        self.ends["table"] = self._table_ends

    def _table(self, attributes: Mapping[str, str]) -> None:
        if not self.nested:
            own = local(attributes)
            self.tables.append((own.get("name", ""), own.get("style-name", "")))
        self.nested += 1

    def _table_ends(self) -> None:
        self.nested -= 1


class OdsGrid(Grid):
    def __init__(self, book: OdsBook, rank: int, title: str, *, hidden: bool) -> None:
        self.book, self.rank, self.title, self.hidden = book, rank, title, hidden
        self.around = Around()
        self.noted: list[str] = []
        self.pictured: list[str] = []

    def rows(self) -> Iterator[GridRow]:
        self.around, self.noted, self.pictured = Around(), [], []
        reading = TableFlow(self.book.styles, self.rank, self.around, self.noted, self.pictured)
        with self.book.archive.open(CONTENT) as file:
            for _ in reading.follow(file):
                for row, times in reading.ready:
                    yield from (replace(row, number=row.number + more) if more else row for more in range(times))
                reading.ready = []
                if reading.over:
                    return

    def notes(self) -> Sequence[str]:
        return self.noted

    def pictures(self) -> Sequence[str]:
        return self.pictured
