"""The coordinated path in a real browser: its pages, « et si… », the path of any solution, and the next act."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from candidatures.catalogue.dispositifs import spec_of
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


@pytest.mark.long("tests/referencement/test_parcours_views.py::test_each_side_reads_its_own_next_acts")
def test_path_is_read_and_leads_to_the_next_act(
    world: World, screen: Page, enter: Callable[[Page, Compte], None], look: Callable[[Page, str], None]
) -> None:
    enter(screen, world.people["mand"])
    address = f"/candidatures/{world.situations['proved']['nru']}/parcours/"
    profil = next(iter(spec_of(DUI).profils))
    screen.goto(f"{address}et-si/?etape=college&jours=200")
    expect(screen.get_by_role("table", name="Aujourd’hui, et avec ce changement")).to_be_visible()
    look(screen, "parcours-et-si")
    screen.goto(f"/parcours-type/?reponses=1&profils={profil}&proxy=propre")
    expect(screen.get_by_role("heading", level=1)).to_have_text("Le parcours type")
    look(screen, "parcours-type")
    screen.goto(f"{address}?phase=2")
    look(screen, "parcours-phase")
    screen.goto(address)
    expect(screen.get_by_role("heading", level=1)).to_have_text("Parcours")
    look(screen, "parcours-proved")

    first = screen.locator(".ps-acte a").first
    href = first.get_attribute("href") or ""
    first.click()
    expect(screen).to_have_url(re.compile(f"{re.escape(href)}$"))
    assert href
