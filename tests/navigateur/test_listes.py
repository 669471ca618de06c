"""The ANS's work lists in a browser: one line a row, tabs, the keyboard, and the phone."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from candidatures.operations.referents import assign_referent
from tests.candidatures.conftest import make_team
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.factories.tours import project_everything

AT = prove.AUTUMN
MOST = 1500
LISTS = {
    "candidatures": "/instruction/?vue=moi",
    "chapitres": "/instruction/chapitres/?vue=moi",
    "volets": "/instruction/volets/?vue=clos",
}
LONGEST = 46  # a row of one line, in pixels


def a_queue() -> Any:
    prove.a_rem()
    team = make_team()
    for number in range(3):
        produit = make.a_produit(team.editeur, team.mandataire, f"Sirocco Résidence {number}")
        candidature = make.a_candidature(produit, team.mandataire)
        if number:
            proved = prove.a_candidature_to_prove(candidature, team.mandataire, team.instructeur)
            prove.a_submitted_chapitre(proved, team.mandataire)
        else:
            make.a_dossier_handed_over(candidature, team.mandataire)
        assign_referent(
            candidature_id=candidature.pk, compte_id=team.instructeur.pk, seen=None, by=team.instructeur, at=AT
        )
    project_everything(at=AT)
    return team


@pytest.mark.long("tests/candidatures/test_referents.py::test_item_leads_to_the_next_of_the_list_and_back_to_it")
def test_lists_hold_one_line_a_row_and_are_read_by_keyboard(
    freeze: Callable[[datetime], None],
    somebody: Callable[..., Page],
    look: Callable[[Page, str], None],
) -> None:
    freeze(AT)
    team = a_queue()
    page: Page = somebody(team.instructeur)
    for width in (360, 800, 1280):
        page.set_viewport_size(ViewportSize(width=width, height=900))
        nru = team.candidature.nru
        others = {"journee": "/ma-journee/", "equipe": "/instruction/equipe/", "suivi": f"/candidatures/{nru}/suivi/"}
        for name, address in others.items():
            page.goto(address)
            look(page, name)
    for name, address in LISTS.items():
        for width in (360, 800, 1280):
            page.set_viewport_size(ViewportSize(width=width, height=900))
            page.goto(address)
            look(page, f"liste-{name}")
        heights = page.locator("main tbody tr").evaluate_all("rows => rows.map(row => row.offsetHeight)")
        assert len(heights) >= 2
        assert max(heights) <= LONGEST, heights
        assert max(heights) * 25 <= MOST
        page.locator("main tbody tr a").first.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("navigation", name="Dans la liste")).to_be_visible()
        page.get_by_role("link", name="Suivant", exact=True).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("navigation", name="Dans la liste")).to_be_visible()
        page.get_by_role("link", name="Retour à la liste").click()
        assert page.url.endswith(address)


@pytest.mark.long("tests/candidatures/test_lots.py::test_act_is_read_with_what_it_sends_then_confirmed")
def test_two_candidatures_are_given_from_the_list(
    freeze: Callable[[datetime], None], somebody: Callable[..., Page], look: Callable[[Page, str], None]
) -> None:
    freeze(AT)
    page: Page = somebody(a_queue().instructeur)
    page.goto("/instruction/")
    for number in (0, 1):
        page.get_by_role("checkbox").nth(number).check()
    page.get_by_label("Pour les candidatures cochées").select_option("etiqueter")
    page.get_by_role("button", name="Continuer").click()
    look(page, "lot")
    page.get_by_label("Étiquette").fill("Recours")
    page.get_by_role("button", name="Poser une étiquette").click()
    expect(page.get_by_text("Fait")).to_have_count(2)
    look(page, "lot-fait")
