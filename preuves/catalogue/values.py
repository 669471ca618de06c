"""Reads the cells of a row: each gives a value, or a problem that says why there is none."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from comptes.typography import with_apostrophes
from preuves.enums import Force, Perimetre

from .headers import Column, folded
from .html import html_of, plain
from .problems import Problem
from .profils import Profiler, Profils
from .rem import GENERAL
from .workbook import WorkbookRow

LONGEST: Mapping[Column, int] = {
    Column.IDENTIFIANT: 60,
    Column.NUMERO_SCENARIO: 60,
    Column.NUMERO_PREUVE: 60,
    Column.CHAPITRE: 200,
    Column.FONCTION: 200,
    Column.CRITICITE: 40,
}
# What a page shows as a name; identifiers are kept as they are.
NAMES = frozenset({Column.CHAPITRE, Column.FONCTION, Column.CRITICITE})
PERIMETRES = {"1": Perimetre.VAGUE_1, "2": Perimetre.VAGUE_2}
FORMER = "/va1."
VAGUE = re.compile(r"(?:vague|v|va)? ?([12])")
ORDRE = re.compile(r"\d{1,9}(?:[.,]\d{1,9})?")
LAST = float("inf")
REMEMBERED = 1000


@dataclass
class Values:
    """Reads cells and collects their problems; a text that comes again soon is cleaned only once."""

    profiler: Profiler
    problems: list[Problem] = field(default_factory=list)
    _html: dict[str, str] = field(default_factory=dict)

    def say(
        self, row: WorkbookRow, where: Column | int, sentence: str, *, blocks: bool = True, there: str = ""
    ) -> None:
        self.problems.append(row.problem(where, sentence, blocks=blocks, there=there))

    def say_absent(self, row: WorkbookRow, column: Column, sentence: str) -> None:
        """Say that a row lacks what it must have, unless the sheet has no such column, which is said once."""
        if column in row.places:
            self.say(row, column, sentence)

    def html(self, cell: str) -> str:
        if cell not in self._html:
            if len(self._html) >= REMEMBERED:
                self._html.clear()
            self._html[cell] = html_of(cell)
        return self._html[cell]

    def label(self, row: WorkbookRow, column: Column) -> str:
        """Read words on one line, no longer than can be stored."""
        return self.label_at(row, row.places.get(column, -1), column)

    def label_at(self, row: WorkbookRow, place: int, column: Column) -> str:
        label = plain(row.at(place)) if place >= 0 else ""
        if column in NAMES:
            label = with_apostrophes(label)
        if len(label) > (longest := LONGEST[column]):
            self.say(row, place, f"«\u00a0{column.value}\u00a0» a plus de {longest} caractères.")
        return label[:longest]

    def perimetre(self, row: WorkbookRow) -> str:
        """Read the vague; without that column, it is in the N° of the exigence."""
        if Column.PERIMETRE not in row.places:
            is_former = FORMER in folded(row[Column.IDENTIFIANT])
            return (Perimetre.VAGUE_1 if is_former else Perimetre.VAGUE_2).value
        cell = plain(row[Column.PERIMETRE])
        if match := VAGUE.fullmatch(folded(cell)):
            return PERIMETRES[match[1]].value
        either = "ni «\u00a0Vague 1\u00a0» ni «\u00a0Vague 2\u00a0»"
        sentence = f"Le périmètre «\u00a0{cell}\u00a0» n’est {either}."
        self.say(row, Column.PERIMETRE, sentence if cell else f"Le périmètre n’est pas renseigné\u00a0: {either}.")
        return Perimetre.VAGUE_2.value

    def force(self, row: WorkbookRow) -> str:
        cell = folded(plain(row[Column.FORCE]))
        for force in Force:
            if cell.startswith(force.value):
                return force.value
        if cell:
            self.say(
                row, Column.FORCE, f"«\u00a0{row[Column.FORCE]}\u00a0» n’est ni une exigence ni une préconisation."
            )
        return Force.EXIGENCE.value

    def profils(self, row: WorkbookRow) -> Profils:
        """Read which profils the exigence concerns; an empty cell means everybody, and is reported."""
        profils = self._profils(row, Column.PROFIL)
        if not profils.codes and not profils.unknown and Column.PROFIL in row.places:
            self.say(
                row, Column.PROFIL, "Le profil n’est pas renseigné\u00a0: lu comme «\u00a0Général\u00a0».", blocks=False
            )
        return Profils(profils.codes or (GENERAL,), profils.sauf)

    def profils_historiques(self, row: WorkbookRow) -> tuple[str, ...]:
        profils = self._profils(row, Column.PROFIL_HISTORIQUE)
        if profils.sauf:
            self.say(
                row, Column.PROFIL_HISTORIQUE, "Un profil historique n’a pas d’exception\u00a0: nommez les profils."
            )
        return profils.codes

    def _profils(self, row: WorkbookRow, column: Column) -> Profils:
        profils = self.profiler.read(row[column])
        for name in profils.unknown:
            self.say(row, column, f"Le profil «\u00a0{name}\u00a0» n’existe pas dans ce dispositif.")
        return profils

    def ordre(self, row: WorkbookRow) -> float:
        cell = plain(row[Column.ORDRE])
        if ORDRE.fullmatch(cell):
            return float(cell.replace(",", "."))
        if cell:
            self.say(
                row,
                Column.ORDRE,
                f"L’ordre «\u00a0{cell[:40]}\u00a0» n’est pas un nombre\u00a0: rangé à la fin.",
                blocks=False,
            )
        return LAST
