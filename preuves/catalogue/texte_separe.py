"""Reads a CSV file as a workbook of one sheet, as French spreadsheets write it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from typing import BinaryIO

from comptes.rules.tableurs import as_typed

from .archives import unreadable
from .grid import LONGEST_CELL, WIDEST, Around, Grid, GridRow

ENDING = ".csv"
SEPARATORS = ";\t,"
LARGEST = 5 * 1024 * 1024


class CsvBook:
    """A CSV file; its only sheet has no name, and hides nothing."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        """:raises UnreadableWorkbook: when it is no text, or is too large"""
        file.seek(0)
        content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise unreadable(name, f"Le fichier dépasse {LARGEST // 1024 // 1024}\u00a0Mo.")
        if b"\0" in content:
            raise unreadable(name, "Ce fichier n’est pas un texte CSV\u00a0: enregistrez-le en .csv, .xlsx ou .ods.")
        self.sheets = [CsvGrid(_decoded(content))]


def _decoded(content: bytes) -> str:
    """Read UTF-8, else what older spreadsheets write; every byte is then a character."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


class CsvGrid(Grid):
    title = ""
    hidden = False

    def __init__(self, text: str) -> None:
        self.text = text
        self.around = Around()
        first = text.partition("\n")[0]
        self.separator = max(SEPARATORS, key=first.count)

    def rows(self) -> Iterator[GridRow]:
        for number, cells in enumerate(csv.reader(StringIO(self.text, newline=""), delimiter=self.separator), start=1):
            yield GridRow(number, [as_typed(cell)[:LONGEST_CELL] for cell in cells[:WIDEST]])
