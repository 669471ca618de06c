"""The spreadsheet of a dossier: what is downloaded, filled in and sent back; and what is refused, a sentence a row."""

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from comptes import clock
from comptes.models import Compte
from preuves.catalogue.classeur import day_of, write_workbook
from preuves.enums import Forme
from preuves.models import Revision
from tests.candidatures.conftest import Team
from tests.factories import fichiers as some
from tests.factories import preuves as make

SignIn = Callable[[Compte], Client]
ONE, TWO, FILES = "MAT.01.01.01", "MAT.01.01.02", "INS.01.01.01"


@pytest.fixture(autouse=True)
def in_autumn() -> Any:
    with clock.travel(make.AUTUMN):
        yield


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


def downloaded(client: Client, team: Team) -> openpyxl.Workbook:
    answer = client.get(reverse("preuves:classeur_download", args=[team.candidature.nru]))
    return openpyxl.load_workbook(BytesIO(answer.content))


def filled(book: openpyxl.Workbook, **typed: dict[str, Any]) -> bytes:
    """Type in the rows, by N° with dots as underscores: `MAT_01_01_01={"Réponse": 3}`."""
    sheet = book.worksheets[0]
    headers = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        key = str(row[headers.index("N° preuve")].value).replace(".", "_")
        for header, value in typed.get(key, {}).items():
            row[headers.index(header)].value = value
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def sent(client: Client, team: Team, content: bytes, name: str = "preuves.xlsx") -> tuple[int, str]:
    file = SimpleUploadedFile(name, content)
    answer = client.post(reverse("preuves:classeur", args=[team.candidature.nru]), {"classeur": file})
    return answer.status_code, answer.content.decode()


def confirmed(client: Client, team: Team, page: str) -> str:
    kept = re.search(r'name="lignes" value="([^"]+)"', page)
    assert kept, text_of(page)
    lines = kept[1].replace("&quot;", '"').replace("&#x27;", "'").replace("&amp;", "&")
    address = reverse("preuves:classeur_deposit", args=[team.candidature.nru])
    return client.post(address, {"lignes": lines}, follow=True).content.decode()


ANSWER = {"Réponse": 48213, "Date de la preuve": date(2026, 10, 20), "Version technique": "4.2.1"}
REASON = {"Non applicable (motif)": "La solution n’appelle pas ce téléservice."}


def test_a_filled_spreadsheet_is_shown_then_deposited_in_one_act(team: Team, sign_in: SignIn) -> None:
    client = sign_in(team.salarie)
    content = filled(downloaded(client, team), MAT_01_01_01=ANSWER, MAT_01_01_02=REASON)

    status, page = sent(client, team, content)
    assert (status, re.findall(r'data-sort="(\w+)"', page)) == (200, ["ready", "ready"])
    assert not Revision.objects.exists()
    assert "2 preuves déposées depuis le classeur" in text_of(confirmed(client, team, page))
    formes = dict(Revision.objects.order_by("pk").values_list("preuve__numero", "forme"))
    assert formes == {ONE: Forme.NUMBER, TWO: Forme.NOT_APPLICABLE}

    again = downloaded(client, team)
    assert "Déjà déposé : 2" in text_of(sent(client, team, filled(again))[1]).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({ONE: ANSWER | {"Candidature": "DUI-2026-99999-X"}}, "vient d’une autre candidature"),
        ({ONE: ANSWER | {"Référentiel du": "2025-01-01"}}, "Le référentiel a changé"),
        ({ONE: ANSWER | {"N° preuve": "MAT.99"}}, "Ce N° n’est pas dans ce dossier"),
        ({ONE: ANSWER | {"N° preuve": TWO}, TWO: ANSWER}, "déjà sur une autre ligne"),
        ({ONE: ANSWER | REASON}, "et non les deux"),
        ({ONE: ANSWER | {"Réponse": "douze"}}, "est un nombre entier"),
        ({ONE: ANSWER | {"Date de la preuve": "hier"}}, "n’est pas une date"),
        ({ONE: ANSWER | {"Date de la preuve": None}}, "Indiquez la date"),
        ({FILES: {"Réponse": "ecran.png"}}, "sous forme de fichier"),
        ({ONE: ANSWER | {"Dernier dépôt": 3}}, "depuis ce classeur"),
    ],
)
def test_a_row_that_is_wrong_is_told_and_not_kept(
    team: Team, sign_in: SignIn, typed: dict[str, dict[str, Any]], sentence: str
) -> None:
    client = sign_in(team.salarie)
    rows = {numero.replace(".", "_"): values for numero, values in typed.items()}

    status, page = sent(client, team, filled(downloaded(client, team), **rows))

    assert status == 200
    assert sentence in text_of(page)
    assert not Revision.objects.exists()


