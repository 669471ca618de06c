"""The acts of the floor, again, as the role of the portal's processes: what the application is denied, no act needs."""

import pytest

from tests.candidatures.test_operations import *  # noqa: F403 -- the same tests, another role

# What commits, or speaks SQL of its own, is seen in `tests/comptes/test_application_role.py`.
del test_raw_sql_against_the_law_is_refused, test_raw_sql_cannot_rewrite_a_submission  # noqa: F821 -- from the star
del test_submit_volet_by_eight_at_once_is_one_submission  # noqa: F821 -- from the star
del test_save_answers_by_eight_at_once_loses_nobody  # noqa: F821 -- from the star


@pytest.fixture(autouse=True)
def role(as_the_application: None) -> None:
    """Of every test of this file."""
