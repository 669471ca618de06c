"""The web process is killed in the middle of an upload: nothing half-written is seen, and the file is sent again."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest
from django.conf import settings as portal
from django.db import connection
from django.test import Client
from pytest_django import Settings

from candidatures.enums import VoletKind
from candidatures.models import Piece
from comptes import clock, journal
from preuves import sweeps
from tests.candidatures.conftest import Team, make_team
from tests.conftest import BY_PASSWORD
from tests.factories import candidatures as make
from tests.factories import fichiers as some

EDGE, TOKEN = "----parcours", "b" * 32
VIDEO = some.MP4 + bytes(range(256)) * 64 * 1024
HEAD = (
    f'--{EDGE}\r\nContent-Disposition: form-data; name="nature"\r\n\r\nVIDEO\r\n'
    f'--{EDGE}\r\nContent-Disposition: form-data; name="fichier"; filename="video.mp4"\r\n\r\n'
).encode()
FOOT = f"\r\n--{EDGE}--\r\n".encode()


class Server:
    """The portal under gunicorn, on the database of the test; `kill` spares none of its processes."""

    def __init__(self, media: Path) -> None:
        with closing(socket.socket()) as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(16)
            self.port = listener.getsockname()[1]
            place = connection.settings_dict
            environment = {
                **os.environ,
                "DATABASE_URL": f"{portal_database()}/{place['NAME']}",
                "REDIS_URL": portal.REDIS_URL,
                "SECRET_KEY": portal.SECRET_KEY,
                "MEDIA_ROOT": str(media),
                "STATICFILES_BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
            }
            words = [sys.executable, "-m", "gunicorn", "segur_portal.wsgi:application", "--worker-class", "gthread"]
            words += ["--bind", f"fd://{listener.fileno()}", "--threads", "2", "--no-control-socket"]
            self.process = subprocess.Popen(
                [*words, "--log-level", "warning"],
                cwd=portal.BASE_DIR,
                env=environment,
                pass_fds=[listener.fileno()],
                start_new_session=True,
            )

    def answers(self) -> bool:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=10)) as caller:
            try:
                caller.request("GET", "/sante/")
                return caller.getresponse().status == 200
            except (OSError, HTTPException):
                return False

    def kill(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=10)


def portal_database() -> str:
    return os.environ["DATABASE_URL"].rpartition("/")[0]


@pytest.fixture
def serve(tmp_path: Path, wait_until: Callable[..., None]) -> Iterator[Callable[[], Server]]:
    """Start a server on the same files as the one before."""
    started: list[Server] = []

    def start() -> Server:
        started.append(Server(tmp_path))
        wait_until(started[-1].answers, seconds=30)
        return started[-1]

    yield start
    for server in started:
        server.kill()


@pytest.fixture
def team(transactional_db: None) -> Team:
    team = make_team()
    make.a_submitted_volet(team.candidature, team.salarie, kind=VoletKind.ELIGIBILITE)
    return team


def cookies_of(team: Team) -> str:
    client = Client()
    client.force_login(team.salarie, backend=BY_PASSWORD)
    return f"sessionid={client.cookies['sessionid'].value}; csrftoken={TOKEN}"


def headers_of(team: Team) -> dict[str, str]:
    return {
        "Content-Type": f"multipart/form-data; boundary={EDGE}",
        "Content-Length": str(len(HEAD) + len(VIDEO) + len(FOOT)),
        "Cookie": cookies_of(team),
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
