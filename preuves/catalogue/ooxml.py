"""Reads an .xlsx workbook, « Strict Open XML » or not. Nothing outside the file is ever asked for."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import IO

from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from .grid import Around, Damaged, Grid, GridRow, Run, cell_name
from .ooxml_sheet import SharedTexts, SheetFlow
from .ooxml_styles import Styles, is_on
from .xml_flow import Flow, local

OFFICE_DOCUMENT, WORKSHEET, STRINGS = "/officeDocument", "/worksheet", "/sharedStrings"
STYLES, COMMENTS, DRAWING = "/styles", "/comments", "/drawing"
MOST_PICTURES = 1000


class Package:
    """The parts of an archive, by their name, whatever its case; relations are followed inside it only."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.names = {name.replace("\\", "/").lower(): name for name in archive.namelist()}

    def open(self, part: str) -> IO[bytes]:
        """Open a part.

        :raises Damaged: when the archive does not have it
        """
        name = self.names.get(part.lower())
        if name is None:
            raise Damaged(f"il lui manque {part}")
        return self.archive.open(name)

    def relations(self, part: str) -> list[tuple[str, str, str]]:
        """List the relations of a part: identifier, type, part that it leads to."""
        folder, name = posixpath.split(part)
        there = posixpath.join(folder, "_rels", f"{name}.rels")
        if there.lower() not in self.names:
            return []
        reading = _Relations(folder)
        with self.open(there) as file:
            reading.read(file)
        return reading.relations


class _Relations(Flow):
    def __init__(self, folder: str) -> None:
        super().__init__()
        self.folder = folder
        self.relations: list[tuple[str, str, str]] = []
        self.starts = {"Relationship": self._relation}

    def _relation(self, attributes: Mapping[str, str]) -> None:
        if attributes.get("TargetMode", "").lower() == "external":
            return
        target = attributes.get("Target", "").replace("\\", "/")
        part = target.lstrip("/") if target.startswith("/") else posixpath.join(self.folder, target)
        self.relations.append((attributes.get("Id", ""), attributes.get("Type", ""), posixpath.normpath(part)))


class _Workbook(Flow):
    """The sheets, in the order of their tabs: title, identifier of the relation, hidden or not."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str, bool]] = []
        self.epoch = CALENDAR_WINDOWS_1900
        self.starts = {"sheet": self._sheet, "workbookPr": self._properties}

    def _sheet(self, attributes: Mapping[str, str]) -> None:
        own = local(attributes)
        self.sheets.append((own.get("name", ""), own.get("id", ""), own.get("state", "visible") != "visible"))

    def _properties(self, attributes: Mapping[str, str]) -> None:
        if is_on(attributes, "date1904", default="0"):
            self.epoch = CALENDAR_MAC_1904


class _Notes(Flow):
    def __init__(self) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.starts = {"comment": lambda attributes: self.cells.append(attributes.get("ref", "")[:20])}


class _Drawing(Flow):
    """Reads over which cells pictures and boxes of text begin."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.place = {"col": 0, "row": 0}
        self.begins = False
        self.starts = {"from": lambda _: self._begin(True), "to": lambda _: self._begin(False)}
        self.starts |= {"col": self.gather, "row": self.gather, "pic": self._put, "sp": self._put}
        self.ends = {"col": lambda: self._number("col"), "row": lambda: self._number("row")}

    def _begin(self, begins: bool) -> None:
        self.begins = begins

    def _number(self, side: str) -> None:
        text = self.gathered().strip()
        if self.begins and text.isdecimal() and len(text) < 8:
            self.place[side] = int(text)

    def _put(self, _: Mapping[str, str]) -> None:
        if len(self.cells) < MOST_PICTURES:
            self.cells.append(cell_name(self.place["col"], self.place["row"] + 1))


class XlsxBook:
    """A workbook; `sheets` are in the order of its tabs."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        package = self.package = Package(archive)
        part = next((part for _, kind, part in package.relations("") if kind.endswith(OFFICE_DOCUMENT)), "")
        part = part or "xl/workbook.xml"
        relations = package.relations(part)
        book = _Workbook()
        with package.open(part) as file:
            book.read(file)
        self.epoch = book.epoch
        self.styles = Styles()
        self.texts: Sequence[bytes | tuple[Run, ...]] = ()
        for _, kind, target in relations:
            if kind.endswith(STYLES) and target.lower() in package.names:
                with package.open(target) as file:
                    self.styles = Styles(file)
            elif kind.endswith(STRINGS):
                shared = SharedTexts()
                with package.open(target) as file:
                    shared.read(file)
                self.texts = shared.texts
        parts = {identifier: target for identifier, kind, target in relations if kind.endswith(WORKSHEET)}
        self.sheets = [
            XlsxGrid(self, title, parts[identifier], hidden=hidden)
            for title, identifier, hidden in book.sheets
            if identifier in parts
        ]


class XlsxGrid(Grid):
    def __init__(self, book: XlsxBook, title: str, part: str, *, hidden: bool) -> None:
        self.book, self.title, self.part, self.hidden = book, title, part, hidden
        self.around = Around()

    def rows(self) -> Iterator[GridRow]:
        self.around = Around()
        reading = SheetFlow(self.book.styles, self.book.texts, self.book.epoch, self.around)
        with self.book.package.open(self.part) as file:
            for _ in reading.follow(file):
                yield from reading.ready
                reading.ready = []

    def notes(self) -> Sequence[str]:
        return self._cells_of(COMMENTS, _Notes)

    def pictures(self) -> Sequence[str]:
        return self._cells_of(DRAWING, _Drawing)

    def _cells_of(self, relation: str, reader: type[_Notes | _Drawing]) -> list[str]:
        cells: list[str] = []
        for _, kind, part in self.book.package.relations(self.part):
            if kind.endswith(relation) and part.lower() in self.book.package.names:
                reading = reader()
                with self.book.package.open(part) as file:
                    reading.read(file)
                cells += reading.cells
        return cells
