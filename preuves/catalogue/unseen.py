"""What the eye does not see in a workbook, and would be published: each kind is said with its cells, to be confirmed.

What a file does not say is not guessed: colours that a table's style would add, and words that somebody deleted for
good, are out of reach; of a conditional format, only the cells are said.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from .grid import Around, GridRow, Hiding, Kind, Mark, cell_name, column_index, column_name
from .identifiers import Oddity

HELD = re.compile(r" \(«.*?»\)")
END = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
SHOWN = 20
"""How many cells of a kind are listed with what they hold."""
LONGEST_WORDS = 60
LETTERS_LIKE_DIGITS = str.maketrans("oil", "011")
# A colour behind every row of a column is its design, and marks nothing; so is one behind a third of many rows.
DESIGN, MANY_ROWS = 1 / 3, 9


class Unseen(StrEnum):
    """The kinds, in the order in which they are said."""

    HIDDEN_SHEET_READ = "feuille_lue_masquee"
    HIDDEN_SHEETS = "feuilles_masquees"
    OTHER_SHEETS = "autres_feuilles"
    HIDDEN_ROWS = "lignes_masquees"
    FILTERED_ROWS = "lignes_filtrees"
    FOLDED_ROWS = "lignes_repliees"
    HIDDEN_COLUMNS = "colonnes_masquees"
    FOLDED_COLUMNS = "colonnes_repliees"
    STRUCK_ROWS = "lignes_barrees"
    STRUCK_WORDS = "mots_barres"
    RED_WORDS = "mots_rouges"
    FILLED_CELLS = "fonds_de_couleur"
    CONDITIONAL = "mises_en_forme_conditionnelles"
    UNSEEN_WORDS = "mots_invisibles"
    PICTURES = "images"
    INVISIBLE = "numeros_caracteres_invisibles"
    SPACE = "numeros_espaces"
    DASH = "numeros_tirets"
    LETTER = "numeros_autres_alphabets"
    CASE = "numeros_casse"
    ALIKE = "numeros_semblables"
    DATE = "numeros_dates"
    NUMBER = "numeros_nombres"


SENTENCES: Mapping[Unseen, str] = {
    Unseen.HIDDEN_SHEET_READ: "La feuille lue est masquée dans le classeur.",
    Unseen.HIDDEN_SHEETS: "Des feuilles masquées ne sont pas lues.",
    Unseen.OTHER_SHEETS: "Le classeur a d’autres feuilles, qui ne sont pas lues.",
    Unseen.HIDDEN_ROWS: "Des lignes masquées sont lues comme les autres.",
    Unseen.FILTERED_ROWS: "Des lignes masquées par un filtre sont lues comme les autres.",
    Unseen.FOLDED_ROWS: "Des lignes groupées et repliées sont lues comme les autres.",
    Unseen.HIDDEN_COLUMNS: "Des colonnes masquées sont lues comme les autres.",
    Unseen.FOLDED_COLUMNS: "Des colonnes groupées et repliées sont lues comme les autres.",
    Unseen.STRUCK_ROWS: "Des lignes barrées en entier ne sont pas lues.",
    Unseen.STRUCK_WORDS: "Des mots barrés ne sont pas repris.",
    Unseen.RED_WORDS: "Des mots en rouge, non barrés, sont repris\u00a0: leur couleur n’est pas lue.",
    Unseen.FILLED_CELLS: "Des cellules ont un fond de couleur\u00a0: il n’est pas lu, et leur texte est repris.",
    Unseen.CONDITIONAL: "Une mise en forme conditionnelle peut colorer ou barrer des cellules\u00a0: elle n’est pas "
    "lue, et leur texte est repris.",
    Unseen.UNSEEN_WORDS: "Un texte que rien ne montre (blanc sur blanc, trop petit, format vide) est repris.",
    Unseen.PICTURES: "Des images ou des zones de texte sont posées sur la feuille\u00a0: elles ne sont pas lues.",
    Unseen.INVISIBLE: "Des numéros contiennent des caractères invisibles\u00a0: ils sont lus sans eux.",
    Unseen.SPACE: "Des numéros contiennent des espaces inhabituels\u00a0: ils sont lus comme des espaces simples.",
    Unseen.DASH: "Des numéros contiennent des tirets inhabituels\u00a0: ils sont lus comme le tiret du clavier.",
    Unseen.LETTER: "Des numéros contiennent des lettres d’un autre alphabet\u00a0: elles sont lues comme les lettres "
    "latines qu’elles imitent.",
    Unseen.CASE: "Des numéros ne diffèrent que par la casse\u00a0: ils sont lus comme des numéros différents.",
    Unseen.ALIKE: "Des numéros ne diffèrent que par un O et un 0, ou un I et un 1\u00a0: ils sont lus comme des "
    "numéros différents.",
    Unseen.DATE: "Des numéros sont devenus des dates : le texte d’origine n’est pas connu.",
    Unseen.NUMBER: "Des numéros sont des nombres\u00a0: leurs zéros peuvent s’être perdus (12.10 devient 12.1).",
}
HIDDEN_ROWS = {
    Hiding.HIDDEN: Unseen.HIDDEN_ROWS,
    Hiding.FILTERED: Unseen.FILTERED_ROWS,
    Hiding.FOLDED: Unseen.FOLDED_ROWS,
}
ROWS = {*HIDDEN_ROWS.values(), Unseen.STRUCK_ROWS}
ODDITIES = {
    Oddity.INVISIBLE: Unseen.INVISIBLE,
    Oddity.SPACE: Unseen.SPACE,
    Oddity.DASH: Unseen.DASH,
    Oddity.LETTER: Unseen.LETTER,
}
KINDS = {Kind.DATE: Unseen.DATE, Kind.NUMBER: Unseen.NUMBER}


@dataclass(frozen=True)
class Warned:
    """One kind of thing that the eye does not see, in one file.

    :param places: the first cells, rows, columns or sheets, with what they hold when that says more
    :param count: how many there are
    :param key: changes with any of them: to confirm one is to confirm these places, with what they hold
    """

    kind: Unseen
    places: tuple[str, ...]
    count: int
    key: str
    file: str = ""
    sheet: str = ""

    @property
    def sentence(self) -> str:
        return SENTENCES[self.kind]

    @property
    def left(self) -> int:
        """How many places are not listed."""
        return self.count - len(self.places)

    @property
    def cells(self) -> str:
        """The places alone, without what they hold."""
        return self._said(tuple(HELD.sub("", place) for place in self.places))

    @property
    def where(self) -> str:
        """The places, in a sentence."""
        return self._said(self.places)

    def _said(self, places: tuple[str, ...]) -> str:
        rows = f"ligne{'s' if self.count > 1 else ''} " if self.kind in ROWS else ""
        left = f" et {self.left} autre{'s' if self.left > 1 else ''}" if self.left else ""
        return f"{rows}{', '.join(places)}{left}"


@dataclass
class _Gathered:
    places: list[str] = field(default_factory=list)
    count: int = 0
    hash: hashlib._Hash = field(default_factory=hashlib.sha256)

    def add(self, place: str) -> None:
        self.count += 1
        self.hash.update(f"{place}\x1f".encode(errors="surrogatepass"))
        if len(self.places) < SHOWN:
            self.places.append(place)


class Watch:
    """Gathers what the eye does not see while a sheet is read.

    :param identifiers: the places of the columns that hold N°, with what each numbers
    :param headers: the places that are read, with their header
    """

    def __init__(self, file: str, sheet: str) -> None:
        self.file, self.sheet = file, sheet
        self.identifiers: Mapping[int, str] = {}
        self.headers: Mapping[int, str] = {}
        self.gathered: dict[Unseen, _Gathered] = {}
        self.hidden: list[tuple[int, Hiding]] = []
        self.fills: dict[tuple[int, str], list[int]] = {}
        self.rows = self.first = 0
        # By what they number, the hash of each N° as another may look like it: then its own, its row and its column.
        self.written: dict[tuple[Unseen, str], dict[int, tuple[int, int, int]]] = {}

    def say(self, kind: Unseen, place: str) -> None:
        self.gathered.setdefault(kind, _Gathered()).add(place)

    def struck(self, place: int, number: int, content: str) -> None:
        if place in self.headers:
            self._say_words(Unseen.STRUCK_WORDS, place, number, content)

    def row(self, row: GridRow, texts: Sequence[str]) -> None:
        """Look at a row under the headers, before its N° are understood."""
        if row.hidden:
            self.hidden.append((row.number, row.hidden))
        self.rows += 1
        self.first = self.first or row.number
        for place, mark in row.marks.items():
            if place in self.headers and texts[place].strip():
                self._look(place, row.number, texts[place], mark)

    def _look(self, place: int, number: int, text: str, mark: Mark) -> None:
        if mark.look.fill:
            self.fills.setdefault((place, mark.look.fill), []).append(number)
        if mark.look.red:
            self.say(Unseen.RED_WORDS, cell_name(place, number))
        if mark.look.unseen:
            self._say_words(Unseen.UNSEEN_WORDS, place, number, text)
        if place in self.identifiers and mark.kind in KINDS:
            self._say_words(KINDS[mark.kind], place, number, text)

    def _say_words(self, kind: Unseen, place: int, number: int, text: str) -> None:
        self.say(kind, f"{cell_name(place, number)} («\u00a0{_short(text)}\u00a0»)")

    def identifier(self, place: int, number: int, text: str, oddities: Iterable[Oddity]) -> None:
        """Look at a N°, once it is in the characters of a keyboard."""
        for oddity in sorted(oddities):
            self._say_words(ODDITIES[oddity], place, number, text)
        folded = text.casefold()
        kinds = (Unseen.CASE, text, folded), (Unseen.ALIKE, folded, folded.translate(LETTERS_LIKE_DIGITS))
        for kind, exact, alike in kinds:
            written = self.written.setdefault((kind, self.identifiers[place]), {})
            known, row, column = written.setdefault(hash(alike), (hash(exact), number, place))
            if known != hash(exact):
                there = cell_name(column, row)
                self.say(kind, f"{cell_name(place, number)} («\u00a0{_short(text)}\u00a0») et {there}")

    def over(self, around: Around) -> None:
        """Look at what is known once every row was read."""
        filtered = _rows_of(around.filtered)
        for number, hiding in self.hidden:
            kind = HIDDEN_ROWS[Hiding.FILTERED if number in filtered else hiding]
            self.say(kind, str(number))
        for place, hiding in sorted(around.hidden_columns.items()):
            if place in self.headers:
                kind = Unseen.FOLDED_COLUMNS if hiding is Hiding.FOLDED else Unseen.HIDDEN_COLUMNS
                self.say(kind, f"{column_name(place)} («\u00a0{_short(self.headers[place])}\u00a0»)")
        for cells in dict.fromkeys(around.conditional):
            if self._holds(cells):
                self.say(Unseen.CONDITIONAL, cells)
        marked = [
            (number, place)
            for (place, _), numbers in self.fills.items()
            if not _is_design(len(numbers), self.rows)
            for number in numbers
        ]
        for number, place in sorted(marked):
            self.say(Unseen.FILLED_CELLS, cell_name(place, number))

    def _holds(self, cells: str) -> bool:
        """Whether a range such as `A1:N49`, or a cell, has a place that is read, under the headers."""
        start, _, end = cells.partition(":")
        first, last = END.fullmatch(start), END.fullmatch(end or start)
        if not first or not last or not self.rows:
            return False
        columns = range(column_index(first[1]), column_index(last[1]) + 1)
        return int(last[2]) >= self.first and any(place in columns for place in self.headers)

    def warned(self) -> tuple[Warned, ...]:
        """Return what was found, in the order of the kinds."""
        return tuple(
            Warned(kind, tuple(gathered.places), gathered.count, self._key(kind, gathered), self.file, self.sheet)
            for kind in Unseen
            if (gathered := self.gathered.get(kind))
        )

    def _key(self, kind: Unseen, gathered: _Gathered) -> str:
        there = f"{kind.value}\x1f{self.file}\x1f{self.sheet}\x1f{gathered.count}\x1f{gathered.hash.hexdigest()}"
        return hashlib.sha256(there.encode(errors="surrogatepass")).hexdigest()[:16]


def _is_design(coloured: int, rows: int) -> bool:
    return coloured >= rows or (rows > MANY_ROWS and coloured > rows * DESIGN)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_WORDS else f"{line[: LONGEST_WORDS - 1]}…"


def _rows_of(cells: str) -> range:
    """Return the rows that a range such as `A1:N49` covers."""
    ends = ["".join(filter(str.isdecimal, end)) for end in cells.split(":")]
    if len(ends) != 2 or not all(ends) or any(len(end) > 9 for end in ends):
        return range(0)
    return range(int(ends[0]), int(ends[1]) + 1)
