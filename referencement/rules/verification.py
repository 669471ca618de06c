"""What the portal answers to somebody who asks whether a document comes from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from comptes.rules import texts

SHA256 = re.compile(r"[0-9a-f]{64}")
# What is copied before a number or a fingerprint: « N° », « Accusé n° », « sha256: », « SHA-256 (fichier) = ».
_NAMED = re.compile(r"^\W*(?:accusé\W*|document\W*)?(?:de dépôt\W*)?(?:n\s?°\W*|(?:numéro|no)\W+)?", re.IGNORECASE)
_HASHED = re.compile(r"^\W*(?:empreinte\W+)?(?:sha2?-?256[\s:=]*)?(?:\([^)]*\)[\s:=]*)?")


@dataclass(frozen=True)
class Verified:
    """A document that the portal issued.

    :param stage: which file it is, when it was found by its fingerprint; empty when it was found by its number
    :param nru: of the solution that was référencée, whose page is public; empty otherwise
    :param warning: why it should not be relied upon, in French; empty when it may be
    :param details: what anybody may know of the document: (label, value)
    """

    kind: str
    numero: str
    issued_at: datetime
    stage: str = ""
    nru: str = ""
    warning: str = ""
    details: tuple[tuple[str, str], ...] = ()


def numero_from(typed: str) -> str:
    """Read the number of a document as people copy it: any case, spaces around and inside, after its name."""
    return _NAMED.sub("", texts.query(typed)).replace(" ", "").upper()[:60]


def sha256_from(typed: str) -> str:
    """Read a sha256 as tools print it: its name before it, any case, spaces or colons inside, a file name after it."""
    parts = _HASHED.sub("", texts.identifier(typed[: texts.LONGEST_READ]).lower()).replace(":", "").split()
    if parts and SHA256.fullmatch(parts[0]):
        return parts[0]
    return "".join(parts)[:80]


def is_sha256(text: str) -> bool:
    return SHA256.fullmatch(text) is not None
