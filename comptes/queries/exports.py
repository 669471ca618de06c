"""The lists that can be exported: each app registers its own, and one function writes them all."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from comptes.models import Compte
from comptes.rules.colonnes import in_words
from comptes.rules.tableurs import Row


@dataclass(frozen=True)
class Liste:
    """A list that people export.

    :param columns: the headings
    :param reads: who may export it
    :param rows: yields its rows, with what the address asks (such as `dispositif` and `q`), its reader and the instant
    """

    code: str
    label: str
    columns: tuple[str, ...]
    reads: Callable[[Compte], bool]
    rows: Callable[[Mapping[str, str], Compte, datetime], Iterable[Row]]

    @property
    def headings(self) -> tuple[str, ...]:
        """Its columns, in words."""
        return tuple(map(in_words, self.columns))


_listes: dict[str, Liste] = {}


def register_listes(*listes: Liste) -> None:
    """Let an app have its lists exported."""
    _listes.update({liste.code: liste for liste in listes})


def liste_called(code: str, reader: Compte) -> Liste | None:
    """Return a list by its code; None when there is none, or when this person may not export it."""
    liste = _listes.get(code)
    return liste if liste and liste.reads(reader) else None


def listes_for(reader: Compte) -> list[Liste]:
    """Return the lists that this person may export, by label."""
    return sorted((liste for liste in _listes.values() if liste.reads(reader)), key=lambda liste: liste.label)
