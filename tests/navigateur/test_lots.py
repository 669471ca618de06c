"""Acts on many candidatures in a browser: what is sent is read first; closings are prepared, then read one by one."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from comptes.enums import RoleANS
from tests.candidatures.conftest import make_team
from tests.factories import candidatures as make
from tests.factories.referencement import a_photo
from tests.factories.tours import project_everything
from tests.navigateur.test_passation import Look, seen

LATE = make.DATE_1 + timedelta(days=3)


def chosen(page: Page, geste: str) -> None:
    """Tick every candidature of the list, and ask for an act."""
    page.goto("/instruction/")
    for number in range(page.get_by_role("checkbox").count()):
        page.get_by_role("checkbox").nth(number).check()
    page.get_by_label("Pour les candidatures cochées").select_option(geste)
    page.get_by_role("button", name="Continuer", exact=True).click()


@pytest.mark.long("tests/referencement/test_lots.py::test_closings_are_prepared_then_read_and_reasoned_one_by_one")
def test_messages_are_read_first_and_closings_are_prepared(
    freeze: Callable[[datetime], None], somebody: Callable[..., Page], look: Look
) -> None:
    team = make_team()
    other = make.a_candidature(make.a_produit(team.editeur, team.mandataire, "Alizé Foyer"), team.mandataire)
    make.a_dossier_handed_over(other, team.mandataire)
    for candidature in (team.candidature, other):
        a_photo(candidature)
    project_everything(at=LATE)
    freeze(LATE)
    page = somebody(
        make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION], first_name="Olivier", last_name="Vasseur")
    )

    chosen(page, "ecrire")
    page.get_by_label("Message").fill("Une réunion d’information aura lieu mardi à 14 h.")
    page.get_by_role("button", name="Relire avant de confirmer").click()
    expect(page.get_by_role("heading", name="E-mail envoyé à la première équipe")).to_be_visible()
    seen(page, look, "lot-relu")
    page.get_by_role("button", name="Écrire le même message").click()
    expect(page.get_by_text("Fait", exact=True)).to_have_count(2)

    chosen(page, "preparer")
    expect(page.get_by_text("1 candidature sur 2")).to_be_visible()
    seen(page, look, "lot-preparer")
    page.get_by_role("button", name="Préparer la clôture").click()
    expect(page.get_by_role("link", name="Lire et motiver la clôture")).to_have_count(1)
    seen(page, look, "lot-prepare")
    page.get_by_role("link", name="Lire et motiver la clôture").click()
    expect(page.get_by_role("heading", name="E-mail envoyé à l’équipe")).to_be_visible()
