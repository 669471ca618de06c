"""What the list of a ZIP says, before anything in it is unzipped."""

import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

ENDING = 65_577
"""How far from the end of a file its list may be announced: a record of 22 bytes, a comment, and what goes with it."""

LARGEST_LIST = 512 * 1024
"""A document has a few dozen entries, an archive some thousands; some hostile files have millions."""

MEGABYTE = 1024 * 1024
LARGEST_UNZIPPED = 2048 * MEGABYTE
# Drawings and logs shrink fifty times; what shrinks two hundred times is nothing but repetition.
HARMLESS, MOST_SHRUNK = 10 * MEGABYTE, 200
ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz")

UNREADABLE = "Cette archive est endommagée ou incomplète. Compressez de nouveau son dossier."
CROWDED = "Cette archive contient trop de fichiers. Retirez ceux qui ne sont pas utiles à l’ANS."
EMPTY = "Cette archive est vide\u00a0: compressez de nouveau son dossier."
LOCKED = "Cette archive est protégée par un mot de passe. Déposez-la sans protection, pour que l’ANS puisse la lire."
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
    """

    name: str
    size: int = 0
    packed: int = 0
    locked: bool = False

    @property
    def is_folder(self) -> bool:
        return self.name.endswith("/")


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
    if struct.unpack_from("<L", end, start + 12)[0] not in range(LARGEST_LIST + 1):
        raise Unlisted(CROWDED)
    try:
        with zipfile.ZipFile(file) as archive:
            return tuple(
                Entry(info.filename, info.file_size, info.compress_size, bool(info.flag_bits & 1))
                for info in archive.infolist()
            )
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OverflowError, OSError):
        raise Unlisted(UNREADABLE) from None


def fault_of(entries: Sequence[Entry]) -> str:
    """Say, in French, why what is in an archive cannot be read; empty when it can."""
    files = [entry for entry in entries if not entry.is_folder]
    if not files:
        return EMPTY
    if any(entry.locked for entry in files):
        return LOCKED
    if outside := next((entry.name for entry in entries if _leads_outside(entry.name)), ""):
        return (
            f"Cette archive range un fichier hors d’elle-même («\u00a0{outside[:60]}\u00a0»)\u00a0: "
            "compressez de nouveau son dossier."
        )
    if _is_bomb(files):
        return BOMB
    if all(entry.name.casefold().endswith(ARCHIVES) for entry in files):
        return f"Cette archive n’en contient qu’une autre, «\u00a0{files[0].name[:60]}\u00a0»\u00a0: déposez celle-ci."
    return ""


def _leads_outside(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or not parts[0] or parts[0].endswith(":")


def _is_bomb(files: Sequence[Entry]) -> bool:
    total, packed = sum(entry.size for entry in files), sum(entry.packed for entry in files)
    return total > LARGEST_UNZIPPED or (total > HARMLESS and total > MOST_SHRUNK * max(packed, 1))


def why_not_xdm(entries: Sequence[Entry]) -> str:
    """Say why an archive is no IHE_XDM, by its list (IHE ITI TF-2, XDM media); empty when it is one."""
    names = [entry.name.replace("\\", "/").casefold() for entry in entries]
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
