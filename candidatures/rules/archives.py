"""What the list of a ZIP says, before anything in it is unzipped."""

import stat
import struct
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from candidatures.catalogue.zipped import inside

ENDING = 65_577
"""How far from the end of a file its list may be announced: a record of 22 bytes, a comment, and what goes with it."""

LARGEST_LIST = 512 * 1024
"""A document has a few dozen entries, an archive some thousands; some hostile files have millions."""

MEGABYTE = 1024 * 1024
LARGEST_UNZIPPED = 2048 * MEGABYTE
# Drawings and logs shrink fifty times; what shrinks two hundred times is nothing but repetition.
HARMLESS, MOST_SHRUNK = 10 * MEGABYTE, 200
ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".cab", ".iso")

READ = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The ways of compressing that Windows and macOS unzip without another tool."""

UNSAID = 0xFFFFFFFF
"""What stands for a number that is in a longer record."""

UNREADABLE = "Cette archive est endommagée ou incomplète. Compressez de nouveau son dossier."
CROWDED = "Cette archive contient trop de fichiers. Retirez ceux qui ne sont pas utiles à l’ANS."
EMPTY = "Cette archive est vide\u00a0: compressez de nouveau son dossier."
LOCKED = "Cette archive est protégée par un mot de passe. Déposez-la sans protection, pour que l’ANS puisse la lire."
ODD = (
    "Cette archive est compressée autrement qu’un ZIP ordinaire\u00a0: compressez de nouveau son dossier, en .zip, "
    "avec l’outil de Windows ou de macOS."
)
BOMB = "Une fois décompressée, cette archive serait trop volumineuse. Retirez les fichiers les plus lourds."
BURIED = (
    "Le dossier IHE_XDM n’est pas à la racine de cette archive\u00a0: compressez INDEX.HTM et IHE_XDM, "
    "et non le dossier qui les contient."
)


class Unlisted(ValueError):
    """The list of a ZIP could not be read; the message is the French reason."""


@dataclass(frozen=True)
class Entry:
    """One file or folder of a ZIP.

    :param size: once unzipped, as its list says
    :param packed: in the archive
    :param locked: whether it takes a password
    :param method: how it is compressed (APPNOTE 4.4.5)
    :param is_link: whether it only names another file (a symbolic link)
    """

    name: str
    size: int = 0
    packed: int = 0
    locked: bool = False
    method: int = zipfile.ZIP_DEFLATED
    is_link: bool = False

    @property
    def is_folder(self) -> bool:
        return self.name.endswith(("/", "\\"))

    @property
    def is_left_by_a_system(self) -> bool:
        """Whether macOS or Windows left it there, for itself."""
        name = self.name.replace("\\", "/").casefold()
        return name.startswith("__macosx/") or name.rpartition("/")[2] in (".ds_store", "thumbs.db", "desktop.ini")


def listed(file: BinaryIO) -> tuple[Entry, ...]:
    """Read the list of a ZIP, and nothing else of it.

    :raises Unlisted: when it is damaged, or too long to be looked at
    """
    size = file.seek(0, 2)
    file.seek(max(0, size - ENDING))
    end = file.read()
    start = end.rfind(b"PK\x05\x06")
    if start < 0 or len(end) < start + 22:
        raise Unlisted(UNREADABLE)
    if _length_of_the_list(file, end, start) > LARGEST_LIST:
        raise Unlisted(CROWDED)
    try:
        with zipfile.ZipFile(file) as archive:
            return tuple(map(_entry_of, archive.infolist()))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OverflowError, OSError):
        raise Unlisted(UNREADABLE) from None


def _length_of_the_list(file: BinaryIO, end: bytes, start: int) -> int:
    """Read how long the list is said to be: here, or in the record of a ZIP64, to which this one then leads."""
    length, locator = int(struct.unpack_from("<L", end, start + 12)[0]), end[max(0, start - 20) : start]
    if length != UNSAID or not locator.startswith(b"PK\x06\x07"):
        return length
    file.seek(min(struct.unpack_from("<Q", locator, 8)[0], file.seek(0, 2)))
    record = file.read(56)
    return int(struct.unpack_from("<Q", record, 40)[0]) if record.startswith(b"PK\x06\x06") and record[55:] else length


def _entry_of(info: zipfile.ZipInfo) -> Entry:
    is_link = stat.S_ISLNK(info.external_attr >> 16)
    return Entry(
        info.filename, info.file_size, info.compress_size, bool(info.flag_bits & 1), info.compress_type, is_link
    )


def needs_a_key(file: BinaryIO) -> bool:
    """Whether an OpenDocument file says, in its manifest, that its content is encrypted."""
    try:
        with zipfile.ZipFile(file) as archive, archive.open("META-INF/manifest.xml") as manifest:
            return b"encryption-data" in manifest.read(MEGABYTE)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, zlib.error):
        return False


def fault_of(entries: Sequence[Entry]) -> str:
    """Say, in French, why what is in an archive cannot be read; empty when it can."""
    files = [entry for entry in entries if not entry.is_folder and not entry.is_left_by_a_system]
    if not files:
        return EMPTY
    if any(entry.locked for entry in files):
        return LOCKED
    if sentence := _fault_of_names(entries, files):
        return sentence
    if any(entry.method not in READ for entry in files):
        return ODD
    if _is_bomb(files):
        return BOMB
    if all(entry.name.casefold().endswith(ARCHIVES) for entry in files):
        return f"Cette archive n’en contient qu’une autre, «\u00a0{files[0].name[:60]}\u00a0»\u00a0: déposez celle-ci."
    return ""


def _fault_of_names(entries: Sequence[Entry], files: Sequence[Entry]) -> str:
    if outside := next((entry.name for entry in entries if _leads_outside(entry.name)), ""):
        return (
            f"Cette archive range un fichier hors d’elle-même («\u00a0{outside[:60]}\u00a0»)\u00a0: "
            "compressez de nouveau son dossier."
        )
    if link := next((entry.name for entry in files if entry.is_link), ""):
        return (
            f"Cette archive contient un raccourci («\u00a0{link[:60]}\u00a0»), et non le fichier auquel il mène\u00a0: "
            "remplacez-le par ce fichier, et compressez de nouveau."
        )
    counted = Counter(_unzipped_as(entry) for entry in files)
    if twice := next((entry.name for entry in files if counted[_unzipped_as(entry)] > 1), ""):
        return (
            f"Cette archive contient deux fois «\u00a0{twice[:60]}\u00a0»\u00a0: gardez-en un seul, et compressez de "
            "nouveau son dossier."
        )
    return ""


def _unzipped_as(entry: Entry) -> str:
    """Return what Windows and macOS take for the same name, however its accents, its case and its root are written."""
    return unicodedata.normalize("NFC", "/".join(part for part in inside(entry.name).split("/") if part != "."))


def _leads_outside(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or not parts[0] or parts[0].endswith(":")


def _is_bomb(files: Sequence[Entry]) -> bool:
    total, packed = sum(entry.size for entry in files), sum(entry.packed for entry in files)
    return total > LARGEST_UNZIPPED or (total > HARMLESS and total > MOST_SHRUNK * max(packed, 1))


def _is_of_xdm(entry: Entry) -> bool:
    return entry.name.replace("\\", "/").casefold().rpartition("/")[2] in ("index.htm", "index.html", "metadata.xml")


def why_not_xdm(entries: Sequence[Entry]) -> str:
    """Say why an archive is no IHE_XDM, by its list (IHE ITI TF-2, XDM media); empty when it is one."""
    if empty := next((entry.name for entry in entries if not entry.size and _is_of_xdm(entry)), ""):
        return f"Dans cette archive, «\u00a0{empty[:60]}\u00a0» est vide\u00a0: exportez-la de nouveau."
    names = [_unzipped_as(entry) for entry in entries]
    has_index = any(name in ("index.htm", "index.html") for name in names)
    has_metadata = any(
        name.startswith("ihe_xdm/") and name.count("/") == 2 and name.endswith("/metadata.xml") for name in names
    )
    if has_index and has_metadata:
        return ""
    if not any(name.startswith("ihe_xdm/") for name in names) and any("/ihe_xdm/" in name for name in names):
        return BURIED
    wanted = ("INDEX.HTM", has_index), ("IHE_XDM/…/METADATA.XML", has_metadata)
    missing = " et ".join(name for name, is_there in wanted if not is_there)
    return f"Cette archive n’est pas une IHE_XDM\u00a0: il y manque {missing}, à partir de sa racine."
