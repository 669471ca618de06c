"""The acts of the floor, again, as the role of the portal's processes: what the application is denied, no act needs."""

import pytest

from tests.preuves.test_operations import *  # noqa: F403 -- the same tests, another role

# What speaks SQL of its own is seen in `tests/comptes/test_application_role.py`.
del test_what_is_written_once_is_not_rewritten  # noqa: F821 -- from the star


@pytest.fixture(autouse=True)
def role(as_the_application: None) -> None:
    """Of every test of this file."""
