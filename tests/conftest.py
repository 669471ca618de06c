"""The configuration of the tests: real settings, real PostgreSQL and Redis, and stricter than production.

`DATABASE_URL` and `REDIS_URL` come from the environment, as `script/test` gives them.
"""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import tests.surroundings  # noqa: F401 -- first of all  # isort: skip
import pytest
from django.conf import settings as portal
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from pytest_django.plugin import blocking_manager_key

from comptes import clock
from comptes.models import Compte
from segur_portal.celery import app
from tests import strictness
from tests.ground import APPLICATION, GROUND, in_order, wanted_by
from tests.lengths import NAMED, SLOW, slow_tests

BY_PASSWORD = "comptes.requests.PortalBackend"


def pytest_configure(config: pytest.Config) -> None:
    """Set, before any URL is read, the settings that the machine's environment may not change."""
    portal.DEMO = False
    portal.DEBUG = False
    portal.PORTAL_URL = "http://testserver"
    portal.TRUSTED_PROXIES = []
    # Whoever a test signs in has proved who they are, however far it travels; what asks again says so by itself.
    portal.SECOND_FACTOR_REQUIRED = False
    portal.PROOF_IS_FRESH_FOR = 100 * 365 * 24 * 3600
    portal.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    portal.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    own = redis_of(worker_of(config))
    for cache in portal.CACHES.values():
        cache["LOCATION"] = own
    portal.REDIS_URL = portal.CELERY_BROKER_URL = own
    app.conf.broker_url = own


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = in_order(items)


def pytest_collection_finish() -> None:
    """Let the garbage collector leave what lives as long as the run, and come less often: it took a tenth of it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """List the quick tests that take too long: to be made cheaper, or marked `long` beside a cheaper one."""
    slow = slow_tests(report for reports in terminalreporter.stats.values() for report in reports)
    if slow:
        terminalreporter.section(f"slower than {SLOW:.0f} s: {len(slow)}")
        for spent, name in slow[:NAMED]:
            terminalreporter.line(f"{spent:6.1f} s  {name}")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave the transaction that earlier tests shared, for a test without a database, which must find none open."""
    fixtures = getattr(item, "fixturenames", ())
    if GROUND.build and "ground" not in fixtures and item.get_closest_marker("django_db") is None:
        with item.config.stash[blocking_manager_key].unblock():
            GROUND.leave()


def worker_of(config: pytest.Config) -> str:
    return str(getattr(config, "workerinput", {}).get("workerid", "master"))


def redis_of(worker: str) -> str:
    """Return the Redis database of a process of the run: 1 for `master`, then 2 to 15."""
    number = 1 if worker == "master" else 2 + int(worker.removeprefix("gw")) % 14
    return f"{portal.REDIS_URL.rpartition('/')[0]}/{number}"


