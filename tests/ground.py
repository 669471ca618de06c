"""Data shared by consecutive tests: made once, in a transaction around theirs, to which each test rolls back."""

import copy
import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

# A role belongs to the whole server, which the processes of one run share.
APPLICATION = f"portail_application_{os.getpid()}"


class Ground:
    """The data in the database with which consecutive tests start."""

    def __init__(self) -> None:
        self.build: Callable[[], Any] | None = None
        self.made: Any = None
        self._around: transaction.Atomic | None = None
        self._on: Any = None
        self._before_commit: dict[str, Any] = {}
        self._on_commit: list[Any] = []

    def stand_on(self, build: Callable[[], Any] | None) -> None:
        """Prepare the data that `build` makes; an empty database when None."""
        if build is not self.build or not connection.in_atomic_block:
            self.leave()
            self._make(build)
        if self._around is not None:
            connection.before_commit = copy.deepcopy(self._before_commit)
            connection.run_on_commit = list(self._on_commit)

    def _make(self, build: Callable[[], Any] | None) -> None:
        if build is None:
            return
        self._around, self._on = transaction.atomic(), transaction.get_connection()
        self._around.__enter__()
        try:
            self.made = build()
        except BaseException:
            self.leave()
            raise
        self.build = build
        self._before_commit, self._on_commit = connection.before_commit, connection.run_on_commit

    def leave(self) -> None:
        """Take the data away, even after Playwright's loop gave this thread another connection."""
        around, self._around, self.build, self.made = self._around, None, None, None
        if around is None or not self._on.in_atomic_block:
            return
        if self._on is transaction.get_connection():
            transaction.set_rollback(True)
            around.__exit__(None, None, None)
        else:
            self._on.connection.close()
            self._on.connect()


GROUND = Ground()


def standing(build: Callable[..., Any], params: Sequence[Any] = ()) -> Any:
    """Return a fixture that gives each test its own copy of what `build` returned, and the database as it was then.

    :param params: arguments for `build`, each in turn, as parameters of the tests
    """
    builds = {param: partial(build, param) for param in params}

    def made(request: pytest.FixtureRequest, db: None) -> Any:
        wanted = builds[request.param] if builds else build
        return copy.deepcopy(GROUND.made) if GROUND.build is wanted else wanted()

    made.build = builds or build  # type: ignore[attr-defined]  # read by `wanted_by`
    return pytest.fixture(params=list(params) or None)(made)


def wanted_by(test: Any) -> Callable[[], Any] | None:
    """Return the data that a test starts with: its first fixture made by `standing`; None for a test that commits."""
    if commits(test):
        return None
    known = test._fixtureinfo.name2fixturedefs
    for name in test.fixturenames:
        build = getattr(known[name][-1].func, "build", None) if name in known else None
        if build is not None:
            return build[test.callspec.params[name]] if isinstance(build, dict) else build
    return None


def commits(test: Any) -> bool:
    marker = test.get_closest_marker("django_db")
    marked = marker is not None and (marker.args[:1] == (True,) or marker.kwargs.get("transaction", False))
    return marked or not {"transactional_db", "live_server"}.isdisjoint(test.fixturenames)


def in_order(tests: Iterable[Any]) -> list[Any]:
    """Put side by side, in each folder, the tests that start with the same data, so that it is made once.

    Those that commit stay last; those that start with nothing come first in their folder.
    """
    folders: dict[Any, int] = {}
    builds: dict[Any, int] = {None: 0}

    def place(test: Any) -> tuple[bool, int, int]:
        folder, build = test.path.parent, wanted_by(test)
        return commits(test), folders.setdefault(folder, len(folders)), builds.setdefault(build, len(builds))

    return sorted(tests, key=place)
