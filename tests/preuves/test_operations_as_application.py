"""The acts of the floor, again, as the role of the portal's processes: what the application is denied, no act needs."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from tests.ground import APPLICATION
from tests.preuves.test_operations import *  # noqa: F403 -- the same tests, another role

# What speaks SQL of its own is seen in `tests/comptes/test_application_role.py`.
del test_what_is_written_once_is_not_rewritten  # noqa: F821 -- from the star


@pytest.fixture(autouse=True)
def as_the_application(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("APPLICATION_PASSWORD", raising=False)
    call_command("grant_application_role", APPLICATION, stdout=StringIO())
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {APPLICATION}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
