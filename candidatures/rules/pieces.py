"""What file may be deposited. Its type is read from its first bytes; its name is only a label."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import filetype

HEAD = 8192
"""How many bytes of a file its type is read from."""

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class AcceptedTypes:
    """What one nature of pièce accepts: content types with their usual endings, and a size in bytes.

    :param otherwise: the French sentence that refuses another type
    """

    types: Mapping[str, tuple[str, ...]]
    largest: int
    otherwise: str


ATTESTATION = AcceptedTypes(
    {"application/pdf": ("pdf",), "image/png": ("png",), "image/jpeg": ("jpg", "jpeg")},
    20 * MEGABYTE,
    "Ce fichier n’est pas un PDF ou une image (PNG, JPEG)\u00a0: son contenu dit autre chose.",
)


class NotAPiece(ValueError):
    """This file cannot be deposited; the message is the French reason."""


def content_type_of(name: str, head: bytes, size: int, accepted: AcceptedTypes) -> str:
    """Return the file's content type, from its first bytes.

    :param head: the first `HEAD` bytes
    :param size: in bytes
    :raises NotAPiece: when it is empty, too large, of another type, or named as if it were of another type
    """
    return accept(name, str(filetype.guess_mime(head)), size, accepted)


def accept(name: str, content_type: str, size: int, accepted: AcceptedTypes) -> str:
    """Return the content type of a file, when it is among those accepted and goes with the name of the file.

    :raises NotAPiece: as `content_type_of`
    """
    if size == 0:
        raise NotAPiece("Ce fichier est vide.")
    if size > accepted.largest:
        raise NotAPiece(f"Ce fichier pèse plus de {accepted.largest // MEGABYTE} Mo.")
    if content_type not in accepted.types:
        raise NotAPiece(accepted.otherwise)
    ending = tidy_name(name).rpartition(".")[2].lower()
    if ending not in accepted.types[content_type]:
        raise NotAPiece(f"Ce fichier est nommé «\u00a0.{ending[:10]}\u00a0», mais son contenu dit autre chose.")
    return content_type


def tidy_name(name: str) -> str:
    """Return a name that is safe to show and to save under: no folder, nothing invisible, 150 characters at most."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    name = "".join(character for character in name if unicodedata.category(character)[0] != "C").strip(" .")
    stem, dot, ending = name.rpartition(".")
    stem = re.sub(r"\s+", " ", stem)[: 149 - len(ending[:10])]
    return f"{stem}{dot}{ending[:10]}" or "fichier"
