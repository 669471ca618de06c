"""What a page says aloud, and where the focus is, after an act, a swap or an upload."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from comptes.models import Compte
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.factories.fichiers import PNG
from tests.preuves.conftest import make_team_to_prove

Enter = Callable[[Page, Compte], None]


@pytest.fixture
def team(portail: str, freeze: Callable[[datetime], None]) -> Team:
    freeze(make.SUMMER)
    return make_team()


def volet_of(team: Team) -> str:
    return f"/candidatures/{team.candidature.nru}/administratif/"


def test_a_refused_form_is_read_first(team: Team, desktop: Page, enter: Enter) -> None:
    """The title says so, the summary has the focus, and each fault has its section."""
    enter(desktop, team.salarie)
    desktop.goto(volet_of(team))
    desktop.locator("[name=contact_email]").fill("pas une adresse")
    desktop.get_by_role("button", name="Enregistrer", exact=True).click()

    expect(desktop).to_have_title(re.compile(r"^\s*Erreur\s: .* – Sirocco Résidence \(DUI-.*\) – Portail Ségur"))
    expect(desktop.locator("[data-error-summary]")).to_be_focused()
    expect(desktop.locator("[data-error-summary] a")).to_have_text("Contact pour le référencement, adresse e-mail")


def test_what_was_done_has_the_focus(team: Team, desktop: Page, enter: Enter) -> None:
    enter(desktop, team.salarie)
    desktop.goto(volet_of(team))
    desktop.locator("[name=contact_nom]").fill("Marchand")
    desktop.get_by_role("button", name="Enregistrer", exact=True).click()

    told = desktop.locator("[data-arrival]")
    expect(told).to_be_focused()
    expect(told).to_contain_text("Vos réponses sont enregistrées.")


def test_an_automatic_save_is_told_in_a_region_that_stays(team: Team, desktop: Page, enter: Enter) -> None:
    enter(desktop, team.salarie)
    desktop.goto(volet_of(team))
    region = desktop.locator("#enregistrement[role=status]").element_handle()
    assert region is not None
    for name, value in (("contact_nom", "Marchand"), ("contact_prenom", "Lucie")):
        field = desktop.locator(f"[name={name}]")
        with desktop.expect_response(lambda answer: answer.request.method == "POST"):
            field.fill(value)
            field.blur()
    expect(desktop.locator("#enregistrement")).to_contain_text("Enregistré le")

    assert region.evaluate("(region) => region.isConnected")
    assert desktop.locator("#enregistrement").count() == 1


def test_an_upload_is_told_from_its_start_to_its_end(
    portail: str, freeze: Callable[[datetime], None], desktop: Page, enter: Enter
) -> None:
    """And the focus is not lost when the button that had it goes away."""
    freeze(prove.AUTUMN)
    team = make_team_to_prove(confirm=True)
    enter(desktop, team.salarie)
    desktop.goto(f"/candidatures/{team.candidature.nru}/preuve/INS.01.01.01/")
    desktop.evaluate(
        """() => {
          window.told = [];
          const region = document.querySelector(".ps-uploads-total + [role=status]");
          new MutationObserver(() => window.told.push(region.textContent)).observe(region, { childList: true });
        }"""
    )
    file = {"name": "ecran.png", "mimeType": "image/png", "buffer": PNG}
    desktop.locator("input[type=file]").first.set_input_files([file])
    expect(desktop.get_by_text("Prêt à être déposé", exact=True)).to_be_visible(timeout=20_000)

    told = desktop.evaluate("window.told")
    assert told[0] == "Envoi de ecran.png commencé."
    assert told[-1] == "ecran.png est arrivé."
    desktop.get_by_role("button", name="Retirer ecran.png").press("Enter")
    expect(desktop.locator("input[type=file]").first).to_be_focused()
