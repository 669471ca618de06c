"""The REM while it is gathered row by row: the first row that describes each item counts, and its place is kept."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .headers import Column, folded
from .html import plain
from .profils import Profils
from .values import LAST, Values
from .workbook import WorkbookRow


@dataclass(slots=True)
class DraftPreuve:
    numero: str
    texte: str
    row: WorkbookRow
    place: int
    scenario: DraftScenario


@dataclass(slots=True)
class DraftScenario:
    numero: str
    texte: str
    row: WorkbookRow
    exigence: DraftExigence
    preuves: list[DraftPreuve] = field(default_factory=list)


@dataclass(slots=True)
class DraftExigence:
    """One exigence, as its first row describes it; `ordre` is the smallest of all its rows.

    :param said: the hash of each cell of `COMPARED` in that row, which is not kept
    """

    identifiant: str
    chapitre: DraftChapitre
    row: WorkbookRow
    texte: str
    commentaire: str
    fonction: str
    criticite: str
    perimetre: str
    force: str
    profils: Profils
    profils_historiques: tuple[str, ...]
    rank: int
    hashes: array[int]
    ordre: float = LAST
    scenarios: list[DraftScenario] = field(default_factory=list)


@dataclass(slots=True)
class DraftChapitre:
    label: str
    row: WorkbookRow
    rank: int
    exigences: list[DraftExigence] = field(default_factory=list)

    @property
    def ordre(self) -> tuple[float, int]:
        return min(exigence.ordre for exigence in self.exigences), self.rank


# Columns that must be the same on every row of an exigence; then those where the first row is kept.
SAME = {
    Column.EXIGENCE: "texte",
    Column.PERIMETRE: "perimetre",
    Column.PROFIL: "profils",
    Column.PROFIL_HISTORIQUE: "profils_historiques",
    Column.FORCE: "force",
}
FIRST_HOLDS = {Column.COMMENTAIRE: "commentaire", Column.FONCTION: "fonction", Column.CRITICITE: "criticite"}
COMPARED = (*SAME, *FIRST_HOLDS)


class Gathering:
    """Puts rows together into chapitres, exigences, scénarios and preuves, in either layout."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self.chapitres: dict[str, DraftChapitre] = {}
        self.exigences: dict[str, DraftExigence] = {}
        self.scenarios: dict[str, DraftScenario] = {}
        self.preuves: dict[str, DraftPreuve] = {}

    def add(self, row: WorkbookRow) -> None:
        """Take in one row; what it repeats must agree with the rows before."""
        identifiant = self.values.label(row, Column.IDENTIFIANT)
        if not identifiant:
            self.values.say_absent(row, Column.IDENTIFIANT, "La ligne n’a pas d’identifiant d’exigence.")
            return
        exigence = self._exigence(row, identifiant)
        exigence.ordre = min(exigence.ordre, self.values.ordre(row))
        scenario = self._scenario(row, exigence)
        for numero, place, texte in self._said_preuves(row):
            self._preuve(row, scenario, numero, place, texte)

    def _exigence(self, row: WorkbookRow, identifiant: str) -> DraftExigence:
        known = self.exigences.get(identifiant)
        if known:
            self._compare(row, known)
            return known
        exigence = self._new_exigence(row, identifiant, self._chapitre(row))
        self.exigences[identifiant] = exigence
        exigence.chapitre.exigences.append(exigence)
        if not exigence.texte:
            self.values.say_absent(row, Column.EXIGENCE, f"L’exigence {identifiant} n’a pas d’énoncé.")
        return exigence

    def _new_exigence(self, row: WorkbookRow, identifiant: str, chapitre: DraftChapitre) -> DraftExigence:
        values = self.values
        return DraftExigence(
            identifiant=identifiant,
            chapitre=chapitre,
            row=row.bare(),
            texte=values.html(row[Column.EXIGENCE]),
            commentaire=values.html(row[Column.COMMENTAIRE]),
            fonction=values.label(row, Column.FONCTION),
            criticite=values.label(row, Column.CRITICITE),
            perimetre=values.perimetre(row),
            force=values.force(row),
            profils=values.profils(row),
            profils_historiques=values.profils_historiques(row),
            rank=len(self.exigences),
            hashes=array("q", (hash(row[column]) for column in COMPARED)),
        )

    def _chapitre(self, row: WorkbookRow) -> DraftChapitre:
        label = self.values.label(row, Column.CHAPITRE)
        if not label:
            self.values.say_absent(row, Column.CHAPITRE, "La ligne n’a pas de chapitre.")
        return self.chapitres.setdefault(folded(label), DraftChapitre(label, row.bare(), len(self.chapitres)))

    def _compare(self, row: WorkbookRow, known: DraftExigence) -> None:
        """Check a further row of an exigence: an empty cell counts as a repetition, a different content is refused."""
        label = self.values.label(row, Column.CHAPITRE)
        if label and known.chapitre.label and folded(label) != folded(known.chapitre.label):
            self._differs(row, Column.CHAPITRE, known)
        others = [
            column
            for column, hashes in zip(COMPARED, known.hashes, strict=True)
            if row[column] and hash(row[column]) != hashes
        ]
        if not others:
            return
        again = self._new_again(row, known, others)
        for column in others:
            name = SAME.get(column) or FIRST_HOLDS[column]
            if getattr(again, name) != getattr(known, name):
                self._differs(row, column, known, blocks=column in SAME)

    def _new_again(self, row: WorkbookRow, known: DraftExigence, others: Sequence[Column]) -> DraftExigence:
        """Read the exigence again from another row, without reporting again the problems of cells that only repeat."""
        before = len(self.values.problems)
        again = self._new_exigence(row, known.identifiant, known.chapitre)
        repeated = {row.cell(column) for column in COMPARED if column not in others}
        added = [problem for problem in self.values.problems[before:] if problem.cell not in repeated]
        self.values.problems[before:] = added
        return again

    def _differs(self, row: WorkbookRow, column: Column, known: DraftExigence, *, blocks: bool = True) -> None:
        there = place_of(known.row, known.row.cell(column), row)
        end = "" if blocks else "\u00a0: la première valeur est conservée"
        sentence = f"«\u00a0{column.value}\u00a0» de l’exigence {known.identifiant} est autre en {there}{end}."
        self.values.say(row, column, sentence, blocks=blocks, there=there)

    def _scenario(self, row: WorkbookRow, exigence: DraftExigence) -> DraftScenario | None:
        numero = self.values.label(row, Column.NUMERO_SCENARIO)
        texte = self.values.html(row[Column.SCENARIO])
        if not numero:
            if texte or any(True for _ in self._said_preuves(row, quiet=True)):
                self.values.say_absent(row, Column.NUMERO_SCENARIO, "Le scénario n’a pas de numéro.")
            return None
        known = self.scenarios.get(numero)
        if known is None:
            known = self.scenarios[numero] = DraftScenario(numero, texte, row.bare(), exigence)
            exigence.scenarios.append(known)
            return known
        there = place_of(known.row, known.row.cell(Column.NUMERO_SCENARIO), row)
        if known.exigence is not exigence:
            sentence = f"Le scénario {numero} est déjà en {there}, sous l’exigence {known.exigence.identifiant}."
            self.values.say(row, Column.NUMERO_SCENARIO, sentence, there=there)
        elif texte and texte != known.texte:
            sentence = f"Le scénario {numero} a un autre texte en {there}."
            self.values.say(row, Column.SCENARIO, sentence, there=there)
        return known

    def _said_preuves(self, row: WorkbookRow, *, quiet: bool = False) -> Iterator[tuple[str, int, str]]:
        for place, place_of_text in row.preuves:
            numero, texte = plain(row.at(place)), self.values.html(row.at(place_of_text))
            if not numero and not texte:
                continue
            if not quiet and not numero:
                self.values.say(row, place, "La preuve n’a pas de numéro.")
            elif not quiet and not texte:
                self.values.say(row, place_of_text, f"La preuve {numero} n’a pas de texte.")
            if numero:
                yield self._numero(row, place, quiet=quiet), place, texte
            elif quiet:
                yield "", place, texte

    def _numero(self, row: WorkbookRow, place: int, *, quiet: bool) -> str:
        return row.at(place) if quiet else self.values.label_at(row, place, Column.NUMERO_PREUVE)

    def _preuve(self, row: WorkbookRow, scenario: DraftScenario | None, numero: str, place: int, texte: str) -> None:
        known = self.preuves.get(numero)
        if known is None:
            if scenario is not None:
                preuve = self.preuves[numero] = DraftPreuve(numero, texte, row.bare(), place, scenario)
                scenario.preuves.append(preuve)
            return
        there = place_of(known.row, cell_of(known), row)
        if texte != known.texte:
            self.values.say(row, place, f"Le N° preuve {numero} a un autre texte en {there}.", there=there)
        elif scenario is not None and scenario is not known.scenario:
            sentence = f"Le N° preuve {numero} est déjà en {there}, sous le scénario {known.scenario.numero}."
            self.values.say(row, place, sentence, there=there)


def cell_of(preuve: DraftPreuve) -> str:
    return preuve.row.problem(preuve.place, "").cell


def place_of(there: WorkbookRow, cell: str, here: WorkbookRow) -> str:
    """Name a cell of another row, with its file when that is a different file."""
    return cell if there.file == here.file else f"{cell} de {there.file}"
