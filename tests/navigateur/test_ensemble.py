"""Ninety-nine preuves brought in one act: a folder of files, then a spreadsheet; a wrong file is named."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from comptes.models import Compte
from preuves.catalogue.rem import ChapitreSpec, RemSpec
from preuves.enums import ChapitreState, Forme, Nature
from preuves.models import Chapitre, Revision
from tests.candidatures.conftest import Team, make_team
from tests.factories import fichiers as some
from tests.factories import preuves as make
from tests.navigateur.conftest import DESKTOP

FILES, NUMBERS = 80, 19


@pytest.fixture
def team(portail: str, freeze: Callable[[datetime], None], settings: Settings) -> Team:
    settings.CLAMD_URL = "none"
    freeze(make.AUTUMN)
    files = [
        make.an_exigence(f"SC.INS/va1.{n:02}", make.a_preuve_spec(f"SC.INS/va1.{n:02}.01.01", Nature.CAPTURE))
        for n in range(1, FILES + 1)
    ]
    numbers = [make.an_exigence(f"MAT.{n:02}", make.a_preuve_spec(f"MAT.{n:02}.01.01")) for n in range(1, NUMBERS + 1)]
    chapitres = (ChapitreSpec("MAT", "Maturité", tuple(numbers)), ChapitreSpec("INS", "Identité", tuple(files)))
    make.a_rem(RemSpec(chapitres))
    team = make_team()
    team.candidature = make.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
    return team


def a_folder(tmp_path: Path, count: int) -> Path:
    folder = tmp_path / "preuves"
    folder.mkdir()
    for n in range(1, count + 1):
        (folder / f"SC.INS-va1.{n:02}.01.01 écran.png").write_bytes(some.an_image("PNG", 40 + n, 40))
    (folder / "vacances.png").write_bytes(some.an_image("PNG", 30, 30))
    return folder


def begin(page: Page, team: Team, folder: Path) -> None:
    page.goto(f"/candidatures/{team.candidature.nru}/preuves/fichiers/")
    page.locator("[name=evidence_date]").fill("2026-10-20")
    page.locator("[data-plain] input[type=file]").set_input_files(folder)
    expect(page.get_by_role("heading", name="Vérifier, puis déposer")).to_be_visible(timeout=60_000)


@pytest.mark.long("tests/navigateur/test_ensemble.py::test_a_few_files_are_shown_then_deposited")
def test_ninety_nine_preuves_are_brought_in_one_act_and_handed_over(
    team: Team, somebody: Callable[[Compte], Page], tmp_path: Path
) -> None:
    page, nru = somebody(team.salarie), team.candidature.nru
    begin(page, team, a_folder(tmp_path, FILES))
    expect(page.locator("tr[data-sort=unknown]")).to_contain_text("vacances.png")
    assert Revision.objects.count() == 0
    page.get_by_role("button", name=f"Déposer ces {FILES} preuves").click()
    expect(page.locator("[data-bilan]")).to_have_text(f"{FILES} preuves déposées sur {FILES}.", timeout=240_000)
    assert Revision.objects.filter(forme=Forme.FILES).count() == FILES

    begin(page, team, tmp_path / "preuves")
    expect(page.locator("tr[data-sort=same]")).to_have_count(FILES)
    assert Revision.objects.count() == FILES

    page.goto(f"/candidatures/{nru}/preuves/classeur/")
    with page.expect_download() as coming:
        page.get_by_role("link", name="Télécharger le classeur").click()
    coming.value.save_as(tmp_path / "classeur.xlsx")
    book = openpyxl.load_workbook(tmp_path / "classeur.xlsx")
    sheet = book.worksheets[0]
    headers = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        if str(row[headers.index("N° preuve")].value).startswith("MAT."):
            row[headers.index("Réponse")].value = 48213
            row[headers.index("Date de la preuve")].value = datetime(2026, 10, 20)  # noqa: DTZ001 -- as Excel keeps it
    filled = tmp_path / "rempli.xlsx"
    book.save(filled)
    page.get_by_label("Classeur rempli").set_input_files(filled)
    page.get_by_role("button", name="Envoyer et voir l’aperçu").click()
    page.get_by_role("button", name=f"Déposer ces {NUMBERS} réponses").click()
    expect(page.get_by_text(f"{NUMBERS} preuves déposées depuis le classeur.")).to_be_visible()

    for code in ("MAT", "INS"):
        page.goto(f"/candidatures/{nru}/chapitres/{code}/soumettre/")
        page.get_by_role("button", name="Soumettre à l’ANS").click()
        expect(page.get_by_text("soumis à l’ANS le")).to_be_visible(timeout=60_000)
    assert set(Chapitre.objects.values_list("state", flat=True)) == {ChapitreState.SUBMITTED}


def test_a_few_files_are_shown_then_deposited(
    team: Team,
    somebody: Callable[[Compte], Page],
    tmp_path: Path,
    axe: Callable[[Page], None],
    fits: Callable[[Page], None],
    screenshot: Callable[[Page, str], Path],
) -> None:
    """A wrong file is named; what got no answer is taken up again; from the keyboard."""
    page = somebody(team.salarie)
    folder = a_folder(tmp_path, 3)
    (folder / "SC.INS-va1.09.01.01.png").write_bytes(b"MZ" + bytes(64))
    begin(page, team, folder)
    expect(page.locator("tr[data-sort=refused]")).to_contain_text("SC.INS-va1.09.01.01.png")
    for width in (360, 800, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        axe(page)
        fits(page)
        screenshot(page, "ensemble-apercu")
    refused: list[Any] = []

    def cut(route: Any) -> None:
        refused.append(route)
        route.fulfill(status=409, body="")

    page.route("**/preuves/fichiers/deposer/", cut)
    button = page.locator("#apercu button[type=submit]")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Reprendre ce qui a été coupé")).to_be_visible(timeout=60_000)
    assert (len(refused), Revision.objects.count()) == (3, 0)

    page.unroute("**/preuves/fichiers/deposer/")
    page.get_by_role("button", name="Reprendre ce qui a été coupé").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-bilan]")).to_have_text("3 preuves déposées sur 3.", timeout=60_000)
    axe(page)
    screenshot(page, "ensemble-fini")
    assert Revision.objects.count() == 3


@pytest.mark.long("tests/navigateur/test_fichiers.py::test_upload_that_is_cut_goes_on_by_itself")
def test_a_line_cut_at_nine_tenths_loses_nothing_and_deposits_nothing_twice(
    team: Team, portail: str, new_context: Any, enter: Callable[[Page, Compte], None], tmp_path: Path
) -> None:
    """The complaints of the browser are not watched, since its line is cut."""
    page, sent = new_context(base_url=portail, viewport=DESKTOP).new_page(), list[str]()
    enter(page, team.salarie)
    begin(page, team, a_folder(tmp_path, 10))

    def cut(route: Any) -> None:
        sent.append(route.request.url)
        if len(sent) > 9:
            route.abort()
        else:
            route.continue_()

    page.route("**/parties/*/", cut)
    page.get_by_role("button", name="Déposer ces 10 preuves").click()
    expect(page.locator("tr[data-sort=done]")).to_have_count(9, timeout=60_000)
    expect(page.locator("tr", has_text="La connexion a été coupée. Nouvel essai")).to_have_count(1)
    assert Revision.objects.count() == 9

    page.unroute("**/parties/*/")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("[data-bilan]")).to_have_text("10 preuves déposées sur 10.", timeout=60_000)
    assert list(Revision.objects.values_list("number", flat=True).order_by("pk")) == [1] * 10


@pytest.mark.long("tests/preuves/test_ensemble.py::test_without_scripts_files_are_received_shown_then_deposited")
def test_files_are_deposited_without_scripts(
    team: Team, portail: str, new_context: Any, enter: Callable[[Page, Compte], None], tmp_path: Path
) -> None:
    page = new_context(base_url=portail, viewport=DESKTOP, java_script_enabled=False).new_page()
    enter(page, team.salarie)
    folder = a_folder(tmp_path, 2)
    page.goto(f"/candidatures/{team.candidature.nru}/preuves/fichiers/")
    page.locator("[name=evidence_date]").fill("2026-10-20")
    page.get_by_label("Fichiers", exact=True).set_input_files(sorted(folder.iterdir()))
    page.get_by_role("button", name="Envoyer et voir l’aperçu").click()
    expect(page.get_by_text("vacances.png")).to_be_visible()
    page.get_by_role("button", name="Déposer ces 2 preuves").click()

    expect(page.get_by_text("2 preuves déposées sur 2.")).to_be_visible()
    assert Revision.objects.count() == 2
