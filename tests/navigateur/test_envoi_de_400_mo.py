"""A real video of 400 MB, declared two minutes before noon over a line that is cut; taken up by somebody else, after.

`ENVOI_MO` makes it lighter, where the machine is slow.
"""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from candidatures.enums import AccuseKind
from candidatures.models import Accuse
from comptes.models import Compte
from preuves import sweeps
from preuves.enums import SondeState
from preuves.models import AttenteDeFichiers, Envoi, Sonde
from tests.candidatures.conftest import Team
from tests.factories import preuves as make
from tests.factories import videos
from tests.navigateur.line import Line
from tests.preuves.conftest import make_team_to_prove

NOON = datetime(2027, 10, 1, 10, 0, tzinfo=UTC)  # Date 2, in Paris
MINUTE = timedelta(minutes=1)
NUMERO = "INS/va1.02.01.01"  # a video
MEGABYTE = 1024 * 1024
SIZE = int(os.environ.get("ENVOI_MO", "400")) * MEGABYTE
PATIENCE = 30_000 + SIZE // MEGABYTE * 1000  # milliseconds; a machine that is busy hashes and sends slowly


@pytest.fixture
def team(portail: str, freeze: Callable[[datetime], None]) -> Team:
    """Everything of the chapitre is deposited, but the video."""
    freeze(NOON - 2 * MINUTE)
    team = make_team_to_prove()
    due = make.due_in(team.candidature, "INS")
    assert NUMERO in due
    for numero in due:
        if numero != NUMERO:
            make.a_deposit(team.candidature, team.salarie, numero, make.not_applicable(), at=NOON - 9 * MINUTE)
    return team


@pytest.fixture
def video(tmp_path: Path) -> Path:
    file = tmp_path / "demonstration.mp4"
    videos.write_a_video(file, SIZE)
    assert file.stat().st_size == SIZE
    return file


@pytest.fixture
def line(portail: str) -> Iterator[Line]:
    """Cut three times on the way, after a fifth of the file each time, then so slow that nothing more of it comes."""
    port = urlsplit(portail).port
    assert port is not None
    with Line(port, cuts=[SIZE // 5, 2 * SIZE // 5, 3 * SIZE // 5], hangs_after=3 * SIZE // 4) as line:
        yield line


@pytest.fixture
def opened(new_context: Any, enter: Callable[[Page, Compte], None]) -> Callable[..., Page]:
    """A browser of one person, at a port; its complaints are not watched, since its line is cut."""

    def start(compte: Compte, port: int) -> Page:
        page: Page = new_context(
            base_url=f"http://localhost:{port}", viewport={"width": 1280, "height": 900}
        ).new_page()
        page.set_default_timeout(PATIENCE)
        enter(page, compte)
        return page

    return start


def submit_while_it_travels(page: Page, team: Team, video: Path, line: Line, wait_until: Callable[..., None]) -> int:
    """Declare, be cut three times, deposit and submit; the tab is closed before all has come.

    :return: how many parts have come
    """
    page.goto(f"/candidatures/{team.candidature.nru}/preuve/{NUMERO}/")
    page.locator("input[type=file]").set_input_files(video)
    expect(page.locator("[name=envois]")).to_have_count(1, timeout=PATIENCE)
    wait_until(lambda: line.dropped == 3 and line.hangs, seconds=PATIENCE / 1000)
    page.locator("[name=evidence_date]").fill("2027-09-20")
    page.locator("[name=version_technique]").fill("4.2.1")
    with page.context.expect_page() as beside:
        page.get_by_role("button", name="Déposer la preuve").click()
    other = beside.value
    expect(other.get_by_text("est reçue")).to_be_visible(timeout=PATIENCE)
    other.goto(f"/candidatures/{team.candidature.nru}/chapitres/INS/soumettre/")
    expect(other.get_by_text("Fichiers en cours d’envoi")).to_be_visible()
    other.get_by_role("button", name="Soumettre à l’ANS").click()
    expect(other.get_by_text("soumis à l’ANS le")).to_be_visible()
    page.context.close()
    line.free()
    wait_until(lambda: line.is_quiet, seconds=PATIENCE / 1000)
    envoi = Envoi.objects.get()
    assert 0 < envoi.received.count() < len(envoi.parts)
    return envoi.received.count()


def take_up(page: Page, team: Team, video: Path) -> None:
    page.goto(f"/candidatures/{team.candidature.nru}/preuve/{NUMERO}/")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choisir de nouveau le fichier").click()
    chooser.value.set_files(video)


@pytest.mark.long("tests/navigateur/test_fichiers.py::test_upload_that_is_cut_goes_on_by_itself")
def test_video_of_400_mb_cut_three_times_is_taken_up_and_in_time(
    team: Team,
    video: Path,
    line: Line,
    portail: str,
    opened: Callable[..., Page],
    freeze: Callable[[datetime], None],
    wait_until: Callable[..., None],
) -> None:
    came = submit_while_it_travels(opened(team.salarie, line.port), team, video, line, wait_until)
    envoi, attente = Envoi.objects.get(), AttenteDeFichiers.objects.get()
    assert (attente.until, attente.complete_at) == (NOON + 60 * MINUTE, None)
    first = Accuse.objects.get(kind=AccuseKind.CHAPITRE)
    assert envoi.empreinte in str(first.data)

    freeze(NOON + 30 * MINUTE)
    sent = line.sent
    page = opened(team.mandataire, line.port)
    take_up(page, team, video)
    expect(page.locator(".ps-upload-said").get_by_text("Reçu et vérifié")).to_be_visible(timeout=PATIENCE)

    attente.refresh_from_db()
    assert (attente.complete_at, attente.fell_at) == (NOON + 30 * MINUTE, None)
    assert attente.soumission.submitted_at == NOON - 2 * MINUTE
    assert line.sent - sent < SIZE - came * envoi.part_size + MEGABYTE  # what had come was not sent again
    envoi.refresh_from_db()
    assert envoi.piece is not None
    assert (envoi.piece.size, Sonde.objects.get(sha256=envoi.piece.sha256).state) == (SIZE, SondeState.READABLE)
    assert envoi.piece.sha256 in str(Accuse.objects.get(kind=AccuseKind.FICHIER).data)


@pytest.mark.long("tests/navigateur/test_fichiers.py::test_upload_that_is_cut_goes_on_by_itself")
def test_video_of_400_mb_of_which_one_byte_changed_is_refused_in_words(
    team: Team,
    video: Path,
    line: Line,
    opened: Callable[..., Page],
    freeze: Callable[[datetime], None],
    wait_until: Callable[..., None],
) -> None:
    submit_while_it_travels(opened(team.salarie, line.port), team, video, line, wait_until)
    with video.open("r+b") as content:
        content.seek(SIZE - 1)
        last = content.read(1)
        content.seek(SIZE - 1)
        content.write(bytes([last[0] ^ 1]))

    freeze(NOON + 30 * MINUTE)
    page = opened(team.salarie, line.port)
    take_up(page, team, video)
    parts = len(Envoi.objects.get().parts)
    expect(page.locator(".ps-upload-said")).to_contain_text(
        f"la partie {parts} sur {parts} est différente", timeout=PATIENCE
    )

    freeze(NOON + 61 * MINUTE)
    sweeps.settle_soumissions()
    page.goto(f"/candidatures/{team.candidature.nru}/chapitres/INS/")
    expect(page.get_by_text("Votre soumission est annulée")).to_be_visible()
    assert Envoi.objects.get().arrived_at is None
    assert not Accuse.objects.filter(kind=AccuseKind.FICHIER).exists()
