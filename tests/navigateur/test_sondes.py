"""What the reader shows of a file that browsers do not play: its copy, or words; never a black rectangle."""

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from candidatures.enums import VoletKind
from comptes.models import Compte
from preuves.effects import copy_piece, probe_piece
from preuves.enums import Nature
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make
from tests.factories import fichiers as some
from tests.factories import videos
from tests.navigateur.test_fichiers import until


@pytest.fixture
def team(portail: str, freeze: Callable[[datetime], None], settings: Settings) -> Team:
    settings.CLAMD_URL = "tcp://127.0.0.1:1"  # what it says is written by the tests
    freeze(make.SUMMER)
    team = make_team()
    make.a_submitted_volet(team.candidature, team.salarie, kind=VoletKind.ELIGIBILITE)
    return team


def read(page: Page, team: Team, name: str, content: bytes) -> None:
    """Open the page of a file that was submitted."""
    piece = some.a_scanned_piece(team.candidature, team.salarie, name, content, nature=Nature.VIDEO)
    some.a_revision_with(piece, by=team.salarie, submitted=True)
    probe_piece(piece.pk)
    copy_piece(piece.pk)
    page.goto(f"/candidatures/{team.candidature.nru}/fichiers/{piece.pk}/lecture/")


@pytest.mark.long("tests/preuves/test_sondes.py::test_h265_is_converted_and_the_file_stays_what_it_was")
def test_h265_is_read_by_its_copy(
    team: Team,
    desktop: Page,
    enter: Callable[[Page, Compte], None],
    look: Callable[[Page, str], None],
) -> None:
    enter(desktop, team.instructeur)
    read(desktop, team, "a.mp4", videos.a_video_of("libx265", seconds=2))
    video = desktop.locator("video")
    until(video, "one.readyState >= 2 && one.videoWidth === 160 && one.duration > 1.5")

    expect(desktop.get_by_text("une copie, convertie pour le navigateur")).to_be_visible()
    expect(desktop.get_by_text("n’a pas pu lire cette vidéo")).to_be_hidden()
    look(desktop, "fichier-copie")


def test_player_that_fails_says_so_in_words(
    team: Team,
    desktop: Page,
    enter: Callable[[Page, Compte], None],
    look: Callable[[Page, str], None],
    settings: Settings,
) -> None:
    settings.PROBES = False
    enter(desktop, team.instructeur)
    read(desktop, team, "a.mp4", some.MP4)

    expect(desktop.get_by_text("n’a pas pu lire cette vidéo")).to_be_visible()
    look(desktop, "fichier-non-lu")


@pytest.mark.long("tests/navigateur/test_sondes.py::test_player_that_fails_says_so_in_words")
def test_file_that_does_not_open_is_named(
    team: Team, screen: Page, enter: Callable[[Page, Compte], None], look: Callable[[Page, str], None]
) -> None:
    enter(screen, team.salarie)
    read(screen, team, "a.mp4", some.MP4)

    expect(screen.get_by_text("Cette vidéo ne s’ouvre pas")).to_be_visible()
    look(screen, "fichier-illisible")
