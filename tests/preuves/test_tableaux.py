"""A list of a volet by spreadsheet: downloaded, filled in, shown line by line, then saved whole or not at all."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidatures.catalogue.champs import ChampKind
from candidatures.catalogue.dispositifs import spec_of
from candidatures.catalogue.formats import TABLEAU
from candidatures.enums import VoletKind
from candidatures.models import Candidature
from candidatures.operations.volets import save_answers
from candidatures.queries.volets import latest_reponses
from comptes import clock
from comptes.models import Compte
from preuves.catalogue.headers import header_key
from preuves.catalogue.tableaux import headers_of
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make
from tests.ground import standing

SignIn = Callable[[Compte], Client]
KIND = VoletKind.ELIGIBILITE
DISTRIBUTEURS, ADDITIONNELS, NOMS = "distributeurs", "additionnels", "noms_commerciaux"
BELGE = {"raison_sociale": "Zorg NV", "immatriculation": {"pays": "BE", "identifiant": "0403170701"}}
FRANCAIS = {"raison_sociale": "=Alizé", "immatriculation": {"pays": "FR", "identifiant": "732829320"}}
team = standing(make_team)


@pytest.fixture(autouse=True)
def it_is_summer() -> Iterator[None]:
    with clock.travel(make.SUMMER):
        yield


@pytest.fixture
def client(team: Team, sign_in: SignIn) -> Client:
    return sign_in(team.salarie)


def declare(team: Team, code: str = DISTRIBUTEURS, *lines: dict[str, Any]) -> None:
    volet = make.the_volet(team.candidature, KIND)
    answers = {code: {"lignes": list(lines)}}
    save_answers(volet_id=volet.pk, answers=answers, seen_version=volet.version, by=team.mandataire, at=make.SUMMER)


def kept(candidature: Candidature, code: str = DISTRIBUTEURS) -> Any:
    row = latest_reponses(make.the_volet(candidature, KIND)).get(code)
    return row.value if row else None


def downloaded(client: Client, team: Team, code: str = DISTRIBUTEURS, nature: str = "xlsx") -> bytes:
    answer = client.get(reverse("preuves:tableau_download", args=[team.candidature.nru, KIND, code, nature]))
    assert answer.status_code == 200
    return answer.content


def changed(content: bytes, change: Callable[[Any], None]) -> bytes:
    book = openpyxl.load_workbook(BytesIO(content))
    change(book.worksheets[0])
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def sent(
    client: Client, team: Team, content: bytes, name: str = "liste.xlsx", code: str = DISTRIBUTEURS
) -> tuple[int, str]:
    url = reverse("preuves:tableau", args=[team.candidature.nru, KIND, code])
    answer = client.post(url, {"tableau": SimpleUploadedFile(name, content)})
    return answer.status_code, unescape(answer.content.decode()).replace("\u00a0", " ")


def effets(page: str) -> list[str]:
    return re.findall(r'data-effet="(\w+)"', page)


def confirmed(client: Client, team: Team, page: str, code: str = DISTRIBUTEURS) -> Any:
    lines = re.search(r'name="lignes" value="(.*)">', page)
    version = re.search(r'name="version" value="(\d+)">', page)
    assert lines, page
    assert version, page
    url = reverse("preuves:tableau_save", args=[team.candidature.nru, KIND, code])
    return client.post(url, {"lignes": lines[1], "version": version[1]})


def test_lines_are_added_changed_and_removed_after_a_preview(team: Team, client: Client) -> None:
    declare(team, DISTRIBUTEURS, FRANCAIS, BELGE)

    def change(sheet: Any) -> None:
        sheet["D2"] = "Alizé Distribution"
        sheet.delete_rows(3)
        sheet["D4"], sheet["E4"], sheet["F4"] = "Confoederatio AG", "Suisse", "CHE-100.155.212"

    status, page = sent(client, team, changed(downloaded(client, team), change))

    assert (status, effets(page)) == (200, ["changed", "added", "removed"])
    assert "Avant : =Alizé – SIREN 732 829 320" in page
    assert kept(team.candidature) == {"lignes": [FRANCAIS, BELGE]}
    assert confirmed(client, team, page).status_code == 302
    swiss = {"raison_sociale": "Confoederatio AG", "immatriculation": {"pays": "CH", "identifiant": "CHE100155212"}}
    assert kept(team.candidature) == {"lignes": [FRANCAIS | {"raison_sociale": "Alizé Distribution"}, swiss]}


@pytest.mark.parametrize("nature", ["xlsx", "ods", "csv"])
def test_what_is_downloaded_comes_back_the_same_in_each_format(team: Team, client: Client, nature: str) -> None:
    declare(team, DISTRIBUTEURS, FRANCAIS, BELGE)

    status, page = sent(client, team, downloaded(client, team, nature=nature), f"liste.{nature}")

    assert (status, effets(page)) == (200, ["same", "same"])
    assert "rien à enregistrer" in page


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_csv_of_any_spreadsheet_is_read(team: Team, client: Client, encoding: str, separator: str) -> None:
    headers = headers_of(spec_of(make.DUI).volets[KIND].by_code[DISTRIBUTEURS])
    row = [team.candidature.nru, "0", "", "Société Générale d’Été", "", "732 829 320"]
    content = "\r\n".join(separator.join(cells) for cells in (headers, row)).encode(encoding)

    status, page = sent(client, team, content, "Liste.CSV")

    assert (status, effets(page)) == (200, ["added"])
    assert "Société Générale d’Été – SIREN 732 829 320" in page


def test_files_of_lines_that_stay_are_kept_and_choices_are_read_in_words(team: Team, client: Client) -> None:
    piece = make.a_piece(team.candidature, team.mandataire)
    names = make.a_nom_commercial(piece)
    declare(team, NOMS, *names["lignes"])

    page = sent(client, team, changed(downloaded(client, team, NOMS), cell("D2", "Alizé Plus")), code=NOMS)[1]
    assert "attestation.pdf" in page
    confirmed(client, team, page, NOMS)
    assert kept(team.candidature, NOMS) == {"lignes": [names["lignes"][0] | {"nom": "Alizé Plus"}]}

    def fill(sheet: Any) -> None:
        sheet["D2"], sheet["H2"], sheet["K2"] = "Agenda", "Membre du groupement", "DMP ; INSi"

    page = sent(client, team, changed(downloaded(client, team, ADDITIONNELS), fill), code=ADDITIONNELS)[1]
    assert effets(page) == ["added"]
    confirmed(client, team, page, ADDITIONNELS)
    (line,) = kept(team.candidature, ADDITIONNELS)["lignes"]
    assert (line["nom"], line["appartenance"], line["teleservices"]) == ("Agenda", "groupement", ["INSI", "DMP"])


def cell(place: str, value: Any) -> Callable[[Any], None]:
    def write(sheet: Any) -> None:
        sheet[place] = value

    return write


def twice(sheet: Any) -> None:
    for place in "ABCDEF":
        sheet[f"{place}4"] = sheet[f"{place}3"].value
    sheet["C4"] = None


def same_line(sheet: Any) -> None:
    sheet["C3"] = 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (cell("A2", "DUI-2026-99999-X"), "Cette ligne vient d’une autre candidature (DUI-2026-99999-X)."),
        (cell("B2", 9), "La liste a changé depuis ce tableau"),
        (cell("C2", 7), "La ligne « 7 » n’est pas dans la liste."),
        (cell("C2", "x"), "La ligne « x » n’est pas dans la liste."),
        (cell("A2", None), "Cette ligne n’a plus sa candidature"),
        (same_line, "La ligne 1 de la liste est déjà à la ligne 2 du tableau."),
        (twice, "Cette ligne est identique à la ligne 3 du tableau."),
        (cell("F2", "732829321"), "« Immatriculation » : "),
        (cell("E2", "Belgique"), "« Immatriculation » : "),
        (cell("E2", "Atlantide"), "Le pays « Atlantide » n’est pas dans la liste : écrivez son nom en français"),
        (cell("D2", "x" * 300), "Ce texte compte 300 caractères"),
    ],
)
def test_a_line_that_is_wrong_is_refused_in_words_and_nothing_can_be_saved(
    team: Team, client: Client, change: Callable[[Any], None], sentence: str
) -> None:
    declare(team, DISTRIBUTEURS, FRANCAIS, BELGE)

    status, page = sent(client, team, changed(downloaded(client, team), change))

    assert status == 422
    assert "refused" in effets(page)
    assert sentence in page
    assert 'name="lignes"' not in page
    assert kept(team.candidature) == {"lignes": [FRANCAIS, BELGE]}


def hidden(sheet: Any) -> None:
    sheet.row_dimensions[3].hidden = True


def filtered(sheet: Any) -> None:
    sheet.auto_filter.ref = "A1:F4"
    sheet.row_dimensions[2].hidden = True


def emptied(sheet: Any) -> None:
    sheet.delete_rows(2, 2)


def many(sheet: Any) -> None:
    for number in range(201):
        sheet.append([None, None, None, f"Distributeur {number}", None, None])


def other_headers(sheet: Any) -> None:
    for place in ("A1", "B1", "C1", "D1"):
        sheet[place] = "Autre"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (cell("D1", "Nom du distributeur"), "manque dans la ligne 1, celle des en-têtes"),
        (cell("G1", "Ligne de la liste"), "est déjà en C1"),
        (other_headers, "Les en-têtes du tableau de cette liste ne sont pas"),
        (hidden, "Ligne 3 : le contenu est masqué dans votre tableur."),
        (filtered, "Ligne 2 : le contenu est masqué par un filtre."),
        (cell("D2", "=1+1"), "La cellule contient une formule"),
        (emptied, "Ce tableau n’a aucune ligne remplie."),
        (many, "pour 200 au maximum"),
    ],
)
def test_a_spreadsheet_that_is_wrong_as_a_whole_is_refused_in_words(
    team: Team, client: Client, change: Callable[[Any], None], sentence: str
) -> None:
    declare(team, DISTRIBUTEURS, FRANCAIS, BELGE)

    status, page = sent(client, team, changed(downloaded(client, team), change))

    assert status == 422
    assert sentence in page


def test_what_is_no_spreadsheet_of_this_list_is_refused(team: Team, client: Client) -> None:
    noms = downloaded(client, team, NOMS)
    headers = ";".join(headers_of(spec_of(make.DUI).volets[KIND].by_code[DISTRIBUTEURS]))
    for content, name in (
        (noms, "l.xlsx"),
        (b"PK\3\4", "l.xlsx"),
        (b"\0", "l.csv"),
        (b"", "l.csv"),
        (b"a" * 200_000, "l.csv"),
    ):
        status, page = sent(client, team, content, name)
        refusals = re.findall("Ce tableau n’est pas enregistré|ps-field-errors", page)
        assert (status, len(refusals)) == (422, 1)
    status, page = sent(client, team, f"{headers}\n;;;Alizé;;732829320".encode(), "l.csv")
    assert "Aucune ligne ne porte le numéro" in page
    assert client.post(reverse("preuves:tableau", args=[team.candidature.nru, KIND, DISTRIBUTEURS])).status_code == 422


def test_nothing_is_saved_when_somebody_changed_the_list_meanwhile(team: Team, client: Client) -> None:
    declare(team, DISTRIBUTEURS, FRANCAIS)
    page = sent(client, team, changed(downloaded(client, team), cell("D2", "Alizé")))[1]
    declare(team, DISTRIBUTEURS, BELGE)

    answer = confirmed(client, team, page)

    assert answer.status_code == 422
    assert "La liste a changé depuis ce tableau" in unescape(answer.content.decode()).replace("\u00a0", " ")
    assert kept(team.candidature) == {"lignes": [BELGE]}


def test_line_of_a_colleague_that_the_preview_did_not_show_is_not_removed(team: Team, client: Client) -> None:
    """The rows of this spreadsheet no longer say from which version of the list they were taken."""
    declare(team, DISTRIBUTEURS, FRANCAIS)

    def change(sheet: Any) -> None:
        versions = [header.column for header in sheet[1] if header.value == "Version de la liste"]
        for row in range(2, sheet.max_row + 1):
            sheet.cell(row, versions[0]).value = None
        sheet["C2"], sheet["D2"] = None, "Alizé"

    page = sent(client, team, changed(downloaded(client, team), change))[1]
    assert effets(page) == ["added", "removed"]
    declare(team, DISTRIBUTEURS, FRANCAIS, BELGE)

    answer = confirmed(client, team, page)

    assert effets(answer.content.decode()) == ["added", "removed", "removed"]
    assert (answer.status_code, "La liste a changé depuis cet aperçu" in answer.content.decode()) == (422, True)
    assert "Rien ne peut être enregistré tant" not in answer.content.decode()
    assert kept(team.candidature) == {"lignes": [FRANCAIS, BELGE]}
    assert confirmed(client, team, unescape(answer.content.decode())).status_code == 302


def test_what_is_no_list_of_rows_is_not_saved(team: Team, client: Client) -> None:
    url = reverse("preuves:tableau_save", args=[team.candidature.nru, KIND, DISTRIBUTEURS])

    surrogate = r'[[1, "\ud800", "", "", ["\ud800\u0000", "", ""]]]'
    assert client.post(url, {"lignes": surrogate}).status_code in (200, 422)
    for typed in (
        "",
        "{}",
        "[[1]]",
        "[" * 200_000,
        "3",
        '[[1, "", "", "", ["a"]]]',
        '[[1e400, "", "", "", ["", "", ""]]]',
    ):
        assert client.post(url, {"lignes": typed}).status_code == 409
    assert kept(team.candidature) is None


def test_a_champ_that_is_no_list_or_a_volet_that_is_closed_has_no_spreadsheet(team: Team, client: Client) -> None:
    def address(code: str) -> str:
        return reverse("preuves:tableau", args=[team.candidature.nru, KIND, code])

    assert client.get(address("nie")).status_code == 404
    assert client.get(address("inconnu")).status_code == 404
    assert client.get(f"{address(DISTRIBUTEURS)[:-1]}.exe").status_code == 404
    make.a_submitted_volet(team.candidature, team.mandataire, kind=KIND)
    assert client.get(address(DISTRIBUTEURS)).status_code == 302


def test_the_page_asks_for_few_queries(team: Team, client: Client) -> None:
    declare(team, DISTRIBUTEURS, FRANCAIS, BELGE)
    address = reverse("preuves:tableau", args=[team.candidature.nru, KIND, DISTRIBUTEURS])
    client.get(address)

    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200

    assert len(queries) == 6


@pytest.mark.parametrize("code", [make.DUI, make.ESSAI])
def test_the_headers_of_each_list_are_told_apart(code: str) -> None:
    for spec in spec_of(code).volets.values():
        for champ in spec.by_code.values():
            if champ.kind is ChampKind.LIST:
                headers = headers_of(champ)
                assert len({header_key(header) for header in headers}) == len(headers), champ.code


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("l.pdf", b"%PDF-1.7", "des tableaux (Excel, OpenDocument, CSV)"),
        ("l.csv", b"%PDF-1.7", "des tableaux (Excel, OpenDocument, CSV)"),
        ("l.csv", b"a;" * (TABLEAU.at_most // 2 + 1), "5 Mo"),
    ],
)
def test_door_of_the_spreadsheet_refuses_as_the_others(
    team: Team, client: Client, name: str, content: bytes, sentence: str
) -> None:
    status, page = sent(client, team, content, name)

    assert (status, sentence in page.partition('class="ps-field-errors')[2]) == (422, True)
