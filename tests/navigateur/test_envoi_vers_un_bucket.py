"""A video goes part by part from the browser to the bucket, here a server of this machine; then it is deposited."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.config import Config
from playwright.sync_api import Page, Request, Route, expect
from pytest_django import Settings

from candidatures.models import Piece
from comptes.models import Compte
from preuves.enums import SondeState
from preuves.models import Envoi, Revision, Sonde
from tests.candidatures.conftest import Team
from tests.candidatures.test_pieces import s3  # noqa: F401 -- a fixture
from tests.factories import preuves as make
from tests.factories import videos
from tests.navigateur.conftest import DESKTOP
from tests.preuves.conftest import make_team_to_prove

NUMERO = "INS/va1.02.01.01"
PART = 5 * 1024 * 1024  # the shortest that a bucket takes, but for the last
SIZE = 3 * PART + 1000
PATIENCE = 120_000


@pytest.fixture
def bucket(request: pytest.FixtureRequest, portail: str, settings: Settings) -> str:
    """The pièces are in a bucket, to which the pages may send; its origin."""
    options = request.getfixturevalue("s3") | {"client_config": Config(signature_version="s3v4")}
    where = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "pieces": where}
    settings.UPLOAD_PART_SIZE = PART
    policy, origin = settings.CONTENT_SECURITY_POLICY, str(options["endpoint_url"])
    connects = [*policy["DIRECTIVES"]["connect-src"], origin]
    settings.CONTENT_SECURITY_POLICY = {**policy, "DIRECTIVES": {**policy["DIRECTIVES"], "connect-src": connects}}
    return origin


@pytest.fixture
def team(bucket: str, freeze: Callable[..., None]) -> Team:
    freeze(make.AUTUMN)
    return make_team_to_prove()


@pytest.mark.long("tests/preuves/test_envois_bucket.py::test_page_is_told_where_to_send")
def test_parts_go_to_the_bucket_one_of_them_twice_and_make_a_deposit(
    team: Team,
    bucket: str,
    portail: str,
    new_context: Any,
    enter: Callable[[Page, Compte], None],
    tmp_path: Path,
) -> None:
    video = tmp_path / "demonstration.mp4"
    videos.write_a_video(video, SIZE)
    page: Page = new_context(base_url=portail, viewport=DESKTOP).new_page()
    enter(page, team.salarie)
    sent, cut = list[str](), list[str]()

    def note(request: Request) -> None:
        if request.method == "PUT":
            sent.append(f"{urlsplit(request.url).scheme}://{urlsplit(request.url).netloc}")

    def cut_once(route: Route) -> None:
        if route.request.method == "PUT" and not cut:
            cut.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.on("request", note)
    page.route(f"{bucket}/**", cut_once)
    page.goto(f"/candidatures/{team.candidature.nru}/preuve/{NUMERO}/")
    page.locator("input[type=file]").set_input_files(video)
    expect(page.get_by_text("Prêt à être déposé")).to_be_visible(timeout=PATIENCE)

    assert (sent, len(cut)) == ([bucket] * 5, 1)  # four parts, one of them twice; none through the portal
    page.locator("[name=evidence_date]").fill("2026-10-20")
    page.locator("[name=version_technique]").fill("4.2.1")
    page.get_by_role("button", name="Déposer la preuve").click()
    expect(page.get_by_text("est reçue")).to_be_visible(timeout=PATIENCE)

    envoi, piece = Envoi.objects.get(), Piece.objects.get()
    assert (envoi.piece, piece.file.name, piece.size) == (piece, envoi.stored_as, SIZE)
    assert b"".join(piece.read()) == video.read_bytes()
    assert list(Revision.objects.get(preuve__numero=NUMERO).pieces.all()) == [piece]
    assert Sonde.objects.get(sha256=piece.sha256).state == SondeState.READABLE
