"""The files of the preuves in a real browser: shown, played from a moment on, sent with their progress."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from pytest_django import Settings

from candidatures.enums import VoletKind
from comptes.models import Compte
from preuves.effects import draw_pages
from preuves.enums import Nature
from preuves.models import Envoi, RevisionPiece
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make
from tests.factories import fichiers as some
from tests.factories import preuves
from tests.preuves.conftest import make_team_to_prove


@pytest.fixture
def team(portail: str, freeze: Callable[[datetime], None], settings: Settings) -> Team:
    """A team whose files may come; the antivirus is away: what it says is written by the tests."""
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    freeze(make.SUMMER)
    team = make_team()
    make.a_submitted_volet(team.candidature, team.salarie, kind=VoletKind.ELIGIBILITE)
    return team


def a_piece(team: Team, name: str, content: bytes, nature: Nature, **more: Any) -> str:
    """Deposit a file; give the address of the page that shows it."""
    piece = some.a_scanned_piece(team.candidature, team.salarie, name, content, nature=nature, **more)
    some.a_revision_with(piece, by=team.salarie, submitted=True, comment="0:00 début, 0:01 : la fin")
    if name.endswith(".pdf"):
        draw_pages(piece.pk)
    return f"/candidatures/{team.candidature.nru}/fichiers/{piece.pk}/lecture/"


@pytest.mark.long(
    "tests/navigateur/test_fichiers.py::test_image_and_pages_are_really_drawn",
    "tests/navigateur/test_fichiers.py::test_video_is_played_from_a_mark",
)
def test_every_kind_of_file_is_shown(
    team: Team,
    screen: Page,
    enter: Callable[[Page, Compte], None],
    look: Callable[[Page, str], None],
) -> None:
    shown = {
        "image": a_piece(team, "écran d’accueil.png", some.an_image("PNG", 1280, 720), Nature.CAPTURE),
        "pdf": a_piece(team, "formulaire.pdf", some.a_written_pdf("Test d’intrusion", pages=3), Nature.PENTEST),
        "video": a_piece(team, "scénario.webm", some.a_video(), Nature.VIDEO),
        "zip": a_piece(team, "archive.zip", some.ZIP, Nature.ARCHIVE_XDM),
        "non-analyse": a_piece(team, "note.txt", b"Bonjour", Nature.DOCUMENT, state="not_scanned"),
        "refuse": a_piece(team, "piege.txt", b"X5O!", Nature.DOCUMENT, state="infected"),
    }
    enter(screen, team.instructeur)
    for name, address in shown.items():
        screen.goto(address)
        screen.wait_for_load_state("networkidle")
        look(screen, f"fichier-{name}")


def until(element: Locator, condition: str) -> None:
    """Wait for what is said of `one`; Playwright's own way evaluates a string, which the page's policy refuses."""
    element.evaluate(
        f"""one => new Promise((done, fail) => {{
            setTimeout(() => fail(new Error("never: {condition}")), 20000);
            const look = () => ({condition}) ? done() : setTimeout(look, 50);
            look();
        }})"""
    )


def test_image_and_pages_are_really_drawn(team: Team, desktop: Page, enter: Callable[[Page, Compte], None]) -> None:
    enter(desktop, team.salarie)
    for address in (
        a_piece(team, "a.png", some.an_image("PNG", 640, 360), Nature.CAPTURE),
        a_piece(team, "a.pdf", some.a_written_pdf("Bonjour", pages=1), Nature.PENTEST),
    ):
        desktop.goto(address)
        image = desktop.locator(".ps-viewer img").first
        expect(image).to_be_visible()
        until(image, "one.naturalWidth > 600")


def test_video_is_played_from_a_mark(team: Team, desktop: Page, enter: Callable[[Page, Compte], None]) -> None:
    enter(desktop, team.instructeur)
    desktop.goto(a_piece(team, "a.webm", some.a_video(), Nature.VIDEO))
    video = desktop.locator("video")
    until(video, "one.readyState >= 1")
    video.evaluate("video => { video.muted = true; }")
    desktop.get_by_role("link", name="0:01").click()
    until(video, "one.currentTime >= 1")

    desktop.get_by_label("Minutes et secondes").fill("0:02")
    desktop.get_by_role("button", name="Aller").click()
    until(video, "one.currentTime >= 2")
    assert "?" not in desktop.url


@pytest.mark.long("tests/navigateur/test_fichiers.py::test_video_is_played_from_a_mark")
def test_video_opens_at_a_moment_without_javascript(
    team: Team, portail: str, new_context: Any, enter: Callable[[Page, Compte], None]
) -> None:
    page = new_context(base_url=portail, java_script_enabled=False).new_page()
    enter(page, team.salarie)
    page.goto(a_piece(team, "a.webm", some.a_video(), Nature.VIDEO))
    page.get_by_role("link", name="0:01").click()

    expect(page.locator("video")).to_have_attribute(
        "src", f"{page.url.partition('lecture')[0]}?voir=1#t=1".partition(portail)[2]
    )


# -- sending --------------------------------------------------------------------------------------------------------

NUMERO = "INS.01.01.01"


@pytest.fixture
def proving(portail: str, freeze: Callable[[datetime], None]) -> Team:
    """A team whose preuves are open."""
    freeze(preuves.AUTUMN)
    return make_team_to_prove()


@pytest.fixture
def depot(proving: Team, portail: str, new_context: Any, enter: Callable[[Page, Compte], None]) -> Page:
    """The page of a preuve that asks for files; its complaints are not watched, since its network is cut."""
    page: Page = new_context(base_url=portail, viewport={"width": 1280, "height": 900}).new_page()
    enter(page, proving.salarie)
    page.goto(f"/candidatures/{proving.candidature.nru}/preuve/{NUMERO}/")
    return page


def choose(page: Page, *files: tuple[str, bytes]) -> None:
    chosen = [{"name": name, "mimeType": "application/octet-stream", "buffer": content} for name, content in files]
    page.locator("input[type=file]").set_input_files(chosen)


def upload_line(page: Page, text: str) -> Locator:
    """What the line of a file says."""
    return page.locator(".ps-upload-said").get_by_text(text)


def test_files_leave_as_soon_as_they_are_chosen(
    proving: Team, depot: Page, axe: Callable[[Page], None], screenshot: Callable[[Page, str], Path]
) -> None:
    choose(depot, ("écran.png", some.PNG), ("faux.pdf", b"<html>"), ("vide.png", b""))
    expect(upload_line(depot, "Prêt à être déposé")).to_have_count(1)
    expect(depot.locator(".ps-upload[data-state=refused]")).to_have_count(2)
    axe(depot)
    screenshot(depot, "depot-envoye")

    depot.locator("[name=evidence_date]").fill("2026-06-20")
    depot.locator("[name=version_technique]").fill("4.2.1")
    depot.get_by_role("button", name="Déposer la preuve").click()
    expect(depot.get_by_text("est reçue")).to_be_visible()
    assert [line.piece.name for line in RevisionPiece.objects.all()] == ["écran.png"]


BIG = some.PNG + bytes(range(256)) * 40  # in parts of a thousand bytes, eleven of them


@pytest.fixture
def small_parts(portail: str, settings: Settings) -> None:
    settings.UPLOAD_PART_SIZE, settings.UPLOAD_REQUEST_SECONDS = 1000, 0


def cut(page: Page, parts: str = "*", times: int = 1) -> None:
    """Cut the connection under the next sends of those parts."""
    page.route(f"**/parties/{parts}/", lambda route: route.abort(), times=times)


def test_upload_that_is_cut_goes_on_by_itself(small_parts: None, proving: Team, depot: Page) -> None:
    sent: list[str] = []
    depot.on("requestfinished", lambda request: sent.append(request.url) if request.method == "PUT" else None)
    depot.reload()
    cut(depot, times=2)
    choose(depot, ("a.png", BIG))
    expect(upload_line(depot, "La connexion a été coupée. Nouvel essai")).to_be_visible()

    expect(upload_line(depot, "Prêt à être déposé")).to_be_visible()
    assert len(sent) == 11
    piece = proving.candidature.pieces.get(name="a.png")
    assert b"".join(piece.read()) == BIG


@pytest.mark.long("tests/navigateur/test_fichiers.py::test_upload_that_is_cut_goes_on_by_itself")
def test_upload_on_a_fast_line_takes_two_requests_and_one_part_alone_after_a_cut(
    small_parts: None, settings: Settings, proving: Team, depot: Page
) -> None:
    settings.UPLOAD_REQUEST_SECONDS = 10
    sent: list[int] = []
    depot.on(
        "requestfinished",
        lambda request: sent.append(int(request.url.split("/")[-2])) if request.method == "PUT" else None,
    )
    depot.reload()
    choose(depot, ("a.png", BIG))
    expect(upload_line(depot, "Prêt à être déposé")).to_be_visible()
    assert sent == [1, 2]

    sent.clear()
    cut(depot, parts="2")
    choose(depot, ("b.png", BIG + b"b"))
    expect(upload_line(depot, "Prêt à être déposé")).to_have_count(2)
    assert sent == [1, 2, 3]
    assert b"".join(proving.candidature.pieces.get(name="b.png").read()) == BIG + b"b"


@pytest.mark.long("tests/navigateur/test_fichiers.py::test_upload_that_is_cut_goes_on_by_itself")
def test_upload_that_stays_cut_goes_on_by_a_button(small_parts: None, proving: Team, depot: Page) -> None:
    depot.clock.install()
    depot.reload()
    depot.route("**/parties/*/", lambda route: route.abort())
    choose(depot, ("a.png", BIG))
    for _ in range(12):
        depot.clock.run_for(30_000)
        depot.wait_for_timeout(50)
    expect(upload_line(depot, "Ce qui est arrivé est gardé.")).to_be_visible()
    depot.unroute("**/parties/*/")
    depot.clock.resume()
    depot.get_by_role("button", name="Continuer l’envoi").click()

    expect(upload_line(depot, "Prêt à être déposé")).to_be_visible()


def test_upload_is_cancelled(small_parts: None, proving: Team, depot: Page, wait_until: Callable[..., None]) -> None:
    held: list[Route] = []
    depot.reload()
    depot.route("**/parties/*/", lambda route: held.append(route))  # noqa: PLW0108 -- it marks what it is given
    choose(depot, ("a.png", BIG))
    expect(depot.locator("progress")).to_have_count(2)
    depot.get_by_role("button", name="Annuler").click()

    expect(depot.locator(".ps-upload")).to_have_count(0)
    expect(depot.get_by_text("annulé")).to_have_count(1)
    for route in held:
        route.abort()
    wait_until(lambda: not Envoi.objects.exists())


@pytest.mark.long(
    "tests/navigateur/test_dossier_administratif.py::test_automatic_save_after_the_session_ended_does_not_pass_for_one"
)
def test_session_that_is_over_is_said(proving: Team, depot: Page) -> None:
    depot.context.clear_cookies()
    choose(depot, ("a.png", some.PNG))

    expect(upload_line(depot, "Votre session est terminée")).to_be_visible()


@pytest.mark.long("tests/preuves/test_attentes.py::test_submission_stands_once_its_files_came_within_the_grace")
def test_deposit_is_made_while_its_files_travel_and_taken_up_after(
    small_parts: None,
    proving: Team,
    depot: Page,
    look: Callable[[Page, str], None],
) -> None:
    depot.reload()
    depot.route(re.compile(r"/parties/[5-9]/$"), lambda route: route.abort())
    choose(depot, ("a.png", BIG))
    expect(depot.locator(".ps-uploads-total").get_by_text("1 fichier en route")).to_be_visible()
    expect(depot.locator("[name=envois]")).to_have_count(1)
    depot.locator("[name=evidence_date]").fill("2026-06-20")
    depot.locator("[name=version_technique]").fill("4.2.1")
    with depot.context.expect_page() as opened:
        depot.get_by_role("button", name="Déposer la preuve").click()
    expect(depot.get_by_text("gardez-le ouvert jusqu’à la fin")).to_be_visible()
    look(depot, "depot-continue")
    page = opened.value
    expect(page.get_by_text("est reçue")).to_be_visible()
    depot.close()
    assert RevisionPiece.objects.count() == 0

    page.goto(f"/candidatures/{proving.candidature.nru}/preuve/{NUMERO}/")
    expect(page.get_by_role("heading", name="Fichiers en cours d’envoi")).to_be_visible()
    look(page, "depot-attendu")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choisir de nouveau le fichier").click()
    chooser.value.set_files([{"name": "b.png", "mimeType": "image/png", "buffer": BIG[:-1] + b"x"}])
    expect(upload_line(page, "la partie 11 sur 11 est différente")).to_be_visible()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choisir de nouveau le fichier").click()
    chooser.value.set_files([{"name": "b.png", "mimeType": "image/png", "buffer": BIG}])
    expect(upload_line(page, "Reçu et vérifié")).to_be_visible()
    assert [line.piece.name for line in RevisionPiece.objects.all()] == ["a.png"]
