"""How tall the pages of a candidature are, in every phase: nobody scrolls through a wall of text."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page

from candidatures.enums import VoletKind
from candidatures.operations.volets import submit_volet
from comptes.models import Compte
from segur_portal.demo import verbs
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make
from tests.factories.candidatures import DUI
from tests.factories.dispositifs import AT, World, a_world

TALL = "document.documentElement.scrollHeight"
CANDIDATURE, ELIGIBILITE = 2200, 2000
pytestmark = pytest.mark.long(
    "tests/candidatures/test_volet_form.py::test_complete_parts_are_folded",
    "tests/referencement/test_overview.py::test_overview_asks_at_most_fifteen",
)


@pytest.fixture
def world(portail: str, freeze: Callable[[datetime], None]) -> World:
    freeze(AT + timedelta(days=3))
    verbs.publish_the_catalogue(at=make.OPENING)
    return a_world(DUI)


@pytest.mark.parametrize("width", [360, 800, 1280])
def test_candidature_is_short_in_every_phase(
    world: World, somebody: Callable[..., Page], look: Callable[[Page, str], None], width: int
) -> None:
    fresh = make.a_candidature(
        make.a_produit(world.people["mand"].rattachements.get().editeur, world.people["mand"], "Ulysse"),
        world.people["mand"],
    )
    every = {name: keys["nru"] for name, keys in world.situations.items()} | {"fresh": fresh.nru}
    page = somebody(world.people["mand"], {"width": width, "height": 900})
    tall = {}
    for name, nru in every.items():
        page.goto(f"/candidatures/{nru}/")
        look(page, f"candidature-{name}")
        tall[name] = page.evaluate(TALL)
    assert width < 1280 or {name: height for name, height in tall.items() if height > CANDIDATURE} == {}


@pytest.mark.parametrize("width", [360, 800, 1280])
def test_eligibilite_is_short_once_complete_and_a_complement_is_shorter(
    portail: str,
    freeze: Callable[[datetime], None],
    somebody: Callable[..., Page],
    look: Callable[[Page, str], None],
    width: int,
) -> None:
    freeze(make.SUMMER)
    team: Team = make_team()
    page = somebody(team.salarie, {"width": width, "height": 900})
    address = f"/candidatures/{team.candidature.nru}/eligibilite/"
    page.goto(address)
    look(page, "eligibilite-vide")
    volet = make.a_filled_volet(team.candidature, team.salarie, VoletKind.ELIGIBILITE)
    page.goto(address)
    look(page, "eligibilite-complete")
    complete = page.evaluate(TALL)
    page.goto(f"{address}?parties=toutes")
    look(page, "eligibilite-depliee")
    submit_volet(volet_id=volet.pk, by=team.salarie, at=make.SUMMER)
    asks: Compte = team.instructeur
    make.a_demande(make.the_volet(team.candidature, VoletKind.ELIGIBILITE), asks, "nil", "distributeurs")
    page.goto(address)
    look(page, "eligibilite-complement")
    assert width < 1280 or complete <= ELIGIBILITE
