"""The NRU of the portal: `DUI-2026-00042-B`, prefix, year, number, check character (ISO 7064 mod 37,36)."""

import re

from stdnum.iso7064 import mod_37_36

from comptes.rules import texts

_SHAPE = re.compile(r"[A-Z0-9]{2,6}-\d{4}-\d{5,}-[A-Z0-9]")


PARTS = r"([A-Z][A-Z0-9]{1,5})[ ._/-]*(\d{4})[ ._/-]*(\d{5,9})[ ._/-]*([A-Z0-9])(?![A-Z0-9])"
"""The parts of an NRU as people paste it: separated by anything or nothing."""

# After its name, glued to it or not.
_PASTED = re.compile(rf"(?:\bNRU(?:\W*n\s*°|\W*no\b\.?)?\W*|(?<![A-Z0-9])){PARTS}", re.IGNORECASE)


def searched(typed: str) -> str:
    """Return what somebody searches for among the candidatures; the NRU alone, when there is one among its words.

    An NRU designates one candidature: what was copied with it, a link, quotes, the name of the solution, adds nothing.
    """
    pasted = {nru for nru in map(_nru_of, _PASTED.finditer(texts.identifier(typed[: texts.LONGEST_READ]))) if nru}
    return pasted.pop() if len(pasted) == 1 else _PASTED.sub(_nru_or_words, texts.query(typed))


def _nru_or_words(pasted: re.Match[str]) -> str:
    return _nru_of(pasted) or pasted.group()


def _nru_of(pasted: re.Match[str]) -> str:
    """Return the NRU that was pasted, in its own form; empty when its check character is wrong."""
    nru = "-".join(pasted.groups()).upper()
    return nru if is_nru(nru) else ""


def make_nru(prefix: str, *, year: int, number: int) -> str:
    """Return the NRU of the `number`th candidature; the number comes from a sequence that never goes back."""
    body = f"{prefix}-{year}-{number:05d}"
    return f"{body}-{mod_37_36.calc_check_digit(body.replace('-', ''))}"


def is_nru(text: str) -> bool:
    """Whether this could be one of the portal's NRU: its shape and its check character are right."""
    return bool(_SHAPE.fullmatch(text)) and mod_37_36.is_valid(text.replace("-", ""))