@pytest.fixture(autouse=True, scope="session")
def stricter_than_django(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Block the network and what Django allows too easily; put files in a folder of this run."""
    files = tmp_path_factory.mktemp("files")
    portal.MEDIA_ROOT = str(files)
    portal.JOURNAL_ANCHORS_ROOT = str(files / "ancrages")
    portal.ARRIVALS_ROOT = str(files / "arrivees")
    portal.CLAMD_URL = "none"  # a test of the antivirus gives its own
    portal.STORAGES["default"]["OPTIONS"]["location"] = str(files)
    portal.STATIC_ROOT = str(tmp_path_factory.mktemp("static"))
    with ExitStack() as stack:
        stack.enter_context(strictness.network_blocked())
        stack.enter_context(strictness.undefined_variables_fail())
        stack.enter_context(strictness.refusals_have_their_status())
        stack.enter_context(strictness.unordered_lists_come_back_last_first())
        stack.enter_context(strictness.flush_is_quick_and_passes_the_triggers())
        stack.enter_context(strictness.disk_is_not_waited_for())
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Load the desks, as every release does; at the end, close the database sessions that nothing else can close.

    They belong to threads that are over; and Playwright's loop makes Django open a second one in this thread.
    """
    from tests.factories.catalogue import load_the_desks

    with django_db_blocker.unblock():
        load_the_desks()
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        GROUND.leave()
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        cursor.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")


@pytest.fixture
def ground(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> None:
    """Make, or keep, the data that the test starts with, before its own transaction."""
    with django_db_blocker.unblock():
        GROUND.stand_on(wanted_by(request.node))


@pytest.fixture
def _django_db_helper(ground: None, _django_db_helper: None) -> None:
    """Let pytest-django open the transaction of a test once `ground` is ready."""


@pytest.fixture(scope="session")
def application_role(django_db_setup: None, django_db_blocker: Any) -> str:
    """Make the database role of the portal's processes, which cannot rewrite anything; its rights are committed."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        GROUND.leave()
        patch.delenv("APPLICATION_PASSWORD", raising=False)
        call_command("grant_application_role", APPLICATION, stdout=StringIO())
    return APPLICATION


@pytest.fixture
def as_the_application(request: pytest.FixtureRequest, application_role: str, db: None) -> Iterator[None]:
    """Run the test with that role; not so a test marked `as_the_owner`, which writes SQL that no process does."""
    if request.node.get_closest_marker("as_the_owner"):
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {application_role}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


@pytest.fixture
def sign_in() -> Callable[[Compte | None], Client]:
    """Return a function that opens a browser signed in as this person; not signed in when None."""

    def browser(compte: Compte | None) -> Client:
        client = Client()
        if compte is not None:
            client.force_login(compte, backend=BY_PASSWORD)
        return client

    return browser


@pytest.fixture
def travel_to() -> Iterator[Callable[[datetime], None]]:
    """Return a function that sets the portal's clock to an instant, until its next call or the end of the test."""
    with ExitStack() as stack:

        def travel(at: datetime) -> None:
            stack.enter_context(clock.travel(at))

        yield travel


@pytest.fixture
def machine_in_tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Set the machine's time zone to Tokyo: Django sets that of its process, and a rule must not depend on it."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def effects_run(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run the effects of each act as soon as it commits, in this process; even in a test that is rolled back.

    Ask for it after the database. Without it nothing is delivered: rows wait, as when the broker is down.
    """
    if "transactional_db" not in request.fixturenames:
        request.getfixturevalue("db")
    depth = len(connection.savepoint_ids) if connection.in_atomic_block else None
    leave = transaction.Atomic.__exit__

    def leave_and_echo(self: transaction.Atomic, *error: Any) -> None:
        leave(self, *error)
        if depth is not None and len(connection.savepoint_ids) == depth:
            while connection.run_on_commit:
                connection.run_on_commit.pop(0)[1]()

    monkeypatch.setattr(transaction.Atomic, "__exit__", leave_and_echo)
    app.loader.import_default_modules()  # as a worker does
    app.conf.update(task_always_eager=True, task_eager_propagates=True)
    yield
    app.conf.update(task_always_eager=False, task_eager_propagates=False)


@pytest.fixture
def worker(transactional_db: None) -> Iterator[None]:
    """Run a real Celery worker, in a thread, on this process's own broker; it sees what the test commits."""
    from celery.contrib.testing.worker import start_worker

    with broker_emptied(), start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=20):
        yield


@pytest.fixture
def wait_until() -> Callable[..., None]:
    """Wait for another process or thread, ten seconds at most: `wait_until(lambda: mail.outbox)`."""

    def wait(happened: Callable[[], object], *, seconds: float = 10) -> None:
        deadline = time.monotonic() + seconds
        while not happened():
            assert time.monotonic() < deadline, f"It did not happen in {seconds} s."
            time.sleep(0.02)

    return wait


@contextmanager
def broker_emptied() -> Iterator[None]:
    app.control.purge()
    try:
        yield
    finally:
        app.control.purge()


@pytest.fixture(scope="session")
def captures() -> Path:
    """The folder of screenshots, which git ignores."""
    folder = Path(portal.BASE_DIR) / "captures"
    folder.mkdir(exist_ok=True)
    return folder
