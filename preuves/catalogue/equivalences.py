"""Reads a workbook into a table of équivalences between two dispositifs, with all that is wrong in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import BinaryIO

from candidatures.catalogue.specs import DispositifSpec
from comptes.canonical import fingerprint

from .headers import Columns, column_missing, column_twice, header_key, unknown_column
from .html import plain
from .problems import Problem, gathered
from .profils import Profiler
from .rem import RemSpec
from .unseen import Warned
from .workbook import Layout, WorkbookRow, read_sheet

LONGEST_NUMERO = 60
LONGEST_NOTE = 500


class EquivalenceColumn(StrEnum):
    """What a column holds; the value is its header."""

    SOURCE = "N° preuve source"
    CIBLE = "N° preuve cible"
    CONDITION = "Condition"
    NOTE = "Note"


REQUIRED = (EquivalenceColumn.SOURCE, EquivalenceColumn.CIBLE)
# Folded (see `headers.header_key`).
ALIASES: Mapping[EquivalenceColumn, tuple[str, ...]] = {
    EquivalenceColumn.SOURCE: ("no preuve source", "preuve source", "no source", "source"),
    EquivalenceColumn.CIBLE: ("no preuve cible", "preuve cible", "no cible", "cible"),
    EquivalenceColumn.CONDITION: ("condition", "conditions", "condition profil", "condition profils"),
    EquivalenceColumn.NOTE: ("note", "notes", "remarque", "remarques", "commentaire", "commentaires"),
}


@dataclass(frozen=True)
class EquivalenceSpec:
    """One line: the preuve `source`, once accepted, counts for the preuve `cible`.

    :param profils: codes of the target; the line counts for those who present no other profil. Empty: for everybody
    """

    source: str
    cible: str
    profils: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class TableSpec:
    """A whole table, in the order of its workbook; each N° cible is in it once."""

    lines: tuple[EquivalenceSpec, ...] = ()

    @property
    def sha256(self) -> str:
        """The sha256 of the content: the same lines in another order are the same table."""
        return fingerprint(sorted(self.lines, key=lambda line: line.cible))


@dataclass(frozen=True)
class TableReading:
    """The result of reading a workbook; see `reading.WorkbookReading`."""

    spec: TableSpec
    problems: tuple[Problem, ...]
    sheets: tuple[tuple[str, str], ...] = ()
    warned: tuple[Warned, ...] = ()

    @property
    def blocked(self) -> bool:
        return any(problem.blocks for problem in self.problems)


@dataclass(frozen=True)
class Side:
    """One dispositif of a pair, with its latest REM; `rem` is None, and `title` empty, when it has none."""

    dispositif: DispositifSpec
    rem: RemSpec | None = None
    title: str = ""

    @property
    def numeros(self) -> frozenset[str]:
        return frozenset(line[-1].numero for line in self.rem.preuves()) if self.rem else frozenset()


def read_equivalences(file: BinaryIO, name: str, *, source: Side, cible: Side) -> TableReading:
    """Read a workbook of équivalences. Nothing is raised: each problem is listed with its cell."""
    sheet = read_sheet(file, name, EQUIVALENCES)
    understanding = _Understanding(source, cible, list(sheet.problems))
    understanding.problems += _without_rem(source, cible, name)
    lines = tuple(understanding.lines(sheet.rows))
    sheets = ((name, sheet.name),) if sheet.name else ()
    return TableReading(TableSpec(lines), gathered(understanding.problems), sheets, sheet.warned)


def _without_rem(source: Side, cible: Side, name: str) -> Iterator[Problem]:
    if source.dispositif.code == cible.dispositif.code:
        yield Problem("", "La démarche source et la démarche cible sont la même.", file=name)
    for side in (source, cible):
        if side.rem is None:
            yield Problem("", f"«\u00a0{side.dispositif.nom}\u00a0» n’a pas encore de REM publié.", file=name)


@dataclass
class _Understanding:
    """Turns rows into lines of the table, and collects their problems."""

    source: Side
    cible: Side
    problems: list[Problem]
    given: dict[str, str] = field(default_factory=dict)

    def lines(self, rows: Sequence[WorkbookRow]) -> Iterator[EquivalenceSpec]:
        profiler = Profiler(self.cible.dispositif)
        numeros = self.source.numeros, self.cible.numeros
        for row in rows:
            source = self._numero(row, EquivalenceColumn.SOURCE, self.source, *numeros)
            cible = self._numero(row, EquivalenceColumn.CIBLE, self.cible, *reversed(numeros))
            condition, note = self._profils(row, profiler), self._note(row)
            if source and cible and not self._is_given(row, cible):
                yield EquivalenceSpec(source, cible, condition, note)

    def _numero(
        self, row: WorkbookRow, column: EquivalenceColumn, side: Side, known: frozenset[str], other: frozenset[str]
    ) -> str:
        """Read a N° of the latest REM of its side; empty when that REM does not have it."""
        numero = plain(row[column])
        if not numero:
            self._say(row, column, f"«\u00a0{column.value}\u00a0» est vide.")
        elif numero in known or side.rem is None:
            return numero[:LONGEST_NUMERO]
        else:
            rem = f"{side.title} de «\u00a0{side.dispositif.nom}\u00a0»"
            there = ", mais dans celui de l’autre démarche" if numero in other else ""
            self._say(row, column, f"La preuve {numero[:LONGEST_NUMERO]} n’est pas dans le {rem}{there}.")
        return ""

    def _is_given(self, row: WorkbookRow, cible: str) -> bool:
        """Whether an earlier line already gives that preuve; if so, it is reported."""
        first = self.given.setdefault(cible, row.cell(EquivalenceColumn.CIBLE))
        if first == row.cell(EquivalenceColumn.CIBLE):
            return False
        sentence = f"La preuve {cible} est déjà donnée en {first}\u00a0: une ligne suffit."
        self._say(row, EquivalenceColumn.CIBLE, sentence, there=first)
        return True

    def _profils(self, row: WorkbookRow, profiler: Profiler) -> tuple[str, ...]:
        """Read a condition, which may only name profils of the target."""
        read = profiler.read(row[EquivalenceColumn.CONDITION])
        strangers = [code for code in read.codes if code not in profiler.metier]
        for name in (*read.unknown, *strangers):
            sentence = (
                f"«\u00a0{name[:100]}\u00a0» n’est pas un profil de «\u00a0{self.cible.dispositif.nom}\u00a0»\u00a0: "
                "une condition nomme des profils, le reste va dans la note."
            )
            self._say(row, EquivalenceColumn.CONDITION, sentence)
        if read.sauf:
            self._say(
                row, EquivalenceColumn.CONDITION, "Une condition n’a pas d’exception\u00a0: nommez les profils admis."
            )
        return tuple(code for code in read.codes if code in profiler.metier)

    def _note(self, row: WorkbookRow) -> str:
        note = plain(row[EquivalenceColumn.NOTE])
        if len(note) > LONGEST_NOTE:
            self._say(row, EquivalenceColumn.NOTE, f"La note a plus de {LONGEST_NOTE} caractères.")
        return note[:LONGEST_NOTE]

    def _say(self, row: WorkbookRow, column: EquivalenceColumn, sentence: str, *, there: str = "") -> None:
        self.problems.append(row.problem(column, sentence, there=there))


def _known(headers: Sequence[str]) -> int:
    return sum(_meaning(header) is not None for header in headers)


def _columns(headers: Sequence[str], row: int) -> Columns:
    """Find each column; an unknown one is reported, a missing one blocks."""
    places: dict[str, int] = {}
    problems = []
    for index, header in enumerate(headers):
        column = _meaning(header)
        if header and column is None:
            problems.append(unknown_column(header, index, row))
        elif column is not None and (first := places.setdefault(column, index)) != index:
            problems.append(column_twice(header, first, index, row))
    problems += [column_missing(column.value, row) for column in REQUIRED if column not in places]
    return Columns(places, problems=tuple(problems))


def _meaning(header: str) -> EquivalenceColumn | None:
    key = header_key(header)
    return next((column for column, aliases in ALIASES.items() if key in aliases), None)


def _identifiers(columns: Columns) -> Mapping[int, str]:
    return {columns.of[column]: column.value for column in REQUIRED if column in columns.of}


EQUIVALENCES = Layout("equivalences", "d’une table d’équivalences", _known, len(REQUIRED), _columns, _identifiers)
