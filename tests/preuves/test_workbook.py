import io
import re
import zipfile
from typing import Any

import openpyxl
import pytest

from preuves.catalogue.archives import NO_WORKBOOK
from preuves.catalogue.headers import Column
from preuves.catalogue.workbook import MOST_EMPTY_ROWS, Sheet, read_sheet
from tests.factories.workbooks import HEADERS, a_row, a_workbook, repacked, rows_of

NAME = "rem.xlsx"


def read(file: io.BytesIO, name: str = NAME) -> Sheet:
    return read_sheet(file, name)


def problems_of(sheet: Sheet) -> list[tuple[str, str]]:
    assert all(problem.blocks and problem.file == NAME for problem in sheet.problems)
    return [(problem.cell, problem.sentence) for problem in sheet.problems]


def sole(sheet: Sheet) -> str:
    """The sentence of a file that cannot be opened at all."""
    assert sheet.rows == []
    [problem] = sheet.problems
    assert problem.blocks
    return problem.sentence


def test_rows_come_with_their_number_and_cells() -> None:
    sheet = read(a_workbook(rows_of(1, 2)))

    assert sheet.problems == []
    assert [(row.number, row[Column.IDENTIFIANT], row.cell(Column.IDENTIFIANT)) for row in sheet.rows] == [
        (2, "MAT.01", "B2"),
        (3, "MAT.02", "B3"),
    ]


def test_headers_may_follow_a_title() -> None:
    def title(page: Any) -> None:
        page.insert_rows(1, 2)
        page["A1"] = "Référentiel"

    sheet = read(a_workbook(rows_of(1), change=title))

    assert [row.number for row in sheet.rows] == [4]


def test_sheet_is_found_by_its_headers_when_none_is_called_exigences() -> None:
    def before(page: Any) -> None:
        page.parent.create_sheet("Lisez-moi", 0)["A1"] = "Bonjour"

    assert read(a_workbook(rows_of(1), sheet="REM", change=before)).name == "REM"


def test_empty_rows_are_passed_over() -> None:
    sheet = read(a_workbook([*rows_of(1), {}, {}, *rows_of(2), {}]))

    assert (sheet.problems, [row.number for row in sheet.rows]) == ([], [2, 5])


@pytest.mark.parametrize(("value", "text"), [(3, "3"), (3.0, "3"), (2.5, "2.5"), (True, "VRAI"), (None, "")])
def test_value_is_read_as_it_would_be_typed(value: object, text: str) -> None:
    [row] = read(a_workbook([a_row(ordre=value)])).rows

    assert row[Column.ORDRE] == text


# -- what cannot be opened -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [b"", b"ID;Chapitre\n", b"%PDF-1.7", b"PK\x03\x04", b"PK\x05\x06" + b"\0" * 18],
    ids=["empty", "csv", "pdf", "cut", "empty zip"],
)
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    assert sole(read(io.BytesIO(content))) == NO_WORKBOOK


def test_other_zip_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")

    assert sole(read(file)) == NO_WORKBOOK


def test_old_or_encrypted_workbook_is_refused() -> None:
    assert "mot de passe" in sole(read(io.BytesIO(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600)))


@pytest.mark.parametrize("cut", [300, 2_000, -200])
def test_cut_workbook_is_refused(cut: int) -> None:
    whole = a_workbook(rows_of(*range(1, 60))).getvalue()

    assert "n’est pas un classeur" in sole(read(io.BytesIO(whole[:cut])))


