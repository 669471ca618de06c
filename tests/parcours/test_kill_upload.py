"""The web process is killed in the middle of an upload: nothing half-written is seen, what came is not sent again."""

import json
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from bench.declared import PART, declaration
from candidatures.enums import VoletKind
from candidatures.models import Piece
from comptes import journal
from preuves.models import PartieRecue
from preuves.operations.envois import settle_envoi
from preuves.operations.parties import NOTED_TOGETHER
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make
from tests.factories import envois
from tests.factories import fichiers as some
from tests.parcours.server import TOKEN, Server, cookies_of

PARTS = NOTED_TOGETHER + 3


@pytest.fixture
def team(transactional_db: None) -> Team:
    team = make_team()
    make.a_submitted_volet(team.candidature, team.salarie, kind=VoletKind.ELIGIBILITE)
    return team


def asked(
    server: Server, headers: dict[str, str], method: str, path: str, body: bytes | None = None, kind: str = ""
) -> Any:
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=60)) as caller:
        caller.request(method, path, body, headers | ({"Content-Type": kind} if kind else {}))
        answer = caller.getresponse()
        content = answer.read()
    assert answer.status in (200, 204), content
    return json.loads(content) if content else None


@pytest.mark.long(
    "tests/preuves/test_envois.py::test_long_request_that_is_killed_loses_few_parts",
    "tests/preuves/test_envois.py::test_same_file_declared_again_goes_on_where_it_stopped",
)
def test_upload_cut_by_a_kill_leaves_nothing_and_goes_on_where_it_was(
    team: Team, serve: Callable[[], Server], tmp_path: Path, wait_until: Callable[..., None], settings: Settings
) -> None:
    settings.ARRIVALS_ROOT = str(tmp_path / "arrivees")
    video = (some.MP4 + bytes(range(256)) * (PARTS * PART // 256))[: PARTS * PART]
    doors = f"/candidatures/{team.candidature.nru}/envois/"
    headers = {"Cookie": cookies_of(team.salarie), "X-CSRFToken": TOKEN}

    annonce = declaration("video.mp4", "VIDEO", video[:8192], envois.parts_of(video, PART))
    server = serve()
    envoi = asked(server, headers, "POST", doors, annonce.encode(), "application/json")["envoi"]
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=30)) as caller:
        caller.putrequest("PUT", f"{doors}{envoi}/parties/1/")
        for name, value in (headers | {"Content-Length": str(len(video))}).items():
            caller.putheader(name, value)
        caller.endheaders(video[: (NOTED_TOGETHER + 2) * PART])
        wait_until(PartieRecue.objects.exists)
        server.kill()

    server = serve()
    assert (Piece.objects.count(), list(journal.verify())) == (0, [])
    assert not (tmp_path / "candidatures").exists()
    missing = asked(server, headers, "GET", f"{doors}{envoi}/")["manquantes"]
    assert missing == list(range(NOTED_TOGETHER + 1, PARTS + 1))

    rest = video[NOTED_TOGETHER * PART :]
    asked(server, headers, "PUT", f"{doors}{envoi}/parties/{missing[0]}/", rest, "application/octet-stream")
    assert settle_envoi(envoi_id=envoi, at=make.SUMMER).piece == Piece.objects.get()
    assert b"".join(Piece.objects.get().read()) == video
    assert list(journal.verify()) == []
    assert list((tmp_path / "arrivees").iterdir()) == []
