"""What file may be deposited. Its type is read from its first bytes; its name is only a label."""

import re
import unicodedata
from dataclasses import dataclass

import filetype

HEAD = 8192
"""How many bytes of a file its type is read from."""

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Accepted:
    """What one nature of pièce accepts: content types with their usual endings, and a size in bytes."""

    types: dict[str, tuple[str, ...]]
    largest: int
    label: str


ATTESTATION = Accepted(
    {"application/pdf": ("pdf",), "image/png": ("png",), "image/jpeg": ("jpg", "jpeg")},
    20 * MEGABYTE,
    "un PDF ou une image (PNG, JPEG)",
)


class NotAPiece(ValueError):
    """This file cannot be deposited; the message is the French reason."""


def content_type_of(name: str, head: bytes, size: int, accepted: Accepted) -> str:
    """Return the file's content type, from its first bytes.

    :param head: the first `HEAD` bytes
    :param size: in bytes
    :raises NotAPiece: when it is empty, too large, of another type, or named as if it were of another type
    """
    if size == 0:
        raise NotAPiece("Ce fichier est vide.")
    if size > accepted.largest:
        raise NotAPiece(f"Ce fichier pèse plus de {accepted.largest // MEGABYTE} Mo.")
    found = filetype.guess_mime(head)
    if found not in accepted.types:
        raise NotAPiece(f"Ce fichier n’est pas {accepted.label}\u00a0: son contenu dit autre chose.")
    ending = name.rpartition(".")[2].lower()
    if ending not in accepted.types[found]:
        raise NotAPiece(f"Ce fichier est nommé «\u00a0.{ending[:10]}\u00a0», mais son contenu dit autre chose.")
    return str(found)


def tidy_name(name: str) -> str:
    """Return a name that is safe to show and to save under: no folder, nothing invisible, 150 characters at most."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    name = "".join(one for one in name if unicodedata.category(one)[0] != "C").strip(" .")
    stem, dot, ending = name.rpartition(".")
    stem = re.sub(r"\s+", " ", stem)[: 149 - len(ending[:10])]
    return f"{stem}{dot}{ending[:10]}" or "fichier"
