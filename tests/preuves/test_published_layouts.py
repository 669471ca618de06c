"""The two published layouts, as people who worked in them send them back: the same is read, or a cell is named."""

import io
import random
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import pytest
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter

from preuves.catalogue.grid import row_of
from tests.cas.rem_read import numbers_of, said_of
from tests.factories.layouts import exported, spread

LAYOUTS = {"exported": lambda: exported(9, 6, 9), "spread": spread}
Change = Callable[[Any], None]


@pytest.fixture(params=LAYOUTS)
def layout(request: pytest.FixtureRequest) -> Callable[[], io.BytesIO]:
    return LAYOUTS[request.param]


def changed(file: io.BytesIO, change: Change) -> io.BytesIO:
    book, result = openpyxl.load_workbook(file), io.BytesIO()
    change(book["Exigences"])
    book.save(result)
    return result


def texts(page: Any, first: int, last: int | None = None) -> Iterator[Cell]:
    return (cell for row in page.iter_rows(first, last) for cell in row if isinstance(cell.value, str))


def each_header(write: Callable[[str], str]) -> Change:
    def change(page: Any) -> None:
        for cell in texts(page, 1, 1):
            cell.value = write(str(cell.value))

    return change


def each_text(write: Callable[[str], str]) -> Change:
    def change(page: Any) -> None:
        for cell in texts(page, 2):
            cell.value = write(str(cell.value))

    return change


def in_another_order(page: Any) -> None:
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    order = list(range(len(rows[0])))
    random.Random(7).shuffle(order)
    for number, row in enumerate(rows, start=1):
        for column, place in enumerate(order, start=1):
            page.cell(number, column).value = row[place]


def a_title_above(page: Any) -> None:
    page.insert_rows(1, 2)
    page["A1"] = "Référentiel d’exigences, version 3"
    page.merge_cells("A1:F1")


def groups_above(page: Any) -> None:
    page.insert_rows(1)
    page["A1"], page["E1"] = "Exigence", "Scénario"
    page.merge_cells("A1:D1")
    page.merge_cells("E1:G1")


def headers_over_two_rows(page: Any) -> None:
    page.insert_rows(2)
    for column in range(1, page.max_column + 1):
        page.merge_cells(start_row=1, end_row=2, start_column=column, end_column=column)


def an_empty_column(page: Any) -> None:
    page.insert_cols(3)


def empty_rows(page: Any) -> None:
    page.insert_rows(4, 3)


def a_filter(page: Any) -> None:
    page.freeze_panes, page.auto_filter.ref = "B2", page.dimensions


CHANGES: dict[str, Change] = {
    "columns in another order": in_another_order,
    "a title above": a_title_above,
    "groups above": groups_above,
    "headers over two rows": headers_over_two_rows,
    "an empty column": an_empty_column,
    "empty rows": empty_rows,
    "a filter": a_filter,
    "line breaks in headers": each_header(lambda header: header.replace(" ", "\n", 1)),
    "spaces after headers": each_header(lambda header: f"  {header} \u00a0\n"),
    "invisible signs in headers": each_header("\u200b".join),
    "accents apart": each_header(lambda header: unicodedata.normalize("NFD", header)),
    "capitals": each_header(str.upper),
    "remarks in headers": each_header(lambda header: f"{header} (obligatoire)"),
    "ranks before headers": each_header(lambda header: f"3. {header}"),
    "stars": each_header(lambda header: f"{header} *"),
    "quotes": each_header(lambda header: f"« {header} » :"),
    "numéro de": each_header(lambda header: header.replace("N°", "Numéro de")),
    "N alone": each_header(lambda header: header.replace("N°", "N")),
    "Nº": each_header(lambda header: header.replace("N°", "Nº")),
    "underscores": each_header(lambda header: header.replace(" ", "_")),
    "spaces after texts": each_text(lambda text: f"{text}  \u00a0\n"),
    "spaces before texts": each_text(lambda text: f"\t {text}"),
}


def shown(file: io.BytesIO) -> list[str]:
    """What is said of a workbook, whatever the row of its headers."""
    return [line.partition(" : ")[2] for line in said_of(file)]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_same_is_read(layout: Callable[[], io.BytesIO], change: Change) -> None:
    file = changed(layout(), change)

    assert numbers_of(file) == numbers_of(layout())
    assert shown(file) == shown(layout())


def repeated_headers(page: Any) -> None:
    for number in (2, 5):
        page.insert_rows(number)
        for column in range(1, page.max_column + 1):
            page.cell(number, column).value = page.cell(1, column).value


def further_columns(page: Any) -> None:
    page.cell(1, page.max_column + 1).value = "Statut"
    page.cell(2, page.max_column).value = "À relire"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (repeated_headers, "à savoir A2, A5 : Cette ligne répète les en-têtes : elle n’est pas lue."),
        (further_columns, " : La colonne « Statut » n’est pas lue."),
    ],
)
def test_what_is_left_out_is_told(layout: Callable[[], io.BytesIO], change: Change, sentence: str) -> None:
    file = changed(layout(), change)
    more = [line for line in said_of(file) if line not in said_of(layout())]

    assert numbers_of(file) == numbers_of(layout())
    assert len(more) == 1
    assert sentence in more[0]
    assert more[0].startswith("à savoir")


def merged_below(page: Any) -> None:
    page.merge_cells("B2:B3")


def the_same_header_again(page: Any) -> None:
    page.cell(1, page.max_column + 1).value = "Fonction"


@pytest.mark.parametrize(
    ("change", "cell", "sentence"),
    [
        (merged_below, lambda width: "B2", "Les cellules B2:B3 sont fusionnées : séparez-les"),
        (
            the_same_header_again,
            lambda width: f"{get_column_letter(width + 1)}1",
            "La colonne « Fonction » est déjà en",
        ),
    ],
)
def test_what_could_be_read_in_two_ways_is_named_by_its_cell(
    layout: Callable[[], io.BytesIO], change: Change, cell: Callable[[int], str], sentence: str
) -> None:
    width = openpyxl.load_workbook(layout())["Exigences"].max_column
    blocking = [line for line in said_of(changed(layout(), change)) if line.startswith("bloque")]

    assert [line for line in blocking if f"{cell(width)} : {sentence}" in line]


@pytest.mark.parametrize(("place", "row"), [("A4", 4), ("$A$4:$B$7", 4), ("AB12:C3", 12), ("A:B", 0), ("", 0)])
def test_row_of_a_range(place: str, row: int) -> None:
    assert row_of(place) == row
