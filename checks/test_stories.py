"""The started demonstration, from wherever its story stands; the first step that fails is the last one."""

from collections.abc import Callable

import pytest

pytestmark = pytest.mark.demonstration


def test_story(step: Callable[[], object]) -> None:
    step()
