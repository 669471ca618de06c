"""Champs in which nobody typed anything: their HTML is the same for everybody who reads them, and is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from candidatures.catalogue.champs import Champ, ChampKind, Value

CHOSEN = frozenset({ChampKind.YES_NO, ChampKind.CHOICE, ChampKind.CHOICES})


class Untouched(NamedTuple):
    """All that the HTML of a champ depends on, when it holds no text.

    :param choices: the lists that it and its columns choose from: the name of each, then its codes with their labels
    :param answer: JSON
    """

    champ: Champ
    choices: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    answer: str


def untouched(champ: Champ, choices: Mapping[str, Mapping[str, str]], value: Value) -> Untouched | None:
    """Return what the HTML of a champ depends on; None when it shows what somebody typed."""
    if value and champ.kind not in CHOSEN and not _is_declared_empty(champ, value):
        return None
    names = {asked.choices for asked in (champ, *champ.columns) if asked.choices}
    lists = tuple((name, tuple(choices[name].items())) for name in sorted(names))
    return Untouched(champ, lists, json.dumps(value))


def _is_declared_empty(champ: Champ, value: Value) -> bool:
    return champ.kind is ChampKind.LIST and not value.get("lignes")
