"""The work of this floor that failed so often that no sweep asks it again."""

from __future__ import annotations

from typing import Any

from comptes.models import Echec

MOST_FAILURES = 5


def given_up(task: str) -> list[Any]:
    """The keys for which a task is not asked again by itself: a pièce without its file, say. A person may ask it."""
    failed = Echec.objects.filter(task=task, count__gte=MOST_FAILURES).order_by("pk")
    return [arguments[0] for arguments in failed.values_list("arguments", flat=True) if arguments]
