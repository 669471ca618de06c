"""Steering in a real browser: who is late and why, who has too much, what will miss Date 2, in under five clicks."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, ViewportSize, expect

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


@pytest.fixture
def world(portail: str, freeze: Callable[[datetime], None]) -> World:
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


@pytest.mark.long(
    "tests/referencement/test_pilotage.py::test_page_says_the_same_forecast_as_the_editeur_is_told_with_few_queries"
)
def test_responsable_finds_what_is_late_and_why_in_under_five_clicks(
    world: World,
    desktop: Page,
    enter: Callable[[Page, Compte], None],
    look: Callable[[Page, str], None],
) -> None:
    enter(desktop, world.people["resp"])
    desktop.goto("/instruction/")

    desktop.get_by_role("link", name="Pilotage").first.click()
    expect(desktop.get_by_role("heading", level=1)).to_have_text("Pilotage")
    for width in WIDTHS:
        desktop.set_viewport_size(ViewportSize(width=width, height=900))
        look(desktop, "pilotage")
    load = desktop.get_by_role("table", name="Chapitres tenus et conclus, par personne")
    expect(load.get_by_role("row").filter(has_text=world.people["inst"].full_name)).to_be_visible()
    expect(desktop.get_by_text("Tout serait examiné vers le")).to_be_visible()

    desktop.get_by_role("table", name="Candidatures ouvertes, par échéance").get_by_role("link", name="Date 2").click()
    for width in WIDTHS:
        desktop.set_viewport_size(ViewportSize(width=width, height=900))
        look(desktop, "pilotage-echeance")
    first = desktop.get_by_role("table").get_by_role("row").nth(1)
    expect(first).to_contain_text("dépassée de")
    desktop.get_by_role("link", name="L’éditeur").click()
    expect(desktop).to_have_url("/pilotage/ms-dui-va2/date-2/?a=editeur")
    first.get_by_role("link").first.click()
    expect(desktop.get_by_role("heading", level=1)).to_be_visible()
