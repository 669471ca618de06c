"""The headers of the REM workbook: what each column holds, however its header is spelt."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache

from .grid import cell_name
from .identifiers import is_invisible
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


# A published layout leaves some columns out: what is read instead, as the end of a sentence.
DEFAULTS: Mapping[Column, str] = {
    Column.PERIMETRE: "une exigence est lue en vague 1 quand son N° contient «\u00a0/va1.\u00a0», en vague 2 sinon",
    Column.COMMENTAIRE: "les exigences sont lues sans commentaire",
    Column.PROFIL_HISTORIQUE: "aucune preuve ne sera reprise d’un référencement de la vague 1",
    Column.CRITICITE: "les exigences sont lues sans criticité",
    Column.ORDRE: "l’ordre est celui des lignes",
    Column.FORCE: "",
}
OF_EXIGENCES = (Column.IDENTIFIANT, Column.NUMERO_SCENARIO)
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
NUMERO = re.compile(r"\bn(?:[°º]|o\b|um\b|umero\b|(?=\.? (?:de |d'|du )?(?:l')?(?:exigence|scenario|preuve)))\.?")
# What is written around a header: its rank before it, a remark in parentheses after it.
AROUND = re.compile(r"^\d{1,2} ?[.)] ?|\s*\([^)]*\)\s*$")
ALIKE = 0.8
ENOUGH = 4
"""From how many known headers on a row is the one of the headers."""


@dataclass(frozen=True)
class Columns:
    """The index of each column, from 0; `preuves`: pairs (N°, text), a single one in the agency's own layout."""

    of: Mapping[str, int]
    preuves: tuple[tuple[int, int], ...] = ()
    problems: tuple[Problem, ...] = ()


def identifiers_of(columns: Columns) -> Mapping[int, str]:
    """Return the places of the columns that hold N°, with what each numbers."""
    numbered = {columns.of[column]: column.value for column in OF_EXIGENCES if column in columns.of}
    return numbered | {place: Column.NUMERO_PREUVE.value for place, _ in columns.preuves}


# Of French: nothing of it is invisible, and its accents are the marks of one range.
BEYOND_LATIN = re.compile("[^\\s\x20-\x7e\u00a0-\u00ac\u00ae-\u024f‘’“”–—…€•]")
ACCENTS = re.compile("[\u0300-\u036f]+")


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Return a text ready to compare: lower case, no accents, single spaces, plain apostrophes."""
    if text.isascii():
        return " ".join(text.casefold().split())
    if not BEYOND_LATIN.search(text):
        marks = unicodedata.normalize("NFD", text.replace("’", "'").casefold())
        return " ".join(ACCENTS.sub("", marks).split())
    return _folded(text)


def _folded(text: str) -> str:
    """Return the same of a text in any alphabet."""
    seen = "".join(character for character in text if not is_invisible(character))
    spaced = seen.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")
    marks = unicodedata.normalize("NFD", spaced.casefold())
    return " ".join("".join(character for character in marks if not unicodedata.combining(character)).split())


def header_key(header: str) -> str:
    """Return a header as the aliases are written."""
    key = NUMERO.sub("no ", folded(header))
    key = SMALL_WORDS.sub(" ", re.sub(r"[^a-z0-9 ]", " ", key.replace("(s)", "")))
    return " ".join(key.split())


def _meaning_of(header: str) -> tuple[Column, int | str] | None:
    """Return what a header names, with or without what is written around it."""
    return _meaning(header_key(header)) or _meaning(header_key(AROUND.sub("", folded(header))))


def known_headers(headers: Sequence[str]) -> int:
    """Count the headers of a row that we know."""
    return sum(1 for header in headers if _meaning_of(header) is not None)


def read_headers(headers: Sequence[str], row: int) -> Columns:
    """Find each column; an unknown one is reported, as is a missing one, which blocks when nothing can replace it.

    :param row: the number of the row in the sheet, for the problems
    """
    places_of: dict[Column, list[tuple[int, int]]] = {}
    numbered: dict[Column, dict[str, int]] = {column: {} for column in OF_PREUVES}
    problems = []
    for index, header in enumerate(headers):
        if not header:
            continue
        meaning = _meaning_of(header)
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
    absent = [column for column in Column if column not in places_of and column not in OF_PREUVES]
    problems += [*missing, *_absent(absent, headers, row)]
    return Columns({column: min(places)[1] for column, places in places_of.items()}, preuves, tuple(problems))


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


def _absent(columns: Sequence[Column], headers: Sequence[str], row: int) -> Iterator[Problem]:
    """Say of each missing column what is read instead; one whose header is misspelt, or needed, blocks."""
    unknown = [header for header in headers if header and _meaning_of(header) is None]
    for column in columns:
        if column not in DEFAULTS:
            yield column_missing(column.value, row)
        elif alike := next((header for header in unknown if _is_alike(header, column)), ""):
            sentence = (
                f"La colonne «\u00a0{column.value}\u00a0» manque, et «\u00a0{alike}\u00a0» lui ressemble\u00a0: "
                "corrigez cet en-tête."
            )
            yield Problem(cell_name(headers.index(alike), row), sentence)
        elif DEFAULTS[column]:
            sentence = f"La colonne «\u00a0{column.value}\u00a0» manque\u00a0: {DEFAULTS[column]}."
            yield Problem(f"A{row}", sentence, blocks=False)


def _is_alike(header: str, column: Column) -> bool:
    key = header_key(header)
    return any(SequenceMatcher(None, key, alias).ratio() > ALIKE for alias in ALIASES[column])


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
