"""A large file declared just before noon: its chapitre submitted, the line cut, the tab closed; then taken up."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from comptes.models import Compte
from preuves import sweeps
from preuves.models import AttenteDeFichiers, Envoi
from tests.candidatures.conftest import Team
from tests.factories import envois
from tests.factories import fichiers as some
from tests.factories import preuves as make
from tests.preuves.conftest import make_team_to_prove

NOON = datetime(2027, 10, 1, 10, 0, tzinfo=UTC)  # Date 2, in Paris
MINUTE = timedelta(minutes=1)
NUMERO = "INS.01.01.01"
PARTS = 50  # as 400 MB in parts of 8
CONTENT = some.PNG + bytes(range(256)) * (PARTS * envois.PART // 256 - 1)


@pytest.fixture
def team(portail: str, freeze: Callable[[datetime], None], settings: Settings) -> Team:
    """Everything of the chapitre is deposited, but one file."""
    settings.UPLOAD_PART_SIZE, settings.UPLOAD_REQUEST_SECONDS = envois.PART, 0
    freeze(NOON - 2 * MINUTE)
    team = make_team_to_prove()
    for numero in make.due_in(team.candidature, "INS"):
        if numero != NUMERO:
            make.a_deposit(team.candidature, team.salarie, numero, make.not_applicable(), at=NOON - 9 * MINUTE)
    return team


@pytest.fixture
def opened(team: Team, portail: str, new_context: Any, enter: Callable[[Page, Compte], None]) -> Callable[..., Page]:
    """A browser of one person; its complaints are not watched, since its network is cut."""

    def start(compte: Compte) -> Page:
        page: Page = new_context(base_url=portail, viewport={"width": 1280, "height": 900}).new_page()
        enter(page, compte)
        return page

    return start


def chosen(page: Page, content: bytes, name: str = "écran.png") -> list[Any]:
    return [{"name": name, "mimeType": "image/png", "buffer": content}]


def submit_while_it_travels(page: Page, team: Team) -> None:
    """Declare, deposit and submit; the line is cut three times on the way, then for good."""
    page.goto(f"/candidatures/{team.candidature.nru}/preuve/{NUMERO}/")
    cuts = [0]

    def cut(route: Any) -> None:
        number = int(route.request.url.rstrip("/").rpartition("/")[2])
        if number in (7, 15, 22) and cuts[0] < 3:
            cuts[0] += 1
            route.abort()
        elif number > 25:
            route.abort()
        else:
            route.continue_()

    page.route(re.compile(r"/parties/\d+/$"), cut)
    page.locator("input[type=file]").set_input_files(chosen(page, CONTENT))
    expect(page.locator(".ps-uploads-total").get_by_text("1 fichier en route")).to_be_visible()
    expect(page.locator("[name=envois]")).to_have_count(1)
    page.locator("[name=evidence_date]").fill("2027-09-20")
    page.locator("[name=version_technique]").fill("4.2.1")
    with page.context.expect_page() as beside:
        page.get_by_role("button", name="Déposer la preuve").click()
    other = beside.value
    expect(other.get_by_text("est reçue")).to_be_visible()
    other.goto(f"/candidatures/{team.candidature.nru}/chapitres/INS/soumettre/")
    expect(other.get_by_text("Fichiers en cours d’envoi")).to_be_visible()
    other.get_by_role("button", name="Soumettre à l’ANS").click()
    expect(other.get_by_text("soumis à l’ANS le")).to_be_visible()
    assert cuts == [3]
    page.context.close()


def take_up(page: Page, team: Team, content: bytes) -> None:
    page.goto(f"/candidatures/{team.candidature.nru}/preuve/{NUMERO}/")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choisir de nouveau le fichier").click()
    chooser.value.set_files(chosen(page, content, "copie.png"))


@pytest.mark.long(
    "tests/preuves/test_attentes.py::test_submission_stands_once_its_files_came_within_the_grace",
    "tests/navigateur/test_fichiers.py::test_upload_that_is_cut_goes_on_by_itself",
)
def test_file_declared_before_noon_is_taken_up_after_and_in_time(
    team: Team,
    opened: Callable[..., Page],
    freeze: Callable[[datetime], None],
    wait_until: Callable[..., None],
    look: Callable[[Page, str], None],
) -> None:
    submit_while_it_travels(opened(team.salarie), team)
    attente = AttenteDeFichiers.objects.get()
    assert (attente.until, attente.complete_at) == (NOON + 60 * MINUTE, None)
    assert Envoi.objects.get().received.count() < PARTS

    freeze(NOON + 30 * MINUTE)
    page = opened(team.mandataire)  # another day, another browser, another person of the team
    page.goto(f"/candidatures/{team.candidature.nru}/chapitres/INS/")
    expect(page.get_by_text("Des fichiers sont en cours d’envoi")).to_be_visible()
    look(page, "chapitre-en-route")
    take_up(page, team, CONTENT)
    expect(page.locator(".ps-upload-said").get_by_text("Reçu et vérifié")).to_be_visible(timeout=30_000)

    attente.refresh_from_db()
    assert (attente.complete_at, attente.fell_at) == (NOON + 30 * MINUTE, None)
    assert attente.soumission.submitted_at == NOON - 2 * MINUTE
    page.goto(f"/candidatures/{team.candidature.nru}/chapitres/INS/")
    expect(page.get_by_text("Des fichiers sont en cours d’envoi")).to_have_count(0)


@pytest.mark.long("tests/preuves/test_attentes.py::test_submission_stands_once_its_files_came_within_the_grace")
def test_file_of_which_one_byte_changed_is_refused_and_the_submission_falls(
    team: Team, opened: Callable[..., Page], freeze: Callable[[datetime], None], look: Callable[[Page, str], None]
) -> None:
    submit_while_it_travels(opened(team.salarie), team)
    freeze(NOON + 30 * MINUTE)
    page = opened(team.salarie)
    take_up(page, team, CONTENT[:-1] + b"x")
    expect(page.locator(".ps-upload-said").get_by_text("est différente")).to_be_visible()
    look(page, "envoi-refuse")

    freeze(NOON + 61 * MINUTE)
    sweeps.settle_soumissions()
    page.goto(f"/candidatures/{team.candidature.nru}/chapitres/INS/")
    expect(page.get_by_text("Votre soumission est annulée")).to_be_visible()
    look(page, "soumission-tombee")
