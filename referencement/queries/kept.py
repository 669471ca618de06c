"""A cache of what is derived for everybody, valid until the next act.

Every act writes to the journal in its own transaction: as long as the journal has not changed, nothing has.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import cache
from django.db.models import Count, OuterRef, QuerySet, Subquery, Value

from comptes.models import JournalEntry
from comptes.models.prepared import Prepared

Kept = TypeVar("Kept")
SHAPE = 2  # raise it when the kept values take another form
TAIL = 5000  # acts, far more than are committed while one transaction is open
LONGEST = 600  # seconds, since the files of the catalogue change without an act


def kept(name: str, *asked_for: Any, make: Callable[[], Kept]) -> Kept:
    """Return what `make` answered for these words since the last act; call it when nothing is kept.

    The journal is read before `make` runs, so that a value is never older than the act in its key.
    """
    asked = json.dumps([SHAPE, name, state_of_the_journal(), *asked_for], default=str)
    key = f"kept:{hashlib.sha256(asked.encode()).hexdigest()}"
    value: Kept | None = cache.get(key)
    if value is None:
        value = make()
        cache.set(key, value, LONGEST)
    return value


def state_of_the_journal() -> str:
    """Return a text that changes with every act: what was cached under another one is out of date.

    It is the last act, and how many stand among the last `TAIL`, since an act may be committed after others that have
    later numbers. Read from the end, it costs the same whatever the length of the journal.
    """
    return ".".join(map(str, _STATE.first() or ()))


def _state() -> QuerySet[JournalEntry, Any]:
    tail = JournalEntry.objects.filter(pk__gt=OuterRef("pk") - TAIL).order_by().annotate(alike=Value(1))
    counted = tail.values("alike").annotate(count=Count("pk")).values("count")
    return JournalEntry.objects.order_by("-pk").values_list("pk", "sha256", Subquery(counted))[:1]


_STATE = Prepared(_state)
