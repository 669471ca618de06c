"""Checks a workbook before anything in it is unzipped: the zip's directory is enough to refuse a zip bomb."""

import zipfile
import zlib
from enum import StrEnum
from typing import BinaryIO

from candidatures.catalogue.formats import MEGABYTE, WORKBOOK
from candidatures.catalogue.zipped import is_a_macro, tells_of_macros

from .problems import Problem, UnreadableWorkbook

LARGEST_FILE = WORKBOOK.at_most
MOST_MEMBERS = 2_000
LARGEST_TOTAL = 256 * MEGABYTE
# The sheets are read as they flow; the shared texts are kept, and so is what the other members say.
LARGEST_MEMBERS = (
    ("xl/worksheets/", 128 * MEGABYTE),
    ("xl/sharedstrings.xml", 64 * MEGABYTE),
    ("content.xml", 128 * MEGABYTE),
)
LARGEST_OTHER_XML = 8 * MEGABYTE
OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")
MACRO_NAMES = (".xlsm", ".xltm", ".xlam", ".xlsb")
ODS_TYPES = (
    b"application/vnd.oasis.opendocument.spreadsheet",
    b"application/vnd.oasis.opendocument.spreadsheet-template",
)
NO_WORKBOOK = (
    "Ce fichier n’est pas un classeur .xlsx ou .ods\u00a0: ouvrez-le dans votre tableur, et enregistrez-le en .xlsx."
)
LOCKED = "Ce classeur est protégé par un mot de passe\u00a0: enregistrez-le sans mot de passe."
ENCRYPTED = 0x1
AT_ONCE = 8 * MEGABYTE
"""How much, once unzipped, a page reads while its reader waits; more is read by an effect."""


class Format(StrEnum):
    XLSX = "xlsx"
    ODS = "ods"


def check_archive(file: BinaryIO, name: str) -> Format:
    """Refuse a file that is no workbook, that holds macros, or that would be far too large once unzipped.

    :return: its format, whatever its name
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
            format_of_file = _format(archive, name)
            _check_members(archive.infolist(), name)
            _check_macros(archive, name, format_of_file)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError, EOFError, zlib.error):
        raise unreadable(name, NO_WORKBOOK) from None
    file.seek(0)
    return format_of_file


def is_large(file: BinaryIO) -> bool:
    """Whether reading a workbook would make a page wait; what is no archive is refused at once."""
    try:
        with zipfile.ZipFile(file) as archive:
            return sum(member.file_size for member in archive.infolist()) > AT_ONCE
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError):
        return False
    finally:
        file.seek(0)


def unreadable(name: str, sentence: str) -> UnreadableWorkbook:
    return UnreadableWorkbook(Problem("A1", sentence, file=name))


def _format(archive: zipfile.ZipFile, name: str) -> Format:
    names = {member.replace("\\", "/").lower() for member in archive.namelist()}
    if "content.xml" in names and "mimetype" in names:
        declared = archive.getinfo("mimetype")
        if declared.file_size < 200 and archive.read(declared).strip() in ODS_TYPES:
            return Format.ODS
    if "xl/workbook.bin" in names:
        raise unreadable(name, "C’est un classeur binaire (.xlsb)\u00a0: enregistrez-le en .xlsx.")
    if "[content_types].xml" not in names or not any(member.startswith("xl/workbook") for member in names):
        raise unreadable(name, NO_WORKBOOK)
    return Format.XLSX


def _check_members(members: list[zipfile.ZipInfo], name: str) -> None:
    """Check the declared sizes; zipfile never unzips more than was declared."""
    if any(member.flag_bits & ENCRYPTED for member in members):
        raise unreadable(name, LOCKED)
    too_large = [member for member in members if member.file_size > _largest(member.filename)]
    if len(members) > MOST_MEMBERS or too_large or sum(member.file_size for member in members) > LARGEST_TOTAL:
        raise unreadable(name, "Une fois décompressé, ce classeur serait trop grand : le portail ne l’ouvre pas.")


def _largest(filename: str) -> int:
    member = filename.replace("\\", "/").lower()
    for beginning, size in LARGEST_MEMBERS:
        if member.startswith(beginning):
            return size
    return LARGEST_OTHER_XML if member.endswith((".xml", ".rels", ".vml")) else LARGEST_TOTAL


def _check_macros(archive: zipfile.ZipFile, name: str, format_of_file: Format) -> None:
    if any(map(is_a_macro, archive.namelist())):
        raise _macros(name)
    declared = "META-INF/manifest.xml" if format_of_file is Format.ODS else "[Content_Types].xml"
    manifest = archive.read(declared).lower() if declared in archive.namelist() else b""
    if tells_of_macros(manifest):
        raise _macros(name)
    if format_of_file is Format.ODS and b"encryption-data" in manifest:
        raise unreadable(name, LOCKED)


def _macros(name: str) -> UnreadableWorkbook:
    return unreadable(name, "Ce classeur contient des macros\u00a0: enregistrez-le en .xlsx, sans macro.")
