"""The pages of the collège, on a phone and on a desktop: accessible, and no wider than their screen."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from comptes.models import Compte
from referencement.enums import Decision
from referencement.models import Examen
from tests.factories.conventions import some_parties
from tests.referencement.conftest import seal
from tests.referencement.test_seance_machine import DAY, PLANNED_AT, a_planned_seance
from tests.referencement.test_seances import AT, REASON, a_sitting

__all__ = ["seal"]


@pytest.mark.long(
    "tests/referencement/test_seances.py::test_attribution_is_published_with_its_documents_and_its_messages_when_the_seance_is_closed",
    "tests/test_permission_table.py::test_each_role_gets_what_the_table_says_for_few_queries",
)
@pytest.mark.parametrize("ready", [True, False], ids=["complet", "incomplet"])
def test_every_page_of_the_college_is_accessible_and_fits(
    ready: bool,
    portail: str,
    freeze: Callable[[datetime], None],
    screen: Page,
    enter: Callable[[Page, Compte], None],
    look: Callable[[Page, str], None],
) -> None:
    freeze(AT)
    sitting = a_sitting(ready=ready)
    home, nru = f"/college/{sitting.seance.pk}/", sitting.candidature.nru
    before = ["/college/", "/college/nouvelle/", home, f"{home}inscrire/{nru}/"]
    after = [home, f"{home}{nru}/", f"{home}cloture/", f"{home}cloture/{nru}/", "/mon-compte/confirmer/"]
    enter(screen, sitting.secretaire)

    def see(addresses: list[str], moment: str) -> None:
        for rank, address in enumerate(addresses):
            screen.goto(address)
            look(screen, f"college-{'complet' if ready else 'incomplet'}-{moment}-{rank}")

    see(before, "avant")
    examen = sitting.list(despite=not ready)
    see([f"{home}{nru}/", f"{home}cloture/"], "inscrit")
    sitting.advise(examen, conflicts=1)
    sitting.decide(examen, *((Decision.ATTRIBUTED,) if ready else (Decision.NOT_ATTRIBUTED, REASON)))
    see(after, "decide")
    sitting.close()
    see([home, f"{home}{nru}/", f"/candidatures/{nru}/"], "clos")


@pytest.mark.long(
    "tests/referencement/test_seances_rules.py::test_seance_is_cancelled_with_its_reason_unless_it_is_over",
    "tests/test_permission_table.py::test_each_role_gets_what_the_table_says_for_few_queries",
)
def test_pages_of_a_seance_that_is_planned_then_cancelled_are_accessible_and_fit(
    portail: str,
    freeze: Callable[[datetime], None],
    screen: Page,
    enter: Callable[[Page, Compte], None],
    look: Callable[[Page, str], None],
) -> None:
    """Three dossiers, put in another order from the keyboard; the place given to an administrateur."""
    freeze(PLANNED_AT)
    seance = a_planned_seance()
    examens = [seance.list(some_parties(profils=["AHI"])) for _ in range(3)]
    seance.move(AT + DAY)
    home = f"/college/{seance.pk}/"
    enter(screen, seance.secretaire)
    screen.goto(home)
    screen.get_by_role("button", name="Monter").last.focus()
    screen.keyboard.press("Enter")
    expect(screen.get_by_text("est au rang 2 de l’ordre du jour.")).to_be_visible()
    assert [examen.pk for examen in Examen.objects.order_by("rank")] == [examens[0].pk, examens[2].pk, examens[1].pk]
    look(screen, "seance-prevue")
    screen.get_by_text("Confier le secrétariat").first.click()
    screen.get_by_label("À un secrétaire du collège ou à un administrateur").select_option(index=1)
    look(screen, "seance-confier")
    screen.get_by_role("button", name="Confier le secrétariat").click()
    expect(screen.get_by_text("Le secrétariat de cette séance est confié.")).to_be_visible()
    for name in ("deplacer", "annuler"):
        screen.goto(f"{home}{name}/")
        look(screen, f"seance-{name}")
    seance.cancel("Trop peu de dossiers sont prêts.")
    for name, address in (("annulee", home), ("dossier-annule", f"{home}{examens[0].candidature.nru}/")):
        screen.goto(address)
        look(screen, f"seance-{name}")


LIMITS = {360: 3_500, 800: 2_600, 1280: 1_800}


@pytest.mark.long(
    "tests/referencement/test_college_screen.py::test_dossier_is_read_from_its_synthesis_to_its_decision",
    "tests/referencement/test_college_screen.py::test_refused_decision_is_told_in_its_form",
)
def test_dossier_fits_two_screens_and_a_refusal_is_read_in_its_form(
    freeze: Callable[[datetime], None],
    somebody: Callable[..., Page],
    axe: Callable[[Page], None],
    fits: Callable[[Page], None],
    screenshot: Callable[[Page, str], Path],
) -> None:
    freeze(AT)
    ready, missing = a_sitting(), a_sitting(ready=False)
    heights = {}
    for name, sitting in (("complet", ready), ("incomplet", missing)):
        examen = sitting.list(despite=sitting is missing)
        sitting.advise(examen, 2, conflicts=1)
        address = f"/college/{sitting.seance.pk}/{sitting.candidature.nru}/"
        for width in LIMITS:
            page = somebody(sitting.secretaire, viewport=ViewportSize(width=width, height=900))
            page.goto(address)
            axe(page)
            fits(page)
            screenshot(page, f"college-ecran-{name}")
            heights[name, width] = page.evaluate("document.documentElement.scrollHeight")
            page.get_by_role("button", name="Noter la décision").click()
            expect(page.locator("form.ps-decision [data-error-summary]")).to_be_focused()
            assert page.url.endswith("/decision/")
        page.goto(f"{address}?projection=oui")
        axe(page)
        fits(page)
        screenshot(page, f"college-projection-{name}")

    assert {at: height for at, height in heights.items() if height > LIMITS[at[1]]} == {}
