"""The REM on a screen: a workbook sent with the form, previewed, corrected, published, read."""

import io
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from playwright.sync_api import Page, expect

from candidatures.catalogue.dispositifs import spec_of
from comptes.enums import RoleANS
from preuves.catalogue.reading import read_rem
from preuves.models import VersionDuREM
from preuves.operations.rem import publish_rem
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.preuves.conftest import make_team_to_prove

WORKBOOK = Path("catalogue/rem/ms-dui-va2.xlsx")
ANNOTATIONS = Path("catalogue/rem/ms-dui-va2.annotations.toml")


@pytest.fixture
def demonstration(portail: str, freeze: Callable[[datetime], None]) -> VersionDuREM:
    """The REM of the demonstration, published, and one dossier that answers to another one."""
    freeze(make.SUMMER)
    team = make_team_to_prove(confirm=True)
    prove.a_deposit(team.candidature, team.salarie)
    reading = read_rem(
        [("rem.xlsx", io.BytesIO(WORKBOOK.read_bytes()))],
        spec_of("ms-dui-va2"),
        annotations=ANNOTATIONS.read_text(encoding="utf-8"),
    )
    version, _ = publish_rem(
        dispositif_code="ms-dui-va2", spec=reading.spec, date=date(2026, 6, 10), by=None, at=make.SUMMER
    )
    return version


def the_next_workbook(folder: Path, *, blocked: bool = False) -> Path:
    """The demonstration’s workbook with 3 preuves added, 2 changed, 1 removed; and something wrong, if asked."""
    book = openpyxl.load_workbook(WORKBOOK)
    sheet = book.worksheets[0]
    first = [cell.value for cell in sheet[2]]
    for number in (7, 8, 9):
        row = [*first]
        row[9], row[10] = (
            f"MAT.01.01.0{number}",
            ["Ce qu’il faut pour en juger.", "Vidéo de l’écran.", "Note."][number - 7],
        )
        sheet.append(row)
    sheet["K5"] = "Copies d'écran annotées et datées des étapes du scénario."
    sheet["K9"] = "Vidéo du déroulé complet du scénario, sans coupure, écran entier visible."
    sheet.delete_rows(60)
    if blocked:
        sheet.append([*first[:6], "PA, EHPAD", *first[7:9], first[9], "Un autre texte.", *first[11:]])
        sheet.merge_cells("C20:C21")
    path = folder / ("rem-bloque.xlsx" if blocked else "rem-juillet.xlsx")
    book.save(path)
    return path


def send(screen: Page, path: Path) -> None:
    screen.goto("/rem/importer/")
    screen.get_by_label("Classeur").set_input_files(path)
    screen.get_by_label("Annotations").set_input_files(ANNOTATIONS)
    screen.get_by_role("button", name="Envoyer et voir l’aperçu").click()


@pytest.mark.long("tests/preuves/test_rem_views.py::test_preview_names_each_problem_with_its_cell")
def test_workbook_with_problems_is_not_published(
    demonstration: VersionDuREM,
    screen: Page,
    tmp_path: Path,
    enter: Callable[..., None],
    look: Callable[[Page, str], None],
) -> None:
    enter(screen, make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR]))

    send(screen, the_next_workbook(tmp_path, blocked=True))

    look(screen, "rem-bloque")
    expect(screen.get_by_text("Les cellules C20:C21 sont fusionnées")).to_be_visible()
    expect(screen.get_by_role("button", name="Publier cette version")).to_have_count(0)


@pytest.mark.long("tests/preuves/test_rem_views.py::test_nothing_is_published_before_each_warning_is_ticked")
def test_what_the_eye_does_not_see_is_ticked_before_it_is_published(
    demonstration: VersionDuREM,
    screen: Page,
    tmp_path: Path,
    enter: Callable[..., None],
    look: Callable[[Page, str], None],
) -> None:
    book = openpyxl.load_workbook(the_next_workbook(tmp_path))
    sheet = book.worksheets[0]
    sheet.row_dimensions[5].hidden = True
    sheet["K6"] = CellRichText("Vidéo du scénario", TextBlock(InlineFont(strike=True), ", muette"))
    sheet["B8"] = f"{sheet['B8'].value}\u200b"
    book.create_sheet("Brouillon")["A1"] = "Notes"
    book.save(tmp_path / "rem-masque.xlsx")
    enter(screen, make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR]))

    send(screen, tmp_path / "rem-masque.xlsx")
    preview = screen.url
    enter(screen, make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION]))
    screen.goto(preview)

    look(screen, "rem-invisible")
    expect(screen.get_by_text("Feuille lue")).to_be_visible()
    boxes = screen.get_by_role("region", name="Contenu masqué ou trompeur").get_by_role("checkbox")
    expect(boxes).to_have_count(4)
    for box in boxes.all():
        box.press("Space")
    screen.get_by_role("button", name="Publier cette version").click()
    screen.get_by_role("dialog").get_by_role("button", name="Publier cette version").click()
    expect(screen.get_by_text("est publié.")).to_be_visible()


@pytest.mark.long(
    "tests/preuves/test_rem_views.py::test_workbook_is_sent_previewed_and_published",
    "tests/preuves/test_rem_views.py::test_preview_names_each_problem_with_its_cell",
)
def test_workbook_is_published_from_the_screen(
    demonstration: VersionDuREM,
    screen: Page,
    tmp_path: Path,
    enter: Callable[..., None],
    look: Callable[[Page, str], None],
) -> None:
    enter(screen, make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR]))
    send(screen, the_next_workbook(tmp_path))
    look(screen, "rem-apercu")
    for label, number in (("Modifiées", 2), ("Ajoutées", 3), ("Retirées", 1)):
        expect(screen.get_by_role("heading", name=f"{label} {number}")).to_be_visible()
    screen.get_by_label("MAT.01.01.07").select_option("TEXTE")
    screen.get_by_role("button", name="Enregistrer ces natures").click()
    expect(screen.get_by_text("Toutes sont déduites du texte ou des annotations.")).to_be_visible()
    screen.get_by_text("Corriger les natures d’un chapitre").click()
    screen.locator("#natures ~ details").get_by_role("link", name="Prérequis de maturité technique").click()
    look(screen, "rem-natures")
    expect(screen.get_by_text("Une autre personne que celle qui a envoyé ce classeur")).to_be_visible()
    enter(screen, make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION]))
    screen.goto("/rem/")
    screen.get_by_role("link", name="rem-juillet.xlsx").click()
    screen.get_by_role("button", name="Publier cette version").click()
    screen.get_by_role("dialog").get_by_role("button", name="Publier cette version").click()
    expect(screen.get_by_text("est publié.")).to_be_visible()

    latest = VersionDuREM.objects.order_by("-pk")[0]
    assert (latest.preuves.count(), latest.preuves.get(numero="MAT.01.01.07").nature) == (171, "TEXTE")


@pytest.mark.long(
    "tests/preuves/test_rem_views.py::test_preview_names_each_problem_with_its_cell",
    "tests/test_permission_table.py::test_each_role_gets_what_the_table_says_for_few_queries",
)
def test_pages_of_the_rem_are_accessible_and_fit(
    demonstration: VersionDuREM,
    screen: Page,
    enter: Callable[..., None],
    look: Callable[[Page, str], None],
    tmp_path: Path,
) -> None:
    enter(screen, make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR]))
    screen.goto("/rem/importer/")
    look(screen, "rem-envoi")
    send(screen, the_next_workbook(tmp_path))
    screen.goto("/rem/")
    look(screen, "rem-liste")
    screen.get_by_role("link", name="REM du 10/06/2026").click()
    look(screen, "rem-version")
