"""A cache of what is derived for everybody, valid until the next act.

Every act writes to the journal in its own transaction: as long as the journal has not changed, nothing has.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import cache

from comptes.queries import state_of_the_journal

Kept = TypeVar("Kept")
SHAPE = 2  # raise it when the kept values take another form
LONGEST = 600  # seconds, since the files of the catalogue change without an act


def kept(name: str, *words: Any, make: Callable[[], Kept]) -> Kept:
    """Return what `make` answered for these words since the last act; call it when nothing is kept.

    The journal is read before `make` runs, so that a value is never older than the act in its key.
    """
    asked = json.dumps([SHAPE, name, state_of_the_journal(), *words], default=str)
    key = f"kept:{hashlib.sha256(asked.encode()).hexdigest()}"
    value: Kept | None = cache.get(key)
    if value is None:
        value = make()
        cache.set(key, value, LONGEST)
    return value
