"""The accounts of the agency and one's own sessions, by the keyboard alone; each page looked at on three screens."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from comptes.enums import RoleANS
from comptes.models import Compte
from tests.factories.comptes import CompteFactory
from tests.navigateur.test_second_factor import tab_to, type_in

WIDTHS = (360, 800, 1280)


def seen(page: Page, look: Callable[[Page, str], None], name: str) -> None:
    for width in WIDTHS:
        page.set_viewport_size(ViewportSize(width=width, height=900))
        look(page, name)


Enter = Callable[[Page, Compte], None]
Look = Callable[[Page, str], None]


@pytest.mark.long("tests/comptes/test_agents.py::test_closing_is_for_good")
def test_administrateur_gives_then_closes_an_account(portail: str, desktop: Page, enter: Enter, look: Look) -> None:
    administrateur = CompteFactory(administrateur=True, first_name="Anne", last_name="Le Goff")
    CompteFactory(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION], first_name="Olivier", last_name="Vasseur")
    enter(desktop, administrateur)

    desktop.goto("/agence/comptes/nouveau/")
    seen(desktop, look, "agent-inviter")
    type_in(desktop, "email", "ines.garnier@agence.example")
    type_in(desktop, "first_name", "Inès")
    type_in(desktop, "last_name", "Garnier")
    tab_to(desktop, "roles")
    desktop.keyboard.press("Space")
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_role("status")).to_contain_text("Inès Garnier reçoit un lien")
    seen(desktop, look, "agent")

    tab_to(desktop, "Suspendre")
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_role("status")).to_contain_text("Compte suspendu")
    desktop.goto("/agence/comptes/")
    seen(desktop, look, "agents")

    ines = Compte.objects.get(email="ines.garnier@agence.example")
    desktop.goto(f"/agence/comptes/{ines.pk}/")
    tab_to(desktop, "Fermer le compte")
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_role("dialog")).to_be_visible()
    tab_to(desktop, "Fermer le compte")
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_role("status")).to_contain_text("Compte fermé\u00a0: Inès Garnier.")
    ines.refresh_from_db()
    assert (ines.is_active, ines.closed_at is not None) == (False, True)


@pytest.mark.long("tests/comptes/test_sessions.py::test_all_the_others_are_ended")
def test_one_s_own_sessions_are_seen_and_ended(portail: str, desktop: Page, enter: Enter, look: Look) -> None:
    person = CompteFactory(first_name="Nadia", last_name="Benali")
    enter(desktop, person)
    enter(desktop, person)

    desktop.goto("/mon-compte/sessions/")
    seen(desktop, look, "sessions")
    tab_to(desktop, "Fermer toutes les autres sessions")
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_role("status")).to_contain_text("Vos autres sessions sont fermées.")
    desktop.goto("/mon-compte/")
    seen(desktop, look, "mon-compte")
