"""The headers of the REM workbook: what each column holds, however its header is spelt."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from openpyxl.utils import get_column_letter

from .problems import Problem


class Column(StrEnum):
    """What a column holds; the value is the agency's own header."""

    PERIMETRE = "Périmètre"
    IDENTIFIANT = "ID"
    CHAPITRE = "Chapitre"
    FONCTION = "Fonction"
    EXIGENCE = "Exigence"
    COMMENTAIRE = "Commentaire"
    PROFIL = "Profil"
    NUMERO_SCENARIO = "N° scénario"
    SCENARIO = "Scénario de conformité"
    NUMERO_PREUVE = "N° preuve"
    PREUVE = "Preuve"
    PROFIL_HISTORIQUE = "Profil historique"
    CRITICITE = "Criticité"
    ORDRE = "Ordre"
    FORCE = "Nature de l’exigence"


OPTIONAL = {Column.FORCE}
OF_PREUVES = (Column.NUMERO_PREUVE, Column.PREUVE)
# Folded (see `folded`), without « de », « du », « la »… The first of a line wins when two columns could hold the same.
ALIASES: Mapping[Column, tuple[str, ...]] = {
    Column.PERIMETRE: ("perimetre", "vague"),
    Column.IDENTIFIANT: ("id", "no exigence", "id exigence", "identifiant", "identifiant exigence"),
    Column.CHAPITRE: ("chapitre", "bloc", "section", "bloc fonctionnel"),
    Column.FONCTION: ("fonction", "fonctions", "fonctionnalite"),
    Column.EXIGENCE: ("exigence", "enonce exigence", "libelle exigence", "texte exigence"),
    Column.COMMENTAIRE: ("commentaire", "commentaires"),
    Column.PROFIL: ("profil", "profils"),
    Column.NUMERO_SCENARIO: ("no scenario", "id scenario", "no scenario conformite"),
    Column.SCENARIO: ("scenario conformite", "scenario", "scenarios conformite"),
    Column.PROFIL_HISTORIQUE: ("profil historique", "profils historiques"),
    Column.CRITICITE: ("criticite",),
    Column.ORDRE: ("ordre",),
    Column.FORCE: ("nature exigence",),
}
# The agency writes its definition of the word after it: « Énoncé de l'exigence (ce que le logiciel doit…) ».
BEGINNINGS: Mapping[Column, str] = {Column.EXIGENCE: "enonce exigence "}
NUMBERED = re.compile(r"(no preuve|id preuve|preuve) ?(\d{1,3})?")
SMALL_WORDS = re.compile(r"\b(?:de|du|des|d|la|le|les|l)\b")
NUMERO = re.compile(r"\bn(?:[°º]|o\b|um\b|umero\b)\.?")
ENOUGH = 4
"""From how many known headers on a row is the one of the headers."""


@dataclass(frozen=True)
class Columns:
    """The index of each column, from 0; `preuves`: pairs (N°, text), a single one in the agency's own layout."""

    of: Mapping[str, int]
    preuves: tuple[tuple[int, int], ...] = ()
    problems: tuple[Problem, ...] = ()


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Return a text ready to compare: lower case, no accents, single spaces, plain apostrophes."""
    spaced = text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")
    marks = unicodedata.normalize("NFD", spaced.casefold())
    return " ".join("".join(character for character in marks if not unicodedata.combining(character)).split())


def header_key(header: str) -> str:
    """Return a header as the aliases are written."""
    key = NUMERO.sub("no ", folded(header))
    key = SMALL_WORDS.sub(" ", re.sub(r"[^a-z0-9 ]", " ", key.replace("(s)", "")))
    return " ".join(key.split())


def known_headers(headers: Sequence[str]) -> int:
    """Count the headers of a row that we know."""
    return sum(1 for header in headers if _meaning(header_key(header)) is not None)


def read_headers(headers: Sequence[str], row: int) -> Columns:
    """Find each column; an unknown one is reported, a missing one blocks.

    :param row: the number of the row in the sheet, for the problems
    """
    places_of: dict[Column, list[tuple[int, int]]] = {}
    numbered: dict[Column, dict[str, int]] = {column: {} for column in OF_PREUVES}
    problems = []
    for index, header in enumerate(headers):
        if not header:
            continue
        meaning = _meaning(header_key(header))
        if meaning is None:
            problems.append(unknown_column(header, index, row))
        elif isinstance(meaning[1], str):
            if (first := numbered[meaning[0]].setdefault(meaning[1], index)) != index:
                problems.append(column_twice(header, first, index, row))
        else:
            places_of.setdefault(meaning[0], []).append((meaning[1], index))
    for places in places_of.values():
        problems += _others(headers, sorted(places), row)
    preuves, missing = _pairs(numbered, row)
    absent = [
        column for column in Column if column not in places_of and column not in OPTIONAL and column not in OF_PREUVES
    ]
    problems += [*missing, *(column_missing(column.value, row) for column in absent)]
    return Columns({column: min(places)[1] for column, places in places_of.items()}, preuves, tuple(problems))


def cell_name(index: int, row: int) -> str:
    """Return the name of a cell, its column counted from 0."""
    return f"{get_column_letter(index + 1)}{row}"


def _meaning(key: str) -> tuple[Column, int | str] | None:
    """Return the column that a header names, with the rank of its alias, or with the number of its preuve."""
    if match := NUMBERED.fullmatch(key):
        column = Column.PREUVE if match[1] == "preuve" else Column.NUMERO_PREUVE
        return column, str(int(match[2])) if match[2] else ""
    for column, aliases in ALIASES.items():
        if key in aliases:
            return column, aliases.index(key)
        if column in BEGINNINGS and key.startswith(BEGINNINGS[column]):
            return column, len(aliases)
    return None


def _others(headers: Sequence[str], places: list[tuple[int, int]], row: int) -> list[Problem]:
    """When several columns could hold the same thing, read the first alias; the very same header twice blocks."""
    rank, first = places[0]
    return [
        column_twice(headers[index], first, index, row) if other == rank else unknown_column(headers[index], index, row)
        for other, index in places[1:]
    ]


def _pairs(numbered: Mapping[Column, Mapping[str, int]], row: int) -> tuple[tuple[tuple[int, int], ...], list[Problem]]:
    numeros, textes = (numbered[column] for column in OF_PREUVES)
    problems = []
    if not numeros and not textes:
        problems = [column_missing(column.value, row) for column in OF_PREUVES]
    for number in sorted(numeros.keys() ^ textes.keys()):
        absent = Column.PREUVE if number in numeros else Column.NUMERO_PREUVE
        problems.append(column_missing(f"{absent.value} {number}".strip(), row))
    whole = sorted(numeros.keys() & textes.keys(), key=lambda number: numeros[number])
    return tuple((numeros[number], textes[number]) for number in whole), problems


def unknown_column(header: str, index: int, row: int) -> Problem:
    return Problem(cell_name(index, row), f"La colonne «\u00a0{header}\u00a0» n’est pas lue.", blocks=False)


def column_twice(header: str, first: int, index: int, row: int) -> Problem:
    there = cell_name(first, row)
    return Problem(cell_name(index, row), f"La colonne «\u00a0{header}\u00a0» est déjà en {there}.")


def column_missing(header: str, row: int) -> Problem:
    return Problem(f"A{row}", f"La colonne «\u00a0{header}\u00a0» manque dans la ligne {row}, celle des en-têtes.")
