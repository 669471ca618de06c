"""Exports: three formats that are read back, formulas that never run, and who may export what."""

import csv
import io
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import openpyxl
import pytest
from django.urls import reverse

from comptes.enums import RoleANS
from comptes.models import EvenementDeSecurite
from comptes.queries.exports import listes_for
from comptes.rules.colonnes import WORDS
from comptes.rules.tableurs import WRITERS, Row, harmless
from tests.factories import candidatures as make
from tests.factories.comptes import CompteFactory

AT = datetime(2026, 7, 1, 8, tzinfo=UTC)
HEADING = ("nom", "nombre", "date")
DANGER = '=HYPERLINK("https://voleur.example")'
ROWS: list[Row] = [["Sirocco <b>&", 3, AT], [DANGER, None, None], ["deux\nlignes", 1.5, None]]
NAMES = {
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
}


def written(nature: str, rows: Any = ROWS) -> io.BytesIO:
    file = io.BytesIO()
    WRITERS[nature](file, HEADING, rows)
    file.seek(0)
    return file


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_formula_gets_a_quote(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert harmless("Sirocco") == "Sirocco"


def test_csv_is_read_back_and_defused() -> None:
    file = written("csv")
    rows = list(csv.reader(io.TextIOWrapper(file, encoding="utf-8-sig", newline=""), delimiter=";"))

    assert rows == [
        list(HEADING),
        ["Sirocco <b>&", "3", "2026-07-01T10:00:00+02:00"],
        [f"'{DANGER}", "", ""],
        ["deux\nlignes", "1.5", ""],
    ]


def test_xlsx_is_read_back_and_holds_no_formula() -> None:
    sheet = openpyxl.load_workbook(written("xlsx")).active

    assert [[cell.value for cell in row] for row in sheet.iter_rows(max_row=3)] == [
        list(HEADING),
        ["Sirocco <b>&", 3, "2026-07-01T10:00:00+02:00"],
        [DANGER, None, None],
    ]
    assert sheet["A3"].data_type == "s"


def test_ods_is_read_back_and_holds_no_formula() -> None:
    with ZipFile(written("ods")) as archive:
        assert archive.infolist()[0].filename == "mimetype"
        content = archive.read("content.xml")

    assert b"formula" not in content
    rows = ElementTree.fromstring(content).findall(".//table:table-row", NAMES)
    texts = [["\n".join(p.text or "" for p in cell.findall("text:p", NAMES)) for cell in row] for row in rows]
    assert texts[0] == list(HEADING)
    assert texts[2][0] == DANGER
    assert texts[3][0] == "deux\nlignes"


@pytest.mark.long("tests/comptes/test_exports.py::test_csv_is_read_back_and_defused")
@pytest.mark.parametrize("nature", list(WRITERS))
def test_ten_thousand_rows_take_little_time_and_memory(nature: str) -> None:
    def rows() -> Iterator[Row]:
        for number in range(10_000):
            yield [f"Solution {number} – éditeur", number, AT, *["un texte d’une longueur ordinaire"] * 8]

    tracemalloc.start()
    start = time.perf_counter()
    written(nature, rows())
    elapsed, peak = time.perf_counter() - start, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 80 * 1024 * 1024
    assert elapsed < 60, "tracing slows it about five times"


@pytest.mark.django_db
def test_each_list_is_exported_in_each_format_and_noted(sign_in: Any) -> None:
    editeur = make.an_editeur(raison_sociale="=Danger")
    person = make.a_person(editeur, "mandataire")
    make.a_candidature(make.a_produit(editeur, person), person)
    administrateur = CompteFactory(administrateur=True)
    client = sign_in(administrateur)
    assert client.get(reverse("comptes:exports")).status_code == 200
    listes = listes_for(administrateur)

    assert len(listes) == 13
    for liste in listes:
        for nature in WRITERS:
            answer = client.get(reverse("comptes:export", args=[liste.code, nature]))
            assert answer.status_code == 200
            assert b"".join(answer)
    noted = EvenementDeSecurite.objects.filter(kind="file_read", compte=administrateur)
    assert noted.count() == 3 * len(listes)
    text = b"".join(client.get(reverse("comptes:export", args=["candidatures", "csv"]))).decode("utf-8-sig")
    assert "'=Danger" in text


@pytest.mark.django_db
def test_page_of_exports_says_every_column_in_words(sign_in: Any) -> None:
    editeur = make.an_editeur()
    for reader in (CompteFactory(administrateur=True), make.a_person(editeur, "mandataire")):
        page = sign_in(reader).get(reverse("comptes:exports")).content.decode()
        short = {column for liste in listes_for(reader) for column in liste.columns if column.islower()}
        assert short <= WORDS.keys()
        assert not [column for column in short if "_" in column and column in page]
    assert "à faire par l’éditeur" in page


@pytest.mark.django_db
def test_instructeur_exports_no_list_of_the_administration(sign_in: Any) -> None:
    client = sign_in(CompteFactory(roles_ans=[RoleANS.INSTRUCTEUR]))

    assert client.get(reverse("comptes:export", args=["comptes", "csv"])).status_code == 404
    assert client.get(reverse("comptes:export", args=["chapitres", "pdf"])).status_code == 404
    assert b"".join(client.get(reverse("comptes:export", args=["chapitres", "csv"]))).startswith(b"\xef\xbb\xbfnru;")


@pytest.mark.django_db
def test_export_keeps_the_tab_and_the_filters_of_its_list(sign_in: Any) -> None:
    make.a_dispositif()
    editeur = make.an_editeur(raison_sociale="Sirocco")
    person = make.a_person(editeur, "mandataire")
    make.a_candidature(make.a_produit(editeur, person), person)
    client, address = (
        sign_in(CompteFactory(roles_ans=[RoleANS.INSTRUCTEUR])),
        reverse("comptes:export", args=["candidatures", "csv"]),
    )

    def lines(query: str) -> int:
        return len(b"".join(client.get(f"{address}?{query}")).splitlines()) - 1

    assert [lines(query) for query in ("", "q=sirocco", "q=bora", "vue=sans-referent", "vue=close")] == [1, 1, 0, 1, 0]
