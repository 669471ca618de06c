"""What every measure needs: a database of its own, the server, and clients that are signed in."""

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from io import StringIO
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[1]
DATABASE = "portail_bench"
TOKEN = "b" * 32  # of the browsers, against forged forms


class Surroundings:
    """A temporary folder and a new database, as a context; both are erased at the end.

    The services are those that `DATABASE_URL` and `REDIS_URL` name, else private ones; the database is always a new
    one, whose name is `DATABASE`.
    """

    def __enter__(self) -> Self:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what we started is stopped too
        self._stack = ExitStack()
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="portail-bench-")))
        self.folder.chmod(0o711)
        self.environment = self._services() | {
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "SECRET_KEY": "bench-only",
            "DEBUG": "0",
            "DEMO": "0",
            "PYTHONPATH": str(ROOT),
            "MEDIA_ROOT": str(self.folder / "media"),
            "STATIC_ROOT": str(self.folder / "static"),
            "DISPOSITIF_FOLDERS": str(ROOT / "segur_portal" / "demo" / "dispositifs"),
            "STATICFILES_BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
        }
        try:
            self.environment["DATABASE_URL"] = self._stack.enter_context(_database(self.environment["DATABASE_URL"]))
            os.environ.update(self.environment)
            self._set_up()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        from django.db import connections

        connections.close_all()
        self._stack.close()

    def _services(self) -> dict[str, str]:
        if "DATABASE_URL" in os.environ and "REDIS_URL" in os.environ:
            return {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}
        sys.path.insert(0, str(ROOT / "script"))
        from environment import VENV
        from services import Services

        return dict(self._stack.enter_context(Services(self.folder, VENV)).environment)

    def _set_up(self) -> None:
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        self._publish()

    def _publish(self) -> None:
        """Load the desks and the dispositifs, and publish their REM."""
        from bench.moment import OPENING
        from segur_portal.demo.verbs import publish_the_catalogue

        publish_the_catalogue(at=OPENING)

    def fill(self, size: int) -> None:
        """Bring the database to that many candidatures, counting the stories that are copied."""
        from bench.moment import AT
        from candidatures.models import Candidature
        from comptes import clock

        with clock.travel(AT):
            if not Candidature.objects.exists():
                make(1)
            if (missing := size - Candidature.objects.count()) > 0:
                make(missing, seed=size)

    @contextmanager
    def clients(self, pages: list[Any]) -> Iterator[list["Client"]]:
        """Serve the portal; yield one client for each page, with its reader signed in."""
        from bench.server import serving

        with serving(self.environment) as (port, _), ExitStack() as stack:
            yield [stack.enter_context(Client(port, page)) for page in pages]


def make(candidatures: int, **options: Any) -> None:
    """Run the command `populate`, even where its app is not installed, and discard its output."""
    from django.core.management import call_command

    from bench.populate.management.commands.populate import Command

    call_command(Command(), candidatures=candidatures, oui=True, stdout=StringIO(), **options)


class Client:
    """A client that asks for one page on a kept connection; the standard library costs a tenth of what httpx does."""

    def __init__(self, port: int, page: Any) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.path = page.path
        # A browser that reads a page of the portal has both cookies since the page before.
        self.headers = {"Cookie": f"sessionid={session_of(page.reader)}; csrftoken={TOKEN}"} if page.reader else {}

    def get(self) -> None:
        self.connection.request("GET", self.path, headers=self.headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{self.path} answered {answer.status}: {content[:300]!r}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.connection.close()


def session_of(compte: Any) -> str:
    """Open a session as the sign-in does; return its key."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.cached_db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(compte.pk)
    session[BACKEND_SESSION_KEY] = "comptes.requests.PortalBackend"
    session[HASH_SESSION_KEY] = compte.get_session_auth_hash()
    session.save()
    return str(session.session_key)


@contextmanager
def _database(address: str) -> Iterator[str]:
    """Make a new database on the server of this URL; yield its URL, and drop it at the end."""
    import psycopg2

    connection = psycopg2.connect(address)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {DATABASE}")
        yield urlunsplit(urlsplit(address)._replace(path=f"/{DATABASE}"))
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")
    finally:
        connection.close()
