"""What the portal answers to somebody who holds a document and asks whether it comes from here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Verified:
    """A document that the portal issued.

    :param stage: what that very file is, when it was known by its fingerprint; empty when known by its number
    :param nru: of the solution, when it is référencée: its page is public
    :param details: what the document says, as far as anybody may know: (label, value)
    :param warning: why it should not be relied upon, or which one should be; empty most often
    """

    kind: str
    numero: str
    issued_at: datetime
    stage: str = ""
    nru: str = ""
    warning: str = ""
    details: tuple[tuple[str, str], ...] = ()


def numero_from(typed: str) -> str:
    """Read the number of a document as people copy it: any case, spaces around and inside."""
    return "".join(typed.replace("\x00", "").split()).upper()[:60]


def sha256_from(typed: str) -> str:
    """Read a sha256 as tools print it: any case, spaces or colons inside, a file name after it."""
    parts = typed.replace("\x00", "").replace(":", "").lower().split()
    if parts and SHA256.fullmatch(parts[0]):
        return parts[0]
    return "".join(parts)[:80]


def is_sha256(text: str) -> bool:
    return SHA256.fullmatch(text) is not None
