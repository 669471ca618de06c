"""A stranger's story: from sign-in to a preuve to correct in two clicks, then a folder, a spreadsheet, and chapitres.

With a pointer, from the keyboard alone, and without JavaScript.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from preuves.catalogue.rem import ChapitreSpec, RemSpec
from preuves.enums import ChapitreState, Nature
from preuves.models import Chapitre, Revision
from tests.candidatures.conftest import Team, make_team
from tests.factories import fichiers as some
from tests.factories import preuves as make
from tests.factories.comptes import PASSWORD
from tests.navigateur.conftest import DESKTOP, watched
from tests.navigateur.test_clavier import AN_ACCUSE, Keyboard
from tests.preuves.test_fairness import conclude

REASON = "Illisible."
TO_CORRECT, NUMBERS, FILES = "MSS.01.01.01", 2, 3
LONG = 60_000


class Pointer(Keyboard):
    """Somebody with a pointer, who does the same."""

    def reach(self, target: Any) -> None:
        expect(target).to_be_visible()
        target.focus()

    def press(self, name: str, role: Any = "button") -> None:
        self.page.get_by_role(role, name=name).first.click()

    def fill(self, target: Any, text: str) -> None:
        target.fill(text)


@pytest.fixture(params=["pointer", "keyboard", "no-scripts"])
def somebody_at_work(request: pytest.FixtureRequest, portail: str, new_context: Any) -> Iterator[Keyboard]:
    scripts = request.param != "no-scripts"
    context = new_context(base_url=portail, viewport=DESKTOP, reduced_motion="reduce", java_script_enabled=scripts)
    for page in watched(context):
        yield (Pointer if request.param == "pointer" else Keyboard)(page, scripts=scripts)


@pytest.fixture
def team(portail: str, freeze: Callable[[datetime], None], settings: Settings) -> Team:
    """Numbers in a chapitre, images in another; in a third, the one preuve came back from the ANS."""
    settings.CLAMD_URL = "none"
    freeze(make.AUTUMN)

    def asked(code: str, count: int, nature: Nature = Nature.MOTCO2) -> ChapitreSpec:
        exigences = [
            make.an_exigence(f"{code}.{n:02}", make.a_preuve_spec(f"{code}.{n:02}.01.01", nature))
            for n in range(1, count + 1)
        ]
        return ChapitreSpec(code, {"MAT": "Maturité", "INS": "Identité", "MSS": "Messagerie"}[code], tuple(exigences))

    make.a_rem(RemSpec((asked("MAT", NUMBERS), asked("INS", FILES, Nature.CAPTURE), asked("MSS", 1))))
    team = make_team()
    team.salarie.set_password(PASSWORD)
    team.salarie.save()
    team.candidature = make.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
    chapitre = make.a_submitted_chapitre(team.candidature, team.salarie, "MSS")
    conclude(chapitre, team, make.AUTUMN, accept=False)
    return team


@pytest.mark.long("tests/navigateur/test_ensemble.py::test_a_few_files_are_shown_then_deposited")
def test_preuves_are_corrected_brought_and_handed_over(team: Team, somebody_at_work: Keyboard, tmp_path: Path) -> None:
    work, page, nru = somebody_at_work, somebody_at_work.page, team.candidature.nru
    corrects_in_two_clicks(work, team)

    # A folder, where a wrong file is named.
    page.goto(f"/candidatures/{nru}/preuves/")
    work.press("Déposer plusieurs fichiers", "link")
    brings_a_folder(work, tmp_path)
    expect(page.get_by_role("row", name="vacances.png")).to_contain_text("Aucune")
    assert Revision.objects.filter(preuve__chapitre__code="INS").count() == 0
    work.press(f"Déposer ces {FILES} preuves")
    expect(page.get_by_text(f"{FILES} preuves déposées sur {FILES}.")).to_be_visible(timeout=LONG)

    # A spreadsheet.
    page.goto(f"/candidatures/{nru}/preuves/")
    work.press("Remplir dans un tableur", "link")
    sends_the_spreadsheet(work, tmp_path)
    work.press(f"Déposer ces {NUMBERS} réponses")
    expect(page.get_by_text(f"{NUMBERS} preuves déposées depuis le classeur.")).to_be_visible()

    for code in ("MSS", "INS", "MAT"):
        page.goto(f"/candidatures/{nru}/chapitres/{code}/")
        work.press("Relire et soumettre", "link")
        work.confirm("Soumettre à l’ANS")
        expect(page.get_by_text("soumis à l’ANS le")).to_be_visible(timeout=AN_ACCUSE)
    assert set(Chapitre.objects.values_list("state", flat=True)) == {ChapitreState.SUBMITTED}


def corrects_in_two_clicks(work: Keyboard, team: Team) -> None:
    """Sign in, then open what came back: the reason and the form of that very preuve."""
    page = work.page
    page.goto("/connexion/")
    work.fill(page.get_by_label("Adresse e-mail"), team.salarie.email)
    work.fill(page.get_by_label("Mot de passe", exact=True), PASSWORD)
    work.press("Se connecter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce qui vous attend")
    work.press("Corriger le chapitre", "link")
    expect(page).to_have_url(re.compile(f"/preuve/{re.escape(TO_CORRECT)}/$"))
    expect(page.get_by_text(REASON).first).to_be_visible()
    work.fill(page.locator("[name=value]").first, "48214")
    types_the_day(work)
    work.press("Déposer la preuve")
    expect(page.get_by_text(f"La preuve {TO_CORRECT} est déposée")).to_be_visible()


def types_the_day(work: Keyboard) -> None:
    field = work.page.locator("[name=evidence_date]")
    if isinstance(work, Pointer):
        field.fill("2026-10-20")
    else:
        work.reach(field)
        work.page.keyboard.type("20102026")


def brings_a_folder(work: Keyboard, tmp_path: Path) -> None:
    """Choose the files of a folder; without scripts, they are sent by the form."""
    folder = tmp_path / "preuves"
    folder.mkdir()
    for n in range(1, FILES + 1):
        (folder / f"INS.{n:02}.01.01 écran.png").write_bytes(some.an_image("PNG", 40 + n, 40))
    (folder / "vacances.png").write_bytes(some.an_image("PNG", 30, 30))
    page = work.page
    types_the_day(work)
    if work.scripts:
        work.reach(page.get_by_role("button", name="Choisir un dossier entier"))
        page.locator("[data-plain] input[type=file]").set_input_files(folder)
    else:
        field = page.get_by_label("Fichiers", exact=True)
        work.reach(field)
        field.set_input_files(sorted(folder.iterdir()))
        work.press("Envoyer et voir l’aperçu")
    expect(page.get_by_role("heading", name="Vérifier, puis déposer")).to_be_visible(timeout=LONG)


def sends_the_spreadsheet(work: Keyboard, tmp_path: Path) -> None:
    """Download the spreadsheet of the dossier, fill the numbers, and send it back."""
    page = work.page
    with page.expect_download() as coming:
        work.press("Télécharger le classeur", "link")
    coming.value.save_as(tmp_path / "classeur.xlsx")
    book = openpyxl.load_workbook(tmp_path / "classeur.xlsx")
    sheet = book.worksheets[0]
    headers = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        if str(row[headers.index("N° preuve")].value).startswith("MAT."):
            row[headers.index("Réponse")].value = 48213
            row[headers.index("Date de la preuve")].value = datetime(2026, 10, 20)  # noqa: DTZ001 -- as Excel keeps it
    book.save(tmp_path / "rempli.xlsx")
    field = page.get_by_label("Classeur rempli")
    work.reach(field)
    field.set_input_files(tmp_path / "rempli.xlsx")
    work.press("Envoyer et voir l’aperçu")
