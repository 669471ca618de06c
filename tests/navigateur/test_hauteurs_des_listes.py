"""The ten work lists: accessible at each width; at 1280, one line a row, and twenty-five of them in 1,500 px."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.urls import reverse
from playwright.sync_api import Page, ViewportSize

from comptes.enums import RoleANS
from comptes.models import Compte
from tests.candidatures.conftest import Team
from tests.factories.tours import project_everything
from tests.referencement import test_other_lists as others
from tests.referencement import test_worklists as worklists
from tests.referencement.test_seances import a_sitting
from tests.referencement.test_worklists import MAKERS, copied

pytestmark = pytest.mark.long(
    "tests/referencement/test_other_lists.py::test_list_asks_the_same_for_one_row_three_and_a_hundred",
    "tests/navigateur/test_density.py::test_pages_are_dense_and_lead_to_one_act",
)

WIDTHS = (320, 768, 800, 1280)
MORE = 100
ROWS, MOST, ONE_LINE = 25, 1500, 46
# The words of an age or of a date that are not shown whole.
CUT = "cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth).map(cell => cell.textContent.trim())"
# The tab of each list that holds all its rows.
EVERYTHING = {worklists.CAPTURES: "?vue=toutes", worklists.ANOMALIES: "?vue=toutes"}


@pytest.fixture
def team(portail: str, freeze: Callable[[datetime], None]) -> Team:
    freeze(others.AT)
    team = others.make_team_that_waits()
    for first, (more, _) in enumerate(others.MORE.values()):
        more(team, 1000 * (first + 1), MORE)
    project_everything(at=others.AT)
    team.instructeur.roles_ans = [RoleANS.INSTRUCTEUR.value, RoleANS.SECRETAIRE_COLLEGE.value]
    team.instructeur.save()
    return team


def more_of_each(team: Team) -> None:
    """Some rows of the lists whose rows each belong to a candidature, and a hundred séances."""
    for number, make in enumerate(MAKERS.values()):
        make(team, worklists.another(team, number))
    copied(a_sitting().seance, MORE, lambda rank: {})


@pytest.mark.parametrize("width", WIDTHS)
def test_every_list_is_accessible_and_holds_one_line_a_row(
    width: int,
    team: Team,
    somebody: Callable[[Compte], Page],
    look: Callable[[Page, str], None],
) -> None:
    page = somebody(team.instructeur)
    page.set_viewport_size(ViewportSize(width=width, height=900))
    for name in (*others.MORE, *MAKERS, others.SEANCES):
        if name == worklists.VOLETS:
            more_of_each(team)
        page.goto(reverse(name) + EVERYTHING.get(name, ""))
        look(page, f"liste-{name.partition(':')[2]}")
        heights = page.locator("main tbody tr").evaluate_all("rows => rows.map(row => row.offsetHeight)")
        assert heights, name
        if width == 1280:
            assert max(heights) <= ONE_LINE, (name, heights)
            assert page.locator("main td:has(.ps-age)").evaluate_all(CUT) == [], name
            assert len(heights) <= ROWS, name
            head = page.locator("main table thead").evaluate("head => head.offsetHeight")
            assert head + sum(heights[:ROWS]) <= MOST, name