def test_a_workbook_that_is_another_is_refused_whole(team: Team, sign_in: SignIn) -> None:
    client = sign_in(team.salarie)
    renamed = downloaded(client, team)
    renamed.worksheets[0]["K1"] = "Ma réponse"
    formula = filled(downloaded(client, team), MAT_01_01_01=ANSWER | {"Réponse": "=1+1"})

    for content, sentence in (
        (filled(renamed), "La colonne « Réponse » manque"),
        (formula, "La cellule contient une formule"),
        (write_workbook("Autre", ["A", "B"], [["1", "2"]], [10, 10]), "Les en-têtes du classeur de ce dossier"),
        (b"PK\3\4", "Cette archive est endommagée ou incomplète"),
        (some.PDF, "Ce fichier est un PDF. Ici se déposent des classeurs (Excel, OpenDocument)"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "protégé par un mot de passe"),
        (some.a_zip_of({"[Content_Types].xml": b"x", "xl/workbook.bin": b"x"}), "Enregistrez-le en .xlsx"),
        (bytes(5 * 1024 * 1024 + 1), "mais son contenu n’est pas un tableau Excel"),
        (b"", "Ce fichier est vide"),
    ):
        status, page = sent(client, team, content)
        assert status == 422
        assert sentence in text_of(page).replace("\u00a0", " ")
    answer = client.post(reverse("preuves:classeur", args=[team.candidature.nru]))
    assert (answer.status_code, "Choisissez le classeur" in text_of(answer.content.decode())) == (422, True)


def test_nothing_is_half_done_when_one_row_was_overtaken(team: Team, sign_in: SignIn) -> None:
    client = sign_in(team.salarie)
    page = sent(client, team, filled(downloaded(client, team), MAT_01_01_01=ANSWER, MAT_01_01_02=ANSWER))[1]
    make.a_deposit(team.candidature, team.mandataire, TWO)

    page = text_of(confirmed(client, team, page))

    assert "Rien n’est déposé" in page
    assert f"{TWO} : " in page.replace("\u00a0", " ")
    assert Revision.objects.count() == 1


def test_what_is_no_list_of_rows_is_refused(team: Team, sign_in: SignIn) -> None:
    client = sign_in(team.salarie)
    address = reverse("preuves:classeur_deposit", args=[team.candidature.nru])

    far = "1e400"
    for typed in ("", "{}x", "[[1]]", '[["MAT.01.01.01", "nothing", "", "", "", 0]]', "[" * 200_000, "{}", "3", "[3]"):
        assert client.post(address, {"lignes": typed}).status_code == 409
    assert client.post(address, {"lignes": f'[["MAT.01.01.01", "text", "", "", "", {far}]]'}).status_code == 409
    for numero in (r"\ud800", r"\u0000", "", "x" * 5000):
        for value in ("x", r"\ud800\u0000", "y" * 100_000):
            rows = (
                f'["{numero}", "number", "{value}", "", "{value}", 0], ["MAT.01.01.01", "number", "{value}", "", "", 0]'
            )
            assert client.post(address, {"lignes": f"[{rows}]"}).status_code == 422
    assert not Revision.objects.exists()


def test_texts_are_never_formulas() -> None:
    book = openpyxl.load_workbook(BytesIO(write_workbook("Feuille", ["=A"], [["=1+1"], ["@x"], [3]], [10])))

    assert [cell.data_type for (cell,) in book.worksheets[0].iter_rows()] == ["s", "s", "s", "n"]


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-10-20", date(2026, 10, 20)),
        ("20/10/2026", date(2026, 10, 20)),
        ("20.10.2026", date(2026, 10, 20)),
        ("2026-02-30", None),
        ("hier", None),
        ("", None),
    ],
)
def test_a_day_is_read_as_people_type_it(typed: str, day: date | None) -> None:
    assert day_of(typed) == day
