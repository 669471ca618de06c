"""The stories of the started demonstration, one test for each step; the first failure stops them."""

from collections.abc import Callable

import pytest

pytestmark = pytest.mark.demonstration


def test_story(step: Callable[[], object]) -> None:
    step()
