"""What was derived once for everybody, kept until somebody does something.

Every act writes to the journal in its own transaction: as long as the journal has not moved, nothing has.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import cache

from comptes.queries import state_of_the_journal

Kept = TypeVar("Kept")
SHAPE = 2  # to be raised when what is kept takes another form
LONGEST = 600  # seconds: what the files of the catalogue say changes without an act


def kept(name: str, *words: Any, make: Callable[[], Kept]) -> Kept:
    """Return what `make` gave for these words since the last act, else ask it now.

    The journal is read first: what is kept is never older than what its name says.
    """
    asked = json.dumps([SHAPE, name, state_of_the_journal(), *words], default=str)
    key = f"kept:{hashlib.sha256(asked.encode()).hexdigest()}"
    value: Kept | None = cache.get(key)
    if value is None:
        value = make()
        cache.set(key, value, LONGEST)
    return value
