"""The views that people keep of a list: a floor above keeps them, and the lists of this one show them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from comptes.models import Compte

KeptVues = Callable[[Compte, str], Sequence[Any]]
_kept: list[KeptVues] = []


def register_vues(kept: KeptVues) -> None:
    """Let a floor say which views a reader, and their colleagues, kept of a list, by the name of its address."""
    _kept.append(kept)


def vues_of(reader: Compte, liste: str) -> list[Any]:
    """Return the views that were kept of a list; none for somebody who is not of the ANS."""
    return [vue for kept in _kept for vue in kept(reader, liste)] if reader.is_ans else []
