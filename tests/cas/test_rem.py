"""Workbooks: what is read of each file of `rem/`, and what a person must verify before it is published."""

import io
import tomllib
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.cas.rem_read import REM, lines_of, numbers_of, said_of
from tests.cas.rows import case, cases
from tests.factories.layouts import convergence, exported, spread
from tests.factories.workbooks import a_workbook, repacked, rows_of

EXPECTED = tomllib.loads((Path(__file__).parent / "rem.toml").read_text(encoding="utf-8"))
ROWS = [
    pytest.param(name, marks=case(told["cas"], told["genre"], given=name, expected=told["lu"]), id=name)
    for name, told in EXPECTED.items()
]


def test_every_workbook_has_its_expectation():
    assert {path.name for path in REM.iterdir()} == EXPECTED.keys()


@pytest.mark.parametrize("name", ROWS)
def test_workbook(name, got):
    got(lines_of(io.BytesIO((REM / name).read_bytes()), name))


# -- the published layouts, rebuilt from their headers ---------------------------------------------------------------

WITHOUT = {
    "Périmètre": "une exigence est lue en vague 1 quand son N° contient « /va1. », en vague 2 sinon",
    "Commentaire": "les exigences sont lues sans commentaire",
    "Profil historique": "aucune preuve ne sera reprise d’un référencement de la vague 1",
    "Criticité": "les exigences sont lues sans criticité",
    "Ordre": "l’ordre est celui des lignes",
}


def without(*columns):
    return [f"à savoir A1 : La colonne « {column} » manque : {WITHOUT[column]}." for column in columns]


@cases(
    33,
    "K4",
    {
        "Exigences, 230 exigences": [[230, 49, 59], *without(*WITHOUT)],
        "Exigences, un N° preuve en double": [
            [230, 49, 58],
            "bloque H241 : Le N° preuve SC.INS/va1.000.01.01 est déjà en H183, sous le scénario SC.INS/va1.000.01.",
            *without(*WITHOUT),
        ],
    },
)
def test_layout_of_the_scenario_exporter(given, got):
    file = exported(230, 49, 59, duplicate="double" in given)

    got([numbers_of(file), *sorted(said_of(file), key=lambda line: not line.startswith("bloque"))])


@case(34, "K4", given="modèle de la convergence, 14 colonnes", expected=[[1, 1, 1]])
def test_layout_of_the_convergence(got):
    got([numbers_of(convergence()), *said_of(convergence())])


@case(
    35,
    "K4",
    given="« Nature de l’exigence », N° preuve 1 | Preuve 1 à 10",
    expected=[[6, 6, 30], *without("Profil historique", "Criticité", "Ordre")],
)
def test_layout_of_the_numbered_preuves(got):
    got([numbers_of(spread()), *said_of(spread())])


# -- what is no workbook, or too much of one -------------------------------------------------------------------------


def archive_of(*names):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return file


def sixteen_sheets():
    def more(page):
        for number in range(15):
            page.parent.create_sheet(f"Feuille {number}")["A1"] = "Notes"

    return a_workbook(rows_of(1), change=more)


def macros():
    return repacked(a_workbook(rows_of(1)), {"xl/vbaProject.bin": b"\xd0\xcf"})


def empty_sheet():
    file = io.BytesIO()
    openpyxl.Workbook().save(file)
    return file


SHAPES = {
    "rem.xls": lambda: io.BytesIO(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)),
    "rem.xlsm": macros,
    "rem.xlsb.xlsx": lambda: archive_of("[Content_Types].xml", "xl/workbook.bin"),
    "rem.docx": lambda: archive_of("[Content_Types].xml", "word/document.xml"),
    "rem.zip": lambda: archive_of("lisez-moi.txt"),
    "vide.xlsx": empty_sheet,
}
NO_WORKBOOK = (
    "bloque A1 : Ce fichier n’est pas un classeur .xlsx ou .ods : ouvrez-le dans votre tableur, "
    "et enregistrez-le en .xlsx."
)


@cases(
    36,
    "",
    {
        "rem.xls": ["bloque A1 : C’est un classeur .xls, ou protégé par un mot de passe : enregistrez-le en .xlsx."],
        "rem.xlsm": ["bloque A1 : Ce classeur contient des macros : enregistrez-le en .xlsx, sans macro."],
        "rem.xlsb.xlsx": ["bloque A1 : C’est un classeur binaire (.xlsb) : enregistrez-le en .xlsx."],
        "rem.docx": [NO_WORKBOOK],
        "rem.zip": [NO_WORKBOOK],
        "vide.xlsx": ["bloque A1 : La feuille est vide."],
    },
)
def test_what_is_no_workbook_is_named(given, got):
    got(said_of(SHAPES[given](), given))


@case(
    36,
    "",
    given="16 feuilles",
    expected=[
        "feuille Exigences",
        "MAT.01 > MAT.01.01.01",
        f"à cocher autres_feuilles : {', '.join(f'« Feuille {number} »' for number in range(15))}",
    ],
)
def test_workbook_of_sixteen_sheets(got):
    got(lines_of(sixteen_sheets(), "rem.xlsx"))
