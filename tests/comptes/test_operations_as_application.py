"""The acts of the floor, again, as the role of the portal's processes: no act needs what that role is denied."""

import pytest

from tests.comptes.test_operations import *  # noqa: F403 -- the same tests, another role


@pytest.fixture(autouse=True)
def role(as_the_application: None) -> None:
    """Of every test of this file."""
