"""What becomes of each line of a list of a volet whose spreadsheet was sent back, before anything is written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from candidatures.catalogue.champs import Champ, ChampKind, Value
from candidatures.rules.answers import NotAnAnswer, answer
from candidatures.rules.members import faults_of_line
from comptes.catalogue.countries import FRANCE, code_named
from comptes.rules.companies import Company
from comptes.rules.figures import whole
from preuves.catalogue.classeur import day_of
from preuves.catalogue.headers import folded
from preuves.catalogue.tableaux import IDENTIFIANT, PAYS, LigneDeTableau
from preuves.enums import Effet

YES_NO = {"oui": "oui", "o": "oui", "vrai": "oui", "non": "non", "n": "non", "faux": "non"}
BETWEEN = re.compile(r"[;\n]")


@dataclass(frozen=True)
class Liste:
    """The list as it is now.

    :param lines: its lines; `version`: that of its answer, 0 when there is none
    :param choices: label by code, by the name of the list of choices
    :param editeur: the company that files
    :param most: how many lines it may have
    """

    champ: Champ
    lines: Sequence[Mapping[str, Value]]
    nru: str
    version: int
    choices: Mapping[str, Mapping[str, str]]
    editeur: Company | None
    most: int


@dataclass(frozen=True)
class Jugee:
    """What becomes of one line.

    :param row: its row in the spreadsheet; 0 for a line that is no longer there
    :param line: as it would be kept, or as it was when it is removed; None when it is refused
    :param before: as it was, when it is changed
    """

    row: int
    effet: Effet
    line: Mapping[str, Value] | None = None
    before: Mapping[str, Value] | None = None
    sentence: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Juges:
    """What becomes of the whole list; `problems`: what is wrong with the spreadsheet as a whole."""

    jugees: tuple[Jugee, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def value(self) -> Value:
        """The list that the spreadsheet asks for."""
        kept = (Effet.ADDED, Effet.CHANGED, Effet.SAME)
        return {"lignes": [dict(jugee.line) for jugee in self.jugees if jugee.effet in kept and jugee.line is not None]}

    @property
    def is_ready(self) -> bool:
        """Whether something changes, and nothing is refused."""
        effets = {jugee.effet for jugee in self.jugees}
        return not self.problems and Effet.REFUSED not in effets and bool(effets - {Effet.SAME})


class _NotTaken(ValueError):
    """A row is refused; the message is the French reason."""


def judged(lignes: Sequence[LigneDeTableau], liste: Liste) -> Juges:
    """Say what becomes of each line: added, changed, removed, the same, or refused with the reason."""
    if not any(ligne.candidature for ligne in lignes):
        return Juges(problems=(f"Aucune ligne ne porte le numéro {liste.nru}\u00a0: {_AGAIN}",))
    filled = [ligne for ligne in lignes if not ligne.is_blank]
    if not any(any(ligne.typed.values()) for ligne in filled):
        return Juges(problems=("Ce tableau n’a aucune ligne remplie. Pour vider la liste, utilisez le formulaire.",))
    if len(filled) > liste.most:
        return Juges(problems=(f"Ce tableau a {len(filled)} lignes remplies, pour {liste.most} au maximum.",))
    return Juges(tuple(_Judging(liste).judge(filled)))


_AGAIN = "téléchargez le tableau de nouveau, et remplissez-le."


class _Judging:
    """Judges the rows one after the other, since a row is compared with those before it."""

    def __init__(self, liste: Liste) -> None:
        self.liste = liste
        self.rows: dict[int, int] = {}
        self.kept: dict[str, int] = {}
        self.companies: dict[Company, int] = {}

    def judge(self, lignes: Sequence[LigneDeTableau]) -> Iterator[Jugee]:
        emptied = set()
        for ligne in lignes:
            try:
                number = self._number(ligne)
                if number and not any(ligne.typed.values()):
                    emptied.add(number)
                    continue
                yield self._judged(ligne, number)
            except _NotTaken as reason:
                yield Jugee(ligne.row, Effet.REFUSED, sentence=str(reason), typed=ligne.typed)
        for number, line in enumerate(self.liste.lines, start=1):
            if number not in self.rows or number in emptied:
                yield Jugee(0, Effet.REMOVED, line)

    def _number(self, ligne: LigneDeTableau) -> int:
        """Return the number of the line of the list that a row is about, 0 for one to add."""
        liste = self.liste
        if ligne.candidature not in ("", liste.nru):
            raise _NotTaken(f"Cette ligne vient d’une autre candidature ({ligne.candidature}).")
        if ligne.version not in ("", str(liste.version)):
            raise _NotTaken("La liste a changé depuis ce tableau\u00a0: téléchargez-le de nouveau.")
        if not ligne.numero:
            return 0
        number = whole(ligne.numero) or 0
        if not ligne.candidature or not ligne.version:
            raise _NotTaken("Cette ligne n’a plus sa candidature ou sa version de la liste\u00a0: remettez-les.")
        if not 1 <= number <= len(liste.lines):
            raise _NotTaken(
                f"La ligne «\u00a0{ligne.numero}\u00a0» n’est pas dans la liste. Pour en ajouter une, laissez vide "
                "«\u00a0Ligne de la liste\u00a0»."
            )
        if (first := self.rows.setdefault(number, ligne.row)) != ligne.row:
            raise _NotTaken(f"La ligne {number} de la liste est déjà à la ligne {first} du tableau.")
        return number

    def _judged(self, ligne: LigneDeTableau, number: int) -> Jugee:
        champ = self.liste.champ
        before = self.liste.lines[number - 1] if number else None
        line = {column.code: self._value(column, ligne.typed, before) for column in champ.columns}
        written = json.dumps(line, sort_keys=True)
        if row := self.kept.get(written):
            raise _NotTaken(f"Cette ligne est identique à la ligne {row} du tableau.")
        companies, number_there = dict(self.companies), len(self.kept) + 1
        faults = list(faults_of_line(champ, line, number=number_there, seen=companies, editeur=self.liste.editeur))
        if faults:
            raise _NotTaken(f"Dans la liste obtenue\u00a0: {' '.join(faults)}")
        self.kept[written], self.companies = ligne.row, companies
        if before is None:
            return Jugee(ligne.row, Effet.ADDED, line)
        same = line == {column.code: before.get(column.code) for column in champ.columns}
        return Jugee(ligne.row, Effet.SAME if same else Effet.CHANGED, line, None if same else before)

    def _value(self, column: Champ, typed: Mapping[str, str], before: Mapping[str, Value] | None) -> Value:
        if column.kind is ChampKind.PIECE:
            return before.get(column.code) if before else None
        try:
            return answer(column, _as_sent(column, typed, self.liste.choices), choices=self.liste.choices)
        except NotAnAnswer as reason:
            raise _NotTaken(f"«\u00a0{column.label}\u00a0»\u00a0: {reason}") from None


def _as_sent(column: Champ, typed: Mapping[str, str], choices: Mapping[str, Mapping[str, str]]) -> Any:
    """Return what was typed in a row as the page of the form sends it."""
    if column.kind is ChampKind.COMPANY:
        country, number = typed.get(f"{column.code}.{PAYS}", ""), typed.get(f"{column.code}.{IDENTIFIANT}", "")
        return {PAYS: _country(country), IDENTIFIANT: number} if country or number else None
    text = typed.get(column.code, "")
    match column.kind:
        case ChampKind.CHOICE:
            return _code(text, choices[column.choices]) if text else ""
        case ChampKind.CHOICES:
            parts = [part.strip() for part in BETWEEN.split(text)]
            return [_code(part, choices[column.choices]) for part in parts if part]
        case ChampKind.YES_NO if text:
            if folded(text) not in YES_NO:
                raise NotAnAnswer("Répondez par oui ou par non.")
            return YES_NO[folded(text)]
        case ChampKind.DATE if day := day_of(text):
            return day.isoformat()
    return text


def _code(text: str, choices: Mapping[str, str]) -> str:
    """Return the code of a choice written by its label or its code; the text itself when it is none."""
    by_label = {folded(label): code for code, label in choices.items()} | {folded(code): code for code in choices}
    return by_label.get(folded(text), text)


def _country(text: str) -> str:
    """Return the code of a country written by its French name or its code; France when only a number is typed."""
    if not text:
        return FRANCE
    if code := code_named(text):
        return code
    raise NotAnAnswer(
        f"Le pays «\u00a0{text[:40]}\u00a0» n’est pas dans la liste\u00a0: écrivez son nom en français, ou son code à "
        "deux lettres."
    )
