"""What the portal answers to somebody who asks whether a document comes from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from candidatures.rules.accuse import read_numero
from candidatures.rules.nru import PARTS, is_nru
from comptes.rules import texts

SHA256 = re.compile(r"[0-9a-f]{64}")
# A fingerprint whole, then one that is cut in groups or in lines.
_WHOLE = re.compile(r"(?<![0-9a-z])(?:0x)?([0-9a-f]{64})(?![0-9a-z])")
_IN_GROUPS = re.compile(r"(?<![0-9a-z])(?=((?:[0-9a-f][\s:.-]*){63}[0-9a-f])(?![0-9a-z]))")
_IS_HASHED = re.compile(r"^\W*(?:empreinte\W+)?(?:sha2?-?256[\s:=]*)?(?:\([^)]*\)[\s:=]*)?")
# The number of an accusé, with anything between its symbols; the one of another document, of which an NRU is a part.
_ACCUSE = re.compile(r"(?<![A-Z0-9])(?=(AR(?:[\W_]*[0-9A-Z]){16}(?![A-Z0-9])))")
_DOCUMENT = re.compile(rf"(?<![A-Z0-9])([A-Z]{{2,5}})[ ._/-]*{PARTS}(?:[ ._/-]*(\d{{1,3}})(?![A-Z0-9]))?")
_MINUTES = re.compile(r"(?<![A-Z0-9])PV[ ._/-]*(\d{1,9})[ ._/-]*(\d{8})(?![A-Z0-9])")
# What is copied around another number: « N° », « Accusé n° », quotes.
_NAMED = re.compile(
    r"^\W*(?:accusé\W*|document\W*)?(?:de (?:dépôt|réception)\W*)?(?:n\s?°\W*|(?:numéro|no)\W+)?", re.IGNORECASE
)
_AROUND = re.compile(r"^\W+|\W+$")


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
    """Read the number of a document as people copy it: any case, cut or not, among other words, in a link."""
    text = texts.identifier(typed[: texts.LONGEST_READ]).upper()
    for match in _ACCUSE.finditer(text):
        if numero := read_numero(match[1]):
            return numero
    for match in _DOCUMENT.finditer(text):
        prefix, *parts, rank = match.groups()
        if is_nru(nru := "-".join(parts)):
            return "-".join(filter(None, (prefix, nru, rank)))
    if minutes := _MINUTES.search(text):
        return "-".join(("PV", *minutes.groups()))
    return _AROUND.sub("", _NAMED.sub("", text).replace(" ", ""))[:60]


def sha256_from(typed: str) -> str:
    """Read a sha256 as tools print it and people copy it: any case, in groups or lines, among other words.

    Without one, what was typed is returned as it could have been one.
    """
    text = texts.identifier(typed[: texts.LONGEST_READ]).lower()
    if whole := _WHOLE.search(text):
        return whole[1]
    if cut := _IN_GROUPS.findall(text):  # the last: a word such as « de » may begin the others
        return re.sub(r"[^0-9a-f]", "", cut[-1])
    return "".join(_IS_HASHED.sub("", text).replace(":", "").split())[:80]


def is_sha256(text: str) -> bool:
    return SHA256.fullmatch(text) is not None
