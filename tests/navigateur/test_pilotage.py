"""Steering in a real browser: who is late and why, who has too much, what will miss Date 2, and the month to come."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from candidatures.models import Echeance
from comptes.models import Compte
from preuves.models import Chapitre
from preuves.operations.instruction import claim_chapitre
from referencement import sweeps
from segur_portal.demo import verbs
from tests.factories import candidatures as make
from tests.factories.candidatures import DUI
from tests.factories.dispositifs import World, a_world

WIDTHS = (360, 800, 1280)
UNDER = 5
Look = Callable[[Page, str], None]


@pytest.fixture
def world(portail: str, freeze: Callable[[datetime], None]) -> World:
    """Five days before Date 2: an instructrice holds a chapitre."""
    verbs.publish_the_catalogue(at=make.OPENING)
    made = a_world(DUI)
    before_date_2 = Echeance.objects.get(dispositif=DUI, code="date-2").at - timedelta(days=5)
    freeze(before_date_2)
    waiting = Chapitre.objects.filter(state="submitted").order_by("pk")[0]
    claim_chapitre(chapitre_id=waiting.pk, by=made.people["inst"], at=before_date_2)
    sweeps.compute_risques()
    sweeps.measure_durations()
    sweeps.measure_pilotage()
    return made


def at_each_width(page: Page, look: Look, name: str) -> None:
    for width in WIDTHS:
        page.set_viewport_size(ViewportSize(width=width, height=900))
        look(page, name)


class Clicks:
    """Counts what a person clicks since they arrived, on « Ma journée »."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def arrive(self) -> None:
        self.page.goto("/ma-journee/")
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Ma journée")
        self.count = 0

    def __call__(self, target: Locator) -> None:
        self.count += 1
        assert self.count < UNDER, f"{self.page.url}: {target} is click {self.count}."
        target.click()


@pytest.mark.long(
    "tests/referencement/test_pilotage.py::test_each_chapitre_has_the_forecast_of_its_last_in_the_queue",
    "tests/referencement/test_pilotage.py::test_page_says_the_same_forecast_as_the_editeur_is_told_with_few_queries",
)
def test_responsable_finds_what_is_late_and_why_in_under_five_clicks(
    world: World, desktop: Page, enter: Callable[[Page, Compte], None], look: Look
) -> None:
    enter(desktop, world.people["resp"])
    click = Clicks(desktop)

    click.arrive()
    click(desktop.get_by_role("link", name="Pilotage").first)
    expect(desktop.get_by_role("heading", level=1)).to_have_text("Pilotage")
    at_each_width(desktop, look, "pilotage")
    # Who has too much.
    load = desktop.get_by_role("table", name="Chapitres tenus et conclus, par personne")
    expect(load.get_by_role("row").filter(has_text=world.people["inst"].full_name)).to_be_visible()
    # The month to come.
    queue = desktop.get_by_role("region", name="File des chapitres à examiner")
    expect(queue).to_contain_text("Tout serait examiné vers le")
    expect(queue).to_contain_text("la prévision suit la durée habituelle d’un examen")
    expect(queue.get_by_role("columnheader", name="Dernier examiné vers le")).to_be_visible()
    # What will miss Date 2; who is late, and why.
    threatened = desktop.get_by_role("table", name="Candidatures ouvertes, par échéance")
    click(threatened.get_by_role("link", name="Date 2"))
    at_each_width(desktop, look, "pilotage-echeance")
    first = desktop.get_by_role("table").get_by_role("row").nth(1)
    expect(first).to_contain_text("dépassée de")
    expect(first.locator("td[data-label='Ce qui la retient']")).not_to_be_empty()
    click(desktop.get_by_role("link", name="L’éditeur"))
    expect(desktop).to_have_url("/pilotage/ms-dui-va2/date-2/?a=editeur")
    click(first.get_by_role("link").first)
    expect(desktop.get_by_role("heading", level=1)).to_be_visible()
