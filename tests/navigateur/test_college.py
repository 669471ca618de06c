"""The pages of the collège, on a phone and on a desktop: accessible, and no wider than their screen."""

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page

from comptes.models import Compte
from referencement.enums import Decision
from tests.referencement.conftest import seal
from tests.referencement.test_seances import AT, REASON, a_sitting

__all__ = ["seal"]


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
