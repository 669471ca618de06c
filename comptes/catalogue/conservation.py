"""How long the portal keeps what it holds: one file, read once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

PATH = Path(__file__).resolve().parents[2] / "catalogue" / "conservation" / "portail.toml"
TECHNICAL = "technique"


class Fate(StrEnum):
    """What becomes of a category at its term."""

    ANONYMISE = "anonymiser"
    EMPTY = "vider"
    ERASE = "effacer"
    ARCHIVE = "archiver"


@dataclass(frozen=True)
class Category:
    """One category. `months`: after what `after` says in French; `columns`: the texts of each model, by its name.

    `content`, `purpose` and `readers` say in French what it holds, what for, and who reads it.
    """

    code: str
    label: str
    content: str
    purpose: str
    readers: str
    after: str
    months: int
    fate: Fate
    columns: Mapping[str, tuple[str, ...]]


@cache
def categories() -> dict[str, Category]:
    """Every category by its code, except the technical columns."""
    document = tomllib.loads(PATH.read_text(encoding="utf-8"))
    return {
        code: Category(
            code,
            category["nom"],
            category["contenu"],
            category["pourquoi"],
            category["lecteurs"],
            category["apres"],
            category["mois"],
            Fate(category["sort"]),
            _columns(category["colonnes"]),
        )
        for code, category in document.items()
        if code != TECHNICAL
    }


@cache
def technical_columns() -> Mapping[str, tuple[str, ...]]:
    """The technical columns, which hold nothing personal, by model."""
    document = tomllib.loads(PATH.read_text(encoding="utf-8"))
    return _columns(document[TECHNICAL]["colonnes"])


def _columns(document: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {model: tuple(names) for model, names in document.items()}
