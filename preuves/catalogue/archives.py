"""Checks a workbook before anything in it is unzipped: the zip's directory is enough to refuse a zip bomb."""

import zipfile
from typing import BinaryIO

from .problems import Problem, UnreadableWorkbook

MEGABYTE = 1024 * 1024
LARGEST_FILE = 50 * MEGABYTE
MOST_MEMBERS = 2_000
LARGEST_TOTAL = 256 * MEGABYTE
# openpyxl reads the sheets as they flow, but keeps the shared texts, and the whole tree of every other member.
LARGEST_MEMBERS = (("xl/worksheets/", 128 * MEGABYTE), ("xl/sharedstrings.xml", 64 * MEGABYTE))
LARGEST_OTHER_XML = 8 * MEGABYTE
OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")
MACRO_NAMES = (".xlsm", ".xltm", ".xlam", ".xlsb")


def check_archive(file: BinaryIO, name: str) -> None:
    """Refuse a file that is no workbook, that holds macros, or that would be far too large once unzipped.

    :raises UnreadableWorkbook: naming why
    """
    if name.lower().endswith(MACRO_NAMES):
        raise _macros(name)
    if file.seek(0, 2) > LARGEST_FILE:
        raise unreadable(name, f"Le fichier dépasse {LARGEST_FILE // MEGABYTE}\u00a0Mo.")
    file.seek(0)
    if file.read(8) == OLD_OFFICE:
        raise unreadable(name, "C’est un classeur .xls, ou protégé par un mot de passe\u00a0: enregistrez-le en .xlsx.")
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            _check_members(archive.infolist(), name)
            _check_macros(archive, name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError, EOFError):
        raise unreadable(name, "Ce fichier n’est pas un classeur .xlsx.") from None
    file.seek(0)


def unreadable(name: str, sentence: str) -> UnreadableWorkbook:
    return UnreadableWorkbook(Problem("A1", sentence, file=name))


def _check_members(members: list[zipfile.ZipInfo], name: str) -> None:
    """Check the declared sizes; zipfile never unzips more than was declared."""
    names = [member.filename.lower() for member in members]
    if "[content_types].xml" not in names or "xl/workbook.xml" not in names:
        raise unreadable(name, "Ce fichier n’est pas un classeur .xlsx.")
    too_large = [member for member in members if member.file_size > _largest(member.filename.lower())]
    if len(members) > MOST_MEMBERS or too_large or sum(member.file_size for member in members) > LARGEST_TOTAL:
        raise unreadable(name, "Une fois décompressé, ce classeur serait démesuré\u00a0: il n’est pas ouvert.")


def _largest(member: str) -> int:
    for beginning, size in LARGEST_MEMBERS:
        if member.startswith(beginning):
            return size
    return LARGEST_OTHER_XML if member.endswith((".xml", ".rels", ".vml")) else LARGEST_TOTAL


def _check_macros(archive: zipfile.ZipFile, name: str) -> None:
    if any("vbaproject" in name.lower() for name in archive.namelist()):
        raise _macros(name)
    if b"macroenabled" in archive.read("[Content_Types].xml").lower():
        raise _macros(name)


def _macros(name: str) -> UnreadableWorkbook:
    return unreadable(name, "Ce classeur contient des macros\u00a0: enregistrez-le en .xlsx, sans macro.")
