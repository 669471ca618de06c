"""The portal under its real server, to be killed."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from django.conf import settings as portal
from django.db import connection
from django.test import Client

from comptes.models import Compte
from tests.conftest import BY_PASSWORD

TOKEN = "b" * 32


class Server:
    """The portal under gunicorn, on the database of the test; `kill` kills all its processes."""

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
                "SECOND_FACTOR_REQUIRED": "false",  # who signs in here has typed nothing
                "STATICFILES_BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
            }
            argv = [sys.executable, "-m", "gunicorn", "tests.parcours.autumn:application", "--worker-class", "gthread"]
            argv += ["--bind", f"fd://{listener.fileno()}", "--threads", "2", "--no-control-socket"]
            self.process = subprocess.Popen(
                [*argv, "--log-level", "warning"],
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


def cookies_of(compte: Compte) -> str:
    """Return the cookies of somebody who is signed in, and who may send forms with `TOKEN`."""
    client = Client()
    client.force_login(compte, backend=BY_PASSWORD)
    return f"sessionid={client.cookies['sessionid'].value}; csrftoken={TOKEN}"
