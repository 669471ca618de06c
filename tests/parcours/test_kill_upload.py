"""The web process is killed in the middle of an upload: nothing half-written is seen, and the file is sent again."""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest
from pytest_django import Settings

from candidatures.enums import VoletKind
from candidatures.models import Piece
from comptes import clock, journal
from preuves import sweeps
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make
from tests.factories import fichiers as some
from tests.parcours.server import TOKEN, Server, cookies_of

EDGE = "----parcours"
VIDEO = some.MP4 + bytes(range(256)) * 64 * 1024
HEAD = (
    f'--{EDGE}\r\nContent-Disposition: form-data; name="nature"\r\n\r\nVIDEO\r\n'
    f'--{EDGE}\r\nContent-Disposition: form-data; name="fichier"; filename="video.mp4"\r\n\r\n'
).encode()
FOOT = f"\r\n--{EDGE}--\r\n".encode()


@pytest.fixture
def team(transactional_db: None) -> Team:
    team = make_team()
    make.a_submitted_volet(team.candidature, team.salarie, kind=VoletKind.ELIGIBILITE)
    return team


def headers_of(team: Team) -> dict[str, str]:
    return {
        "Content-Type": f"multipart/form-data; boundary={EDGE}",
        "Content-Length": str(len(HEAD) + len(VIDEO) + len(FOOT)),
        "Cookie": cookies_of(team.salarie),
        "X-CSRFToken": TOKEN,
    }


def test_upload_cut_by_a_kill_leaves_nothing_and_is_sent_again(
    team: Team,
    serve: Callable[[], Server],
    tmp_path: Path,
    wait_until: Callable[..., None],
    settings: Settings,
    travel_to: Callable[..., None],
) -> None:
    arrivals = settings.ARRIVALS_ROOT = str(tmp_path / "arrivees")
    address, headers = f"/candidatures/{team.candidature.nru}/fichiers/", headers_of(team)

    def half_arrived() -> bool:
        return any(file.stat().st_size for file in Path(arrivals).glob("*.part"))

    server = serve()
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=30)) as caller:
        caller.putrequest("POST", address)
        for name, value in headers.items():
            caller.putheader(name, value)
        caller.endheaders(HEAD + VIDEO[: len(VIDEO) // 2])
        wait_until(half_arrived)
        server.kill()

    server = serve()
    assert (Piece.objects.count(), list(journal.verify())) == (0, [])
    assert not (tmp_path / "candidatures").exists()

    with closing(HTTPConnection("127.0.0.1", server.port, timeout=30)) as caller:
        caller.request("POST", address, HEAD + VIDEO + FOOT, headers)
        assert caller.getresponse().status == 200
    piece = Piece.objects.get()
    assert (tmp_path / str(piece.file.name)).read_bytes() == VIDEO
    assert list(journal.verify()) == []

    travel_to(clock.machine_now() + timedelta(days=1))
    assert (sweeps.remove_leftovers(), list(Path(arrivals).iterdir())) == (1, [])
