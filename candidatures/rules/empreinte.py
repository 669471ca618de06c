"""The fingerprint of frozen data: the same words, however they were written down, have the same one."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def canonical(data: Mapping[str, Any]) -> bytes:
    """Write data as the one JSON text that means it: sorted keys, no spaces, UTF-8."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def fingerprint(data: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(data)).hexdigest()
