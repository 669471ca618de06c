"""What a browser declares of a file, before it sends its parts (static/envoi.js)."""

import base64
import hashlib
import json
from collections.abc import Iterable

PART = 8 * 1024 * 1024


def declaration(name: str, nature: str, head: bytes, parts: Iterable[bytes]) -> str:
    hashes, size = [], 0
    for part in parts:
        hashes.append(hashlib.sha256(part).hexdigest())
        size += len(part)
    return declared(name, nature, head, size, hashes)


def declared(name: str, nature: str, head: bytes, size: int, hashes: list[str]) -> str:
    """The same, when the sha256 of the parts are known."""
    return json.dumps(
        {
            "nature": nature,
            "nom": name,
            "taille": size,
            "partie": PART,
            "empreintes": hashes,
            "debut": base64.b64encode(head).decode(),
        }
    )
