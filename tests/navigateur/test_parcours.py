"""The coordinated path in a real browser: the picture, its table, and the next act."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from comptes.models import Compte
from segur_portal.demo import verbs
from tests.factories import candidatures as make
from tests.factories.candidatures import DUI
from tests.factories.dispositifs import AT, World, a_world


@pytest.fixture
def world(portail: str, freeze: Callable[[datetime], None]) -> World:
    freeze(AT + timedelta(days=3))
    verbs.publish_the_catalogue(at=make.OPENING)
    return a_world(DUI)


def test_path_is_read_and_leads_to_the_next_act(
    world: World, screen: Page, enter: Callable[[Page, Compte], None], look: Callable[[Page, str], None]
) -> None:
    enter(screen, world.people["mand"])
    for situation in ("asked", "proved", "attributed"):
        screen.goto(f"/candidatures/{world.situations[situation]['nru']}/parcours/")
        expect(screen.get_by_role("heading", level=1)).to_have_text("Parcours")
        look(screen, f"parcours-{situation}")
    screen.goto(f"/candidatures/{world.situations['proved']['nru']}/parcours/")
    table = screen.get_by_role("table", name="Les étapes du parcours, par guichet")
    row = table.get_by_role("row").filter(has=screen.get_by_role("rowheader", name="Convention"))
    expect(row).to_contain_text("À venir")

    first = screen.locator(".ps-path-next a").first
    label = first.inner_text()
    first.click()
    expect(screen).not_to_have_url("/parcours/")
    assert label
