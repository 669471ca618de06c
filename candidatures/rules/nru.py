"""The NRU of the portal: `DUI-2026-00042-B`, prefix, year, number, check character (ISO 7064 mod 37,36)."""

import re

from stdnum.iso7064 import mod_37_36

_SHAPE = re.compile(r"[A-Z0-9]{2,6}-\d{4}-\d{5,}-[A-Z0-9]")


def make_nru(prefix: str, *, year: int, number: int) -> str:
    """Return the NRU of the `number`th candidature; the number comes from a sequence that never goes back."""
    body = f"{prefix}-{year}-{number:05d}"
    return f"{body}-{mod_37_36.calc_check_digit(body.replace('-', ''))}"


def is_nru(text: str) -> bool:
    """Whether this could be one of the portal's NRU: its shape and its check character are right."""
    return bool(_SHAPE.fullmatch(text)) and mod_37_36.is_valid(text.replace("-", ""))
