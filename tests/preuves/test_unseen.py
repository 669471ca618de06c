"""What the eye does not see in a workbook, in both formats."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import DataBarRule, FormulaRule
from openpyxl.styles import Font, PatternFill

from preuves.catalogue.workbook import Sheet, read_sheet
from tests.factories import fichiers as some
from tests.factories.workbooks import HEADERS, a_row, a_workbook, an_ods, an_ods_table, repacked, rows_of

Change = Callable[[Any], None]
STRUCK, RED, YELLOW = Font(strike=True), Font(color="FFFF0000"), PatternFill("solid", fgColor="FFFF00")


def warned(sheet: Sheet) -> list[tuple[str, str]]:
    return [(warning.kind.value, warning.where.replace("\u00a0", " ")) for warning in sheet.warned]


def of_xlsx(rows: list[dict[str, Any]], change: Change | None = None) -> Sheet:
    return read_sheet(a_workbook(rows, change=change), "rem.xlsx")


def of_ods(*tables: str) -> Sheet:
    return read_sheet(an_ods(*tables), "rem.ods")


def styled(cell: str, **styles: Any) -> Change:
    """Give a look to a cell."""

    def change(page: Any) -> None:
        for name, style in styles.items():
            setattr(page[cell], name, style)

    return change


def test_ordinary_workbook_has_nothing_unseen() -> None:
    assert warned(of_xlsx(rows_of(1, 2))) == []
    assert warned(of_ods(an_ods_table(rows_of(1, 2)))) == []


# -- rows, columns and sheets ----------------------------------------------------------------------------------------


def hide_rows(page: Any) -> None:
    for number in (2, 4):
        page.row_dimensions[number].hidden = True


def fold_rows(page: Any) -> None:
    page.row_dimensions.group(2, 3, hidden=True)


def filter_rows(page: Any) -> None:
    page.auto_filter.ref = "A1:N9"
    page.row_dimensions[3].hidden = True


def hide_columns(page: Any) -> None:
    page.column_dimensions["E"].hidden = True
    page.column_dimensions["Z"].hidden = True


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (hide_rows, ("lignes_masquees", "lignes 2, 4")),
        (fold_rows, ("lignes_repliees", "lignes 2, 3")),
        (filter_rows, ("lignes_filtrees", "ligne 3")),
        (hide_columns, ("colonnes_masquees", "E (« Exigence »)")),
    ],
)
def test_what_is_hidden_is_read_and_said(change: Change, expected: tuple[str, str]) -> None:
    sheet = of_xlsx(rows_of(1, 2, 3), change)

    assert (len(sheet.rows), warned(sheet)) == (3, [expected])


@pytest.mark.parametrize("size", ["0", "0.75", "1.5"])
def test_rows_and_columns_too_thin_to_be_seen_are_hidden(size: str) -> None:
    file = a_workbook(rows_of(1, 2))
    with zipfile.ZipFile(file) as archive:
        written = archive.read("xl/worksheets/sheet1.xml")
    cols = b'<cols><col min="6" max="6" width="0" customWidth="1"/></cols><sheetData>'
    cols = cols.replace(b'"0"', f'"{size}"'.encode())
    thin = f'<row r="3" ht="{size}" customHeight="1">'.encode()
    flat = written.replace(b"<sheetData>", cols).replace(b'<row r="3">', thin)

    sheet = read_sheet(repacked(file, {"xl/worksheets/sheet1.xml": flat}), "rem.xlsx")

    assert warned(sheet) == [("lignes_masquees", "ligne 3"), ("colonnes_masquees", "F (« Commentaire »)")]


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        ('table:visibility="collapse"', "lignes_masquees"),
        ('table:visibility="filter"', "lignes_filtrees"),
    ],
)
def test_rows_hidden_in_an_ods_are_said(attributes: str, kind: str) -> None:
    rows = rows_of(1, 2)
    rows[1]["ligne"] = attributes

    assert warned(of_ods(an_ods_table(rows))) == [(kind, "ligne 3")]


def test_columns_and_groups_hidden_in_an_ods_are_said() -> None:
    table = an_ods_table(rows_of(1, 2)).replace(
        '<table:table-column table:number-columns-repeated="14"/>',
        '<table:table-column table:number-columns-repeated="4"/><table:table-column table:visibility="collapse"/>',
    )
    body, filler = table.split('<table:table-row table:number-rows-repeated="1048000">')
    head, _, rows = body.partition("</table:table-row>")
    folded = f'{head}</table:table-row><table:table-row-group table:display="false">{rows}</table:table-row-group>'
    folded = folded.replace("<table:table-row >", '<table:table-row table:visibility="collapse">')
    folded = folded.replace('<table:table-row table:visibility="collapse">', "<table:table-row>", 1)

    sheet = of_ods(f'{folded}<table:table-row table:number-rows-repeated="1048000">{filler}')

    assert warned(sheet) == [("lignes_repliees", "lignes 2, 3"), ("colonnes_masquees", "E (« Exigence »)")]


@pytest.mark.parametrize("hidden", [True, False])
def test_other_sheets_are_named_and_the_visible_one_is_read(hidden: bool) -> None:
    def another(page: Any) -> None:
        page.title = "Exigences v3"
        stale = page.parent.create_sheet("Exigences", 0)
        for row in (HEADERS, ["Vague 2", *range(13)]):
            stale.append(row)
        stale.sheet_state = "hidden" if hidden else "visible"

    sheet = of_xlsx(rows_of(1), another)

    if hidden:
        assert (sheet.name, warned(sheet)) == ("Exigences v3", [("feuilles_masquees", "« Exigences »")])
    else:
        assert (sheet.name, sheet.warned[0].where) == ("Exigences", "«\u00a0Exigences v3\u00a0»")


def test_only_sheet_with_the_headers_is_read_although_it_is_hidden() -> None:
    def hide(page: Any) -> None:
        page.parent.create_sheet("Lisez-moi")["A1"] = "Bonjour"
        page.parent.create_sheet("Feuil3")
        page.sheet_state = "hidden"

    assert warned(of_xlsx(rows_of(1), hide)) == [
        ("feuille_lue_masquee", "« Exigences »"),
        ("autres_feuilles", "« Lisez-moi »"),
    ]


def test_hidden_sheet_of_an_ods_is_not_read() -> None:
    stale = an_ods_table(rows_of(9), style="cachee")

    sheet = of_ods(stale, an_ods_table(rows_of(1), title="Exigences v3"))

    assert [row["ID"] for row in sheet.rows] == ["MAT.01"]
    assert warned(sheet) == [("feuilles_masquees", "« Exigences »")]


# -- what is struck through, coloured or drawn in white --------------------------------------------------------------


def strike_words(page: Any) -> None:
    page["E2"] = CellRichText(
        "Le système ", TextBlock(InlineFont(strike=True), "PEUT "), TextBlock(InlineFont(b=True), "DOIT"), " chiffrer."
    )


def test_struck_words_are_left_out_and_said() -> None:
    file = a_workbook(rows_of(1))
    book = openpyxl.load_workbook(file)
    strike_words(book.worksheets[0])
    made = io.BytesIO()
    book.save(made)

    sheet = read_sheet(made, "rem.xlsx")

    assert sheet.rows[0]["Exigence"] == "Le système DOIT chiffrer."
    assert warned(sheet) == [("mots_barres", "E2 (« PEUT »)")]


@pytest.mark.parametrize(
    ("texte", "kept", "struck"),
    [
        ("<p>Il <s>peut</s> doit</p>", "<p>Il  doit</p>", "peut"),
        ("<p>Il <del class='x'>peut <b>tout</b></del> doit</p>", "<p>Il  doit</p>", "peut tout"),
        ('Il <span style="color:red; text-decoration: line-through">peut</span> doit', "Il  doit", "peut"),
        ("Il <strike>peut", "Il ", "peut"),
    ],
)
def test_words_that_html_strikes_are_left_out_and_said(texte: str, kept: str, struck: str) -> None:
    sheet = of_xlsx([a_row(exigence=texte)])

    assert sheet.rows[0]["Exigence"] == kept
    assert warned(sheet) == [("mots_barres", f"E2 (« {struck} »)")]


@pytest.mark.parametrize("texte", ["<span style='color:red'>rouge</span>", "a <script>b</script>", "x < s > y"])
def test_words_that_html_does_not_strike_stay(texte: str) -> None:
    sheet = of_xlsx([a_row(exigence=texte)])

    assert (sheet.rows[0]["Exigence"], warned(sheet)) == (texte, [])


def test_row_struck_whole_is_not_read() -> None:
    def strike(page: Any) -> None:
        for cell in page[3]:
            cell.font = STRUCK

    sheet = of_xlsx(rows_of(1, 2, 3), strike)

    assert ([row.number for row in sheet.rows], warned(sheet)) == ([2, 4], [("lignes_barrees", "ligne 3")])


def test_struck_words_of_an_ods_are_left_out_and_said() -> None:
    content = (
        '<table:table-cell office:value-type="string"><text:p>Il <text:span text:style-name="barre">peut</text:span>'
    )
    content += '<text:s text:c="2"/>doit<text:line-break/>dire</text:p><text:p>tout.</text:p></table:table-cell>'
    whole = '<table:table-cell table:style-name="tb" office:value-type="string"><text:p>Vu</text:p></table:table-cell>'

    sheet = of_ods(an_ods_table([a_row(exigence=content, commentaire=whole)]))

    assert (sheet.rows[0]["Exigence"], sheet.rows[0]["Commentaire"]) == ("Il   doit\ndire\ntout.", "")
    assert warned(sheet) == [("mots_barres", "E2 (« peut »), F2 (« Vu »)")]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (styled("E2", font=RED), ("mots_rouges", "E2")),
        (styled("E2", fill=YELLOW), ("fonds_de_couleur", "E2")),
        (styled("E2", font=Font(color="FFFFFFFF")), ("mots_invisibles", "E2 (« Désigner les contacts. »)")),
        (styled("E2", number_format=";;;"), ("mots_invisibles", "E2 (« Désigner les contacts. »)")),
    ],
)
def test_colours_are_said_and_the_text_stays(change: Change, expected: tuple[str, str]) -> None:
    sheet = of_xlsx(rows_of(1, 2), change)

    assert sheet.rows[0]["Exigence"] == "Désigner les contacts."
    assert warned(sheet) == [expected]


def test_colours_of_an_ods_are_said() -> None:
    cells = {
        name: f'<table:table-cell table:style-name="{style}"><text:p>x</text:p></table:table-cell>'
        for name, style in (("exigence", "rouge"), ("commentaire", "jaune"))
    }

    assert warned(of_ods(an_ods_table([a_row(**cells), *rows_of(2)]))) == [
        ("mots_rouges", "E2"),
        ("fonds_de_couleur", "F2"),
    ]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("H2:H9", [("mises_en_forme_conditionnelles", "H2:H9")]),
        ("A1:N1", []),
        ("Z2:Z9", []),
        ("H2:H9 K3", [("mises_en_forme_conditionnelles", "H2:H9, K3")]),
    ],
)
def test_look_that_depends_on_a_condition_is_said(cells: str, expected: list[tuple[str, str]]) -> None:
    rule = FormulaRule(formula=['$B2="ancien"'], font=STRUCK)

    assert warned(of_xlsx(rows_of(1, 2), lambda page: page.conditional_formatting.add(cells, rule))) == expected


def test_bars_drawn_by_a_condition_are_nobodys_concern() -> None:
    bars = DataBarRule("min", None, "max", None, "FF638EC6")

    assert warned(of_xlsx(rows_of(1, 2), lambda page: page.conditional_formatting.add("N2:N9", bars))) == []


def test_recent_conditions_are_said_as_the_others() -> None:
    file = a_workbook(rows_of(1, 2))
    with zipfile.ZipFile(file) as archive:
        written = archive.read("xl/worksheets/sheet1.xml")
    recent = (
        b'<extLst><ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x14:conditionalFormattings>'
        b'<x14:conditionalFormatting xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
        b'<x14:cfRule type="expression" priority="1" id="{1}"><xm:f>Autre!A1=1</xm:f></x14:cfRule>'
        b"<xm:sqref>K2:K3</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst></worksheet>"
    )

    sheet = read_sheet(
        repacked(file, {"xl/worksheets/sheet1.xml": written.replace(b"</worksheet>", recent)}), "rem.xlsx"
    )

    assert warned(sheet) == [("mises_en_forme_conditionnelles", "K2:K3")]


@pytest.mark.parametrize(
    ("target", "rule", "expected"),
    [
        ("Feuille1.H2:Feuille1.H9", "condition", "H2:H9"),
        ("'Le REM.v2'.H2:'Le REM.v2'.H9 $Feuille1.$K$3", "condition", "H2:H9, K3"),
        ("Feuille1.H2:.H9", "condition", "H2:H9"),
        ("Feuille1.H2:Feuille1.H9", "data-bar", ""),
    ],
)
def test_look_that_depends_on_a_condition_of_an_ods_is_said(target: str, rule: str, expected: str) -> None:
    formats = (
        f'<calcext:conditional-formats xmlns:calcext="urn:x"><calcext:conditional-format '
        f'calcext:target-range-address="{target}"><calcext:{rule} calcext:value="=1"/>'
        "</calcext:conditional-format></calcext:conditional-formats></table:table>"
    )
    table = an_ods_table(rows_of(1, 2)).replace("</table:table>", formats)

    assert warned(of_ods(table)) == ([("mises_en_forme_conditionnelles", expected)] if expected else [])


def test_colour_of_a_whole_column_or_of_every_other_row_is_its_design() -> None:
    def paint(page: Any) -> None:
        for number in range(1, 14):
            page.cell(number, 1).fill = YELLOW
            page.cell(number, 5).fill = YELLOW if number % 2 else PatternFill()

    assert warned(of_xlsx(rows_of(*range(1, 13)), paint)) == []


# -- the numbers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "read", "kind"),
    [
        ("MAT.01\u200b", "MAT.01", "numeros_caracteres_invisibles"),
        ("MAT\u00ad.01", "MAT.01", "numeros_caracteres_invisibles"),
        ("\u202aMAT.01", "MAT.01", "numeros_caracteres_invisibles"),
        ("MAT\u2060.01", "MAT.01", "numeros_caracteres_invisibles"),
        ("MAT\u00a001", "MAT 01", "numeros_espaces"),
        ("MAT\u201101", "MAT-01", "numeros_tirets"),
        ("MAT\u221201", "MAT-01", "numeros_tirets"),
        ("M\u0410T.01", "MAT.01", "numeros_autres_alphabets"),
        ("M\u0391T.01", "MAT.01", "numeros_autres_alphabets"),
        ("\uff2dAT.01", "MAT.01", "numeros_autres_alphabets"),
    ],
)
def test_number_that_only_looks_like_another_is_read_as_it_looks(typed: str, read: str, kind: str) -> None:
    sheet = of_xlsx([a_row(id=typed)])

    assert sheet.rows[0]["ID"] == read
    assert warned(sheet) == [(kind, f"B2 (« {read} »)")]


@pytest.mark.parametrize("typed", ["MAT.01", " MAT.01 ", "MAT.01\u00a0", "É.01", "E\u0301.01", "MAT/va1.01.BIS"])
def test_ordinary_number_is_nobodys_concern(typed: str) -> None:
    assert warned(of_xlsx([a_row(id=typed)])) == []


def test_numbers_that_differ_by_case_are_named_together() -> None:
    rows = rows_of(1, 2)
    rows[1]["N° preuve"] = "mat.01.01.01"

    assert warned(of_xlsx(rows)) == [("numeros_casse", "J3 (« mat.01.01.01 ») et J2")]


@pytest.mark.parametrize("other", ["MAT.O1.01.01", "MAT.0I.01.01", "mat.0l.01.01"])
def test_number_that_only_a_digit_tells_from_another_is_said(other: str) -> None:
    rows = rows_of(1, 2)
    rows[1]["N° preuve"] = other

    assert warned(of_xlsx(rows)) == [("numeros_semblables", f"J3 (« {other} ») et J2")]


@pytest.mark.parametrize(
    ("value", "read", "kind"),
    [
        (12.1, "12.1", "numeros_nombres"),
        (3, "3", "numeros_nombres"),
        (date(2026, 1, 1), "2026-01-01", "numeros_dates"),
    ],
)
def test_number_that_a_tableur_changed_is_said(value: object, read: str, kind: str) -> None:
    sheet = of_xlsx([a_row(id=value)])

    assert (sheet.rows[0]["ID"], warned(sheet)) == (read, [(kind, f"B2 (« {read} »)")])


def test_number_that_an_ods_changed_is_said() -> None:
    day = '<table:table-cell office:value-type="date" office:date-value="2026-01-01"/>'

    sheet = of_ods(an_ods_table([a_row(id=day, numero_scenario=12.1)]))

    assert (sheet.rows[0]["ID"], sheet.rows[0]["N° scénario"]) == ("2026-01-01", "12.1")
    assert [kind for kind, _ in warned(sheet)] == ["numeros_dates", "numeros_nombres"]


# -- what is put over the cells ---------------------------------------------------------------------------------------


def test_picture_over_the_rows_is_said_and_a_logo_above_the_headers_is_not() -> None:
    def put(page: Any) -> None:
        page.insert_rows(1, 3)
        for cell in ("A1", "K5"):
            page.add_image(Image(io.BytesIO(some.PNG)), cell)

    assert warned(of_xlsx(rows_of(1, 2), put)) == [("images", "K5")]


def test_picture_of_an_ods_is_said() -> None:
    frame = '<draw:frame xmlns:draw="d"/><text:p>MAT.01</text:p>'
    drawn = f'<table:table-cell office:value-type="string">{frame}</table:table-cell>'
    sheet = of_ods(an_ods_table([a_row(id=drawn)]))

    assert (sheet.rows[0]["ID"], warned(sheet)) == ("MAT.01", [("images", "B2")])


# -- the key ---------------------------------------------------------------------------------------------------------


def test_key_changes_with_any_place_even_one_that_is_not_shown() -> None:
    def keys(*numbers: int) -> set[str]:
        def hide(page: Any) -> None:
            for number in numbers:
                page.row_dimensions[number].hidden = True

        return {warning.key for warning in of_xlsx(rows_of(*range(1, 41)), hide).warned}

    assert keys(*range(2, 41)) == keys(*range(2, 41))
    assert len(keys(*range(2, 41)) | keys(*range(2, 40)) | keys(*range(2, 39), 40)) == 3
