"""Opens a workbook that somebody sends, in any of its formats."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

from .archives import Format, check_archive
from .grid import Grid
from .ooxml import XlsxBook
from .opendocument import OdsBook
from .texte_separe import ENDING, CsvBook


@contextmanager
def sheets_of(file: BinaryIO, name: str, *, takes_csv: bool) -> Iterator[Sequence[Grid]]:
    """Give the sheets of a file while it is open.

    :raises UnreadableWorkbook: naming why it is no workbook
    """
    if takes_csv and name.lower().endswith(ENDING):
        yield CsvBook(file, name).sheets
        return
    format_of_file = check_archive(file, name)
    with zipfile.ZipFile(file) as archive:
        yield (XlsxBook(archive) if format_of_file is Format.XLSX else OdsBook(archive)).sheets
