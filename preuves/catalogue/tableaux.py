"""The spreadsheet (tableau) of a list of a volet: its columns, and its rows as texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from candidatures.catalogue.champs import Champ, ChampKind, Value
from comptes.rules.companies import name_of, shown_number
from comptes.rules.tableurs import Cell

from .headers import Columns, column_missing, column_twice, header_key
from .html import plain
from .problems import Problem
from .unseen import Unseen, Warned
from .workbook import Layout, WorkbookRow, read_sheet

NRU, VERSION, NUMERO = "Candidature", "Version de la liste", "Ligne de la liste"
PAYS, IDENTIFIANT = "pays", "identifiant"
BLANK_ROWS = 30
"""The rows to fill that a spreadsheet is downloaded with, after those of the list."""
# What somebody may not have seen before sending, and that would be read.
TOLD: Mapping[Unseen, str] = {
    Unseen.HIDDEN_SHEET_READ: "la feuille lue est masquée. Affichez-la, relisez-la, puis renvoyez le tableau.",
    Unseen.HIDDEN_ROWS: "le contenu est masqué dans votre tableur. Affichez-le, relisez-le, puis renvoyez le tableau.",
    Unseen.FILTERED_ROWS: "le contenu est masqué par un filtre. Retirez-le, relisez tout, puis renvoyez le tableau.",
    Unseen.FOLDED_ROWS: "le contenu est groupé et replié. Dépliez-le, relisez-le, puis renvoyez le tableau.",
    Unseen.HIDDEN_COLUMNS: "colonne masquée. Affichez-la, relisez-la, puis renvoyez le tableau.",
    Unseen.FOLDED_COLUMNS: "colonne repliée. Dépliez-la, relisez-la, puis renvoyez le tableau.",
    Unseen.STRUCK_ROWS: "le contenu est barré. Supprimez-le, ou retirez le trait, puis renvoyez le tableau.",
    Unseen.STRUCK_WORDS: "des mots sont barrés. Supprimez-les, ou retirez le trait, puis renvoyez le tableau.",
    Unseen.UNSEEN_WORDS: "un texte est invisible. Affichez-le, relisez-le, puis renvoyez le tableau.",
}


@dataclass(frozen=True)
class Colonne:
    """A column of the spreadsheet.

    :param key: the code of the column of the list; `code.pays` and `code.identifiant` for a company
    :param is_read: False for a file, which is deposited in the form
    """

    key: str
    header: str
    is_read: bool = True


@dataclass(frozen=True)
class LigneDeTableau:
    """One row that was sent back: texts as typed.

    :param row: its number in the spreadsheet
    :param numero: that of the line of the list, from 1; empty for a line to add
    """

    row: int
    candidature: str
    version: str
    numero: str
    typed: Mapping[str, str]

    @property
    def is_blank(self) -> bool:
        return not self.numero and not any(self.typed.values())


def colonnes_of(champ: Champ) -> tuple[Colonne, ...]:
    return tuple(colonne for column in champ.columns for colonne in _colonnes(column))


def _colonnes(column: Champ) -> Iterator[Colonne]:
    match column.kind:
        case ChampKind.COMPANY:
            yield Colonne(f"{column.code}.{PAYS}", f"{column.label} (pays)")
            yield Colonne(f"{column.code}.{IDENTIFIANT}", f"{column.label} (numéro)")
        case ChampKind.PIECE:
            yield Colonne(column.code, f"{column.label} (à déposer dans le formulaire)", is_read=False)
        case _:
            yield Colonne(column.code, column.label)


def headers_of(champ: Champ) -> tuple[str, ...]:
    return (NRU, VERSION, NUMERO, *(colonne.header for colonne in colonnes_of(champ)))


def rows_of(
    champ: Champ, value: Value, *, nru: str, version: int, choices: Mapping[str, Mapping[str, str]]
) -> Iterator[list[Cell]]:
    """Yield a row for each line of the list, then blank ones that bear the candidature."""
    lines = (value or {}).get("lignes") or []
    for number, line in enumerate(lines, start=1):
        cells = [cell for column in champ.columns for cell in _cells(column, line.get(column.code), choices)]
        yield [nru, version, number, *cells]
    for _ in range(BLANK_ROWS):
        yield [nru, version, *[""] * (len(colonnes_of(champ)) + 1)]


def _cells(column: Champ, value: Value, choices: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    match column.kind:
        case ChampKind.COMPANY:
            company = value or {PAYS: "", IDENTIFIANT: ""}
            yield name_of(company[PAYS]) if company[PAYS] else ""
            yield shown_number(company[PAYS], company[IDENTIFIANT])
        case _ if value is None:
            yield ""
        case ChampKind.PIECE:
            yield value["nom"]
        case ChampKind.CHOICE:
            yield choices[column.choices].get(value, value)
        case ChampKind.CHOICES:
            yield " ; ".join(choices[column.choices].get(code, code) for code in value)
        case ChampKind.YES_NO:
            yield "Oui" if value else "Non"
        case _:
            yield str(value)


def read_tableau(file: BinaryIO, name: str, champ: Champ) -> tuple[tuple[LigneDeTableau, ...], tuple[str, ...]]:
    """Read a spreadsheet that was sent back, with a sentence for each thing that is wrong in it."""
    sheet = read_sheet(file, name, layout_of(champ))
    wrong = [f"{problem.cell}\u00a0: {problem.sentence}" for problem in sheet.problems if problem.blocks]
    wrong += [_told(warned) for warned in sheet.warned if warned.kind in TOLD]
    return tuple(_line(row, champ) for row in sheet.rows), tuple(wrong)


def _told(warned: Warned) -> str:
    where = warned.cells
    return f"{where[:1].upper()}{where[1:]}\u00a0: {TOLD[warned.kind]}"


def _line(row: WorkbookRow, champ: Champ) -> LigneDeTableau:
    typed = {colonne.key: row[colonne.key].strip() for colonne in colonnes_of(champ) if colonne.is_read}
    return LigneDeTableau(row.number, row[NRU].strip(), row[VERSION].strip(), row[NUMERO].strip(), typed)


def layout_of(champ: Champ) -> Layout:
    """Return what the spreadsheet of this list looks like; it may be a CSV file."""
    keys = {header_key(header): key for key, header in _headers(champ).items()}
    required = _headers(champ, only_read=True)

    def known(headers: Sequence[str]) -> int:
        return sum(header_key(header) in keys for header in headers)

    def columns(headers: Sequence[str], row: int) -> Columns:
        places: dict[str, int] = {}
        problems: list[Problem] = []
        for index, header in enumerate(headers):
            key = keys.get(header_key(plain(header)))
            if key is None:
                continue
            if key in places:
                problems.append(column_twice(header, places[key], index, row))
            places.setdefault(key, index)
        problems += [column_missing(header, row) for key, header in required.items() if key not in places]
        return Columns(places, (), tuple(problems))

    return Layout("export", "du tableau de cette liste", known, 3, columns, lambda columns: {}, takes_csv=True)


def _headers(champ: Champ, *, only_read: bool = False) -> dict[str, str]:
    ours = {NRU: NRU, VERSION: VERSION, NUMERO: NUMERO}
    return ours | {colonne.key: colonne.header for colonne in colonnes_of(champ) if colonne.is_read or not only_read}
