"""Ten dossiers of an absent colleague go to two others, in under five clicks; a volet is read by one person at once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from candidatures.models import Referent
from candidatures.operations.reservations import claim_volet
from comptes.enums import RoleANS
from comptes.models import Compte
from tests.candidatures.conftest import make_team
from tests.factories import candidatures as make
from tests.factories.tours import project_everything

WIDTHS = (360, 800, 1280)
Freeze, Look = Callable[[datetime], None], Callable[[Page, str], None]


def a_team_with_ten_dossiers() -> Any:
    """Inès follows ten candidatures, reads a volet of the first, and is absent without a stand-in."""
    team = make_team()
    for number in range(9):
        produit = make.a_produit(team.editeur, team.mandataire, f"Alizé Foyer {number}")
        make.follow(make.a_candidature(produit, team.mandataire), team.instructeur)
    make.follow(team.candidature, team.instructeur)
    volet = make.a_submitted_volet(team.candidature, team.mandataire)
    claim_volet(volet_id=volet.pk, by=team.instructeur, at=make.SUMMER)
    make.an_absence(team.instructeur)
    project_everything(at=make.SUMMER)
    return team


def seen(page: Page, look: Look, name: str) -> None:
    for width in WIDTHS:
        page.set_viewport_size(ViewportSize(width=width, height=900))
        look(page, name)


@pytest.mark.long("tests/referencement/test_passation.py::test_dossiers_are_shared_out_between_two_colleagues")
def test_ten_dossiers_of_an_absent_colleague_go_to_two_others(
    freeze: Freeze, somebody: Callable[..., Page], look: Look
) -> None:
    freeze(make.SUMMER)
    team = a_team_with_ten_dossiers()
    for name in ("Anne", "Paul"):
        make.a_person(roles_ans=[RoleANS.INSTRUCTEUR], first_name=name, last_name="Martin")
    olivier: Compte = make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION])
    page = somebody(olivier)
    clicks: list[str] = []

    def click(role: Any, name: str) -> None:
        clicks.append(name)
        page.get_by_role(role, name=name).click()

    page.goto("/ma-journee/")
    seen(page, look, "journee-absence")
    click("link", "Confier les dossiers d’Inès Garnier")
    seen(page, look, "passation")
    click("checkbox", "Anne Martin (0 candidature suivie)")
    click("checkbox", "Paul Martin (0 candidature suivie)")
    click("button", "Confier les dossiers cochés")
    expect(page.get_by_text("Confié à Anne Martin")).to_have_count(5)
    expect(page.get_by_text("Confié à Paul Martin")).to_have_count(5)
    seen(page, look, "passation-faite")

    assert len(clicks) < 5
    assert not Referent.objects.filter(compte=team.instructeur).exists()


@pytest.mark.long("tests/candidatures/test_reservations.py::test_page_names_who_reads_and_gives_it_over")
def test_volet_is_taken_over_in_words(freeze: Freeze, somebody: Callable[..., Page], look: Look) -> None:
    freeze(make.SUMMER)
    team = a_team_with_ten_dossiers()
    page = somebody(make.a_person(roles_ans=[RoleANS.INSTRUCTEUR], first_name="Anne", last_name="Martin"))
    page.goto(f"/instruction/{team.candidature.nru}/administratif/")
    seen(page, look, "volet-reserve")
    page.get_by_label("Pourquoi vous réattribuer l’examen").fill("Inès est absente.")
    page.get_by_role("button", name="Me réattribuer l’examen").click()
    expect(page.get_by_role("heading", name="Vous examinez ce volet")).to_be_visible()
    seen(page, look, "volet-examine")
    page.get_by_role("button", name="Laisser à un collègue").click()
    expect(page.get_by_role("status")).to_contain_text("Une autre personne peut examiner ce volet.")
