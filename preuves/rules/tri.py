"""Which preuves a list shows, out of all those of a dossier."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from comptes.rules import texts
from preuves.enums import Tri


@dataclass(frozen=True)
class Choix:
    """What somebody asked of a list of preuves; each empty value asks nothing.

    :param etat: one of `Tri`
    """

    etat: str = ""
    nature: str = ""
    guichet: str = ""
    text: str = ""

    @property
    def is_made(self) -> bool:
        return bool(self.etat or self.nature or self.guichet or self.text.strip())


@dataclass(frozen=True)
class Traits:
    """What a preuve is told by in a list.

    :param etats: those of `Tri` to which it answers
    :param searched: all that a search looks into
    """

    etats: frozenset[str]
    nature: str
    guichet: str
    searched: str


def traits(
    *, is_due: bool, is_dispensed: bool, state: str, is_mine: bool, nature: str, guichet: str, searched: str
) -> Traits:
    """Tell one preuve.

    :param state: of the preuve, as `PreuveState`; empty before the first deposit
    :param is_mine: whether it was assigned to the reader
    """
    told = {
        Tri.TO_DEPOSIT: is_due and not state,
        Tri.TO_CORRECT: is_due and state == "to_correct",
        Tri.INHERITED: is_dispensed,
        Tri.MINE: is_mine,
    }
    return Traits(frozenset(etat.value for etat, true in told.items() if true), nature, guichet, searched)


def keeps(choix: Choix, it: Traits) -> bool:
    """Say whether a list that was asked for this shows that preuve: every word of the search is in it."""
    if choix.etat and choix.etat not in it.etats:
        return False
    if choix.nature not in ("", it.nature) or choix.guichet not in ("", it.guichet):
        return False
    if not choix.text.strip():
        return True
    within = _folded(it.searched)
    return all(word in within for word in _folded(choix.text).split())


def _folded(text: str) -> str:
    letters = unicodedata.normalize("NFKD", texts.identifier(text).casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).replace("’", "'")