def test_damaged_sheet_is_refused() -> None:
    file = repacked(a_workbook(rows_of(1)), {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row>"})

    assert sole(read(file)).startswith("Ce classeur est abîmé")


def test_entities_are_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet><sheetData>&b;</sheetData></worksheet>'
    file = repacked(a_workbook(rows_of(1)), {"xl/worksheets/sheet1.xml": bomb})

    assert sole(read(file)).startswith("Ce classeur contient une déclaration de type (DTD)")


@pytest.mark.parametrize("name", ["rem.xlsm", "REM.XLSB"])
def test_workbook_named_with_macros_is_refused(name: str) -> None:
    assert "macros" in sole(read(a_workbook(rows_of(1)), name))


def test_macros_under_another_name_are_refused() -> None:
    file = repacked(a_workbook(rows_of(1)), {"xl/vbaProject.bin": b"\xd0\xcf"})

    assert "macros" in sole(read(file))


def test_macros_in_the_types_are_refused() -> None:
    file = a_workbook(rows_of(1))
    with zipfile.ZipFile(file) as archive:
        types = archive.read("[Content_Types].xml")
    types = types.replace(
        b"openxmlformats-officedocument.spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main"
    )

    assert "macros" in sole(read(repacked(file, {"[Content_Types].xml": types})))


def test_zip_bomb_is_refused_before_it_unfolds() -> None:
    file = repacked(a_workbook(rows_of(1)), {"xl/worksheets/sheet1.xml": b" " * (129 * 1024 * 1024)})

    assert "Une fois décompressé, ce classeur serait trop grand" in sole(read(file))


def test_large_styles_are_refused() -> None:
    file = repacked(a_workbook(rows_of(1)), {"xl/styles.xml": b" " * (9 * 1024 * 1024)})

    assert "Une fois décompressé, ce classeur serait trop grand" in sole(read(file))


# -- what is named with its cell -------------------------------------------------------------------------------------


def test_formula_is_named_with_its_cell() -> None:
    assert problems_of(read(a_workbook([a_row(), a_row(ordre="=1+1")]))) == [
        ("N3", "La cellule contient une formule\u00a0: remplacez-la par sa valeur.")
    ]


def test_text_that_only_looks_like_a_formula_is_read() -> None:
    def as_text(page: Any) -> None:
        page["F2"].value = "=> voir le scénario"
        page["F2"].data_type = "s"

    [row] = read(a_workbook([a_row()], change=as_text)).rows

    assert row[Column.COMMENTAIRE] == "=> voir le scénario"


def test_merged_cells_are_named_with_the_first() -> None:
    sheet = read(a_workbook(rows_of(1, 2, 3), change=lambda page: page.merge_cells("C2:C3")))

    assert problems_of(sheet) == [
        ("C2", "Les cellules C2:C3 sont fusionnées\u00a0: séparez-les, chacune avec son contenu.")
    ]


def test_merged_cells_of_another_sheet_are_nobodys_concern() -> None:
    def other(page: Any) -> None:
        page.parent.create_sheet("Lisez-moi").merge_cells("A1:C1")

    assert read(a_workbook(rows_of(1), change=other)).problems == []


def on_two_rows(page: Any, *, below: tuple[str, ...] = HEADERS[7:11]) -> None:
    """Group the scénario and the preuve under a title each, over their two columns; merge the others downwards."""
    page.insert_rows(2)
    for column in range(1, 15):
        if column in range(8, 12):
            page.cell(2, column).value = below[column - 8]
        else:
            page.merge_cells(start_row=1, end_row=2, start_column=column, end_column=column)
    for start, title in ((8, "Scénario"), (10, "Preuve")):
        page.cell(1, start + 1).value = None
        page.cell(1, start).value = title
        page.merge_cells(start_row=1, end_row=1, start_column=start, end_column=start + 1)


@pytest.mark.parametrize("below", [HEADERS[7:11], ("N°", "Scénario de conformité", "N°", "Preuve")])
def test_headers_on_two_merged_rows_are_read(below: tuple[str, ...]) -> None:
    sheet = read(a_workbook(rows_of(1, 2), change=lambda page: on_two_rows(page, below=below)))
    expected = read(a_workbook(rows_of(1, 2)))

    assert (sheet.problems, sheet.warned) == ([], ())
    assert [row.number for row in sheet.rows] == [3, 4]
    assert [[row[column] for column in Column] for row in sheet.rows] == [
        [row[column] for column in Column] for row in expected.rows
    ]
    assert [row.preuves for row in sheet.rows] == [row.preuves for row in expected.rows]


def test_headers_on_two_rows_that_cannot_be_told_say_what_to_do() -> None:
    below = ("Repère", "Énoncé du test", "Repère", "Attendu")
    sheet = read(a_workbook(rows_of(1), change=lambda page: on_two_rows(page, below=below)))

    [sentence] = [problem.sentence for problem in sheet.problems if "plusieurs lignes" in problem.sentence]
    assert sentence == (
        "Les en-têtes sont sur plusieurs lignes (A1:A2)\u00a0: écrivez-les sur une seule, chacun dans sa colonne, "
        "sans fusionner de cellules."
    )


def test_empty_sheet_is_named() -> None:
    assert problems_of(read(a_workbook([], headers=[]))) == [("A1", "La feuille est vide.")]


def test_headers_alone_are_named() -> None:
    assert problems_of(read(a_workbook([]))) == [("A2", "La feuille n’a aucune ligne sous ses en-têtes.")]


def test_sheet_without_the_headers_is_named() -> None:
    [(cell, sentence)] = problems_of(read(a_workbook([{"Nom": "x"}], headers=["Nom", "Prénom"])))

    assert (cell, sentence[:20]) == ("A1", "Les en-têtes du REM ")


@pytest.mark.parametrize("written", [True, False], ids=["written one by one", "one far away"])
def test_million_empty_rows_stop_the_reading(written: bool) -> None:
    file = a_workbook(rows_of(1, 2))
    with zipfile.ZipFile(file) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    numbers = range(4, 1_000_001) if written else [1_000_000]
    empty = b"".join(b'<row r="%d"/>' % number for number in numbers)
    file = repacked(file, {"xl/worksheets/sheet1.xml": sheet.replace(b"</sheetData>", empty + b"</sheetData>")})

    sheet = read(file)

    assert len(sheet.rows) == 2
    [(cell, sentence)] = problems_of(sheet)
    assert (cell, sentence.split(" lignes")[0]) == ("A4", f"Plus de {MOST_EMPTY_ROWS}")


def test_declared_size_is_not_believed() -> None:
    def declare(file: io.BytesIO) -> io.BytesIO:
        with zipfile.ZipFile(file) as archive:
            sheet = archive.read("xl/worksheets/sheet1.xml")
        return repacked(file, {"xl/worksheets/sheet1.xml": sheet.replace(b"A1:N2", b"A1:XFD1048576")})

    sheet = read(declare(a_workbook(rows_of(1))))

    assert (len(sheet.rows), sheet.problems) == (1, [])


def test_file_saved_by_openpyxl_is_the_agencys_layout() -> None:
    book = openpyxl.load_workbook("catalogue/rem/ms-dui-va2.xlsx", read_only=True)

    assert next(book.worksheets[0].iter_rows(max_row=1, values_only=True)) == HEADERS


def test_no_draft_note_is_left_in_the_published_workbook() -> None:
    """« (id réel, libellé à confirmer) » is a note between authors: whoever reads a chapitre would read it."""
    book = openpyxl.load_workbook("catalogue/rem/ms-dui-va2.xlsx", read_only=True)
    cells = [str(cell) for row in book.worksheets[0].iter_rows(values_only=True) for cell in row if cell]

    assert len(cells) > 500
    assert [cell for cell in cells if re.search(r"id réel|libellé|à confirmer|inconnu\)|TODO", cell)] == []
