"""The canonical form of data, in which they are compared, fingerprinted and signed."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical(data: Any) -> bytes:
    """Write data as the one JSON text that means it: sorted keys, no spaces, UTF-8. A dataclass is its fields."""
    return json.dumps(data, default=vars, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def object_in(text: bytes) -> dict[str, Any]:
    """Read a JSON object that comes from outside.

    :raises ValueError: when it is none, however deep or long it is
    """
    read = _read(text)
    if not isinstance(read, dict):
        raise ValueError("no object")
    return read


def array_in(text: bytes) -> list[Any]:
    """Read a JSON array that comes from outside.

    :raises ValueError: when it is none, however deep or long it is
    """
    read = _read(text)
    if not isinstance(read, list):
        raise ValueError("no array")
    return read


def _read(text: bytes) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("too deep") from error


def fingerprint(data: Any) -> str:
    """Compute the sha256 of data, in hexadecimal: however they were written down, the same data have the same one."""
    return hashlib.sha256(canonical(data)).hexdigest()
