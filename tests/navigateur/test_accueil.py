"""The start page of an éditeur in a real browser: its acts, in the order of the graph, and where each button leads."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect

from candidatures.catalogue.dispositifs import every_spec
from candidatures.operations.dispositifs import load_dispositif
from comptes import clock
from comptes.models import Compte
from comptes.operations.comptes import note_visit
from guichets.enums import Owner
from referencement.queries.accueil import Solution, solutions_of
from referencement.views.actes import NEXT, href_of_act
from segur_portal.demo import verbs
from segur_portal.demo.cast import PERSONAS
from segur_portal.demo.moments import MOMENTS
from segur_portal.demo.replay import replay
from segur_portal.demo.story import in_paris
from tests.demo.test_story_to_the_end import desks
from tests.factories import candidatures as make
from tests.factories.candidatures import DUI
from tests.factories.catalogue import load_the_desks
from tests.factories.dispositifs import AT, World, a_world
from tests.referencement.conftest import PRINTS, seal

__all__ = ["desks", "seal"]
ACCUEIL = "/accueil/"


@pytest.fixture
def world(portail: str, freeze: Callable[[datetime], None]) -> World:
    freeze(AT + timedelta(days=3))
    verbs.publish_the_catalogue(at=make.OPENING)
    return a_world(DUI)


@pytest.fixture
def demonstration(portail: str) -> None:
    """The catalogue and the desks of the demonstration; the story is not played."""
    with clock.travel(in_paris("2026-05-26 09:00")):
        for spec in every_spec():
            load_dispositif(spec=spec, at=clock.now())
    load_the_desks()


@pytest.mark.long("tests/referencement/test_accueil.py::test_each_solution_has_its_sentence")
@pytest.mark.parametrize("width", [360, 800, 1280])
def test_start_page_is_read_and_leads_to_the_very_form(
    world: World, somebody: Callable[..., Page], look: Callable[[Page, str], None], width: int
) -> None:
    mand = world.people["mand"]
    for at in (AT - timedelta(days=40), AT):
        note_visit(compte_id=mand.pk, at=at)
    page = somebody(mand, {"width": width, "height": 900})
    page.goto(ACCUEIL)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce qui vous attend")
    look(page, "accueil")
    page.get_by_role("link", name="Répondre").first.click()
    expect(page).to_have_url(re.compile("/eligibilite/"))


@pytest.mark.long("tests/referencement/test_accueil.py::test_acts_are_those_of_least_slack_each_with_its_form")
@PRINTS
def test_each_moment_of_the_story_opens_on_the_acts_of_least_slack(
    demonstration: None, desks: None, somebody: Callable[..., Page], look: Callable[[Page, str], None]
) -> None:
    """Everybody of an éditeur, at every moment: the first three acts of the graph, each button opening its form.

    Colleagues have the same acts: each form is opened once at a moment, and the page of each éditeur looked at once.
    """
    for moment in MOMENTS:
        replay(moment.name)
        told = 0
        opened: set[str] = set()
        looked: set[tuple[str, ...]] = set()
        for persona in PERSONAS:
            compte = Compte.objects.filter(email=persona.email).first()
            if compte is None or compte.is_ans:
                continue
            page = somebody(compte)
            page.goto(ACCUEIL)
            solutions = solutions_of(compte, at=clock.now())
            nrus = tuple(solution.candidature.nru for solution in solutions)
            if nrus not in looked:
                look(page, f"accueil-{moment.name}-{persona.key}")
                looked.add(nrus)
            expected = [acts_in_order(page, solution) for solution in solutions]
            told += sum(map(len, expected))
            for href in dict.fromkeys(href for acts in expected for href in acts):
                if href not in opened:
                    opens_its_form(page, href)
                    opened.add(href)
            page.close()
        assert told


def acts_in_order(page: Page, solution: Solution) -> list[str]:
    """Check that the buttons of a solution are those of the graph, in its order, and return where they lead."""
    if solution.graph is None:
        return []
    planned = solution.graph.next_acts(Owner.EDITEUR)[:NEXT]
    nru = solution.candidature.nru
    expected = [href_of_act(each.step, nru, solution.portes) for each in planned]
    article = page.locator(f'article[aria-labelledby="solution-{nru}"]')
    shown = article.locator(".ps-acte a.ps-button:not([href*='derogations'])")
    assert [link.get_attribute("href") for link in shown.all()] == expected
    return expected


def opens_its_form(page: Page, href: str) -> None:
    answer = page.goto(href)
    assert answer is not None
    assert answer.status == 200
    assert unquote(page.url).endswith(unquote(href)), f"{href} leads elsewhere: {page.url}"
    anchor = href.partition("#")[2]
    assert not anchor or page.locator(f'[id="{anchor}"]').count() == 1
    if "/guichets/#" not in href:
        assert page.locator("main form").count() > 0, f"{href} has no form."
