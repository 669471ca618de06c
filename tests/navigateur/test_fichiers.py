"""The files of the preuves in a real browser: shown, played from a moment on, sent with their progress."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from candidatures.enums import VoletKind
from comptes.models import Compte
from preuves.effects import draw_pages
from preuves.enums import Nature
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make
from tests.factories import fichiers as some


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


def test_every_kind_of_file_is_shown(
    team: Team,
    screen: Page,
    enter: Callable[[Page, Compte], None],
    axe: Callable[[Page], None],
    fits: Callable[[Page], None],
    screenshot: Callable[[Page, str], Path],
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
        axe(screen)
        fits(screen)
        screenshot(screen, f"fichier-{name}")


def test_image_and_pages_are_really_drawn(team: Team, desktop: Page, enter: Callable[[Page, Compte], None]) -> None:
    enter(desktop, team.salarie)
    for address in (
        a_piece(team, "a.png", some.an_image("PNG", 640, 360), Nature.CAPTURE),
        a_piece(team, "a.pdf", some.a_written_pdf("Bonjour", pages=1), Nature.PENTEST),
    ):
        desktop.goto(address)
        image = desktop.locator(".ps-viewer img").first
        expect(image).to_be_visible()
        desktop.wait_for_function("document.querySelector('.ps-viewer img').naturalWidth > 600")


def test_video_is_played_from_a_mark(team: Team, desktop: Page, enter: Callable[[Page, Compte], None]) -> None:
    enter(desktop, team.instructeur)
    desktop.goto(a_piece(team, "a.webm", some.a_video(), Nature.VIDEO))
    desktop.wait_for_function("document.querySelector('video').readyState >= 1")
    desktop.locator("video").evaluate("video => { video.muted = true; }")
    desktop.get_by_role("link", name="0:01").click()
    desktop.wait_for_function("document.querySelector('video').currentTime >= 1")

    desktop.get_by_label("Minutes et secondes").fill("0:02")
    desktop.get_by_role("button", name="Aller").click()
    desktop.wait_for_function("document.querySelector('video').currentTime >= 2")
    assert "?" not in desktop.url


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
