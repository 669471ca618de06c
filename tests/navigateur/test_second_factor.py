"""The second step of a sign-in and the confirmation of an act, by the keyboard alone; each page looked at."""

from collections.abc import Callable
from typing import Any

import pytest
from django_otp.oath import TOTP
from playwright.sync_api import Page, expect

from comptes import clock
from comptes.enums import RoleANS
from comptes.models import Rattachement
from tests.factories.comptes import PASSWORD, CompteFactory, RattachementFactory


def code_of(letters: str, *, later: int = 0) -> str:
    """What an application that was given these letters shows now."""
    from base64 import b32decode

    totp = TOTP(b32decode(letters.replace(" ", "")))
    totp.time = clock.machine_now().timestamp() + 30 * later
    return f"{totp.token():06d}"


def tab_to(page: Page, name: str) -> None:
    """Reach a control as who has no mouse does."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if name in page.evaluate("[document.activeElement.name, document.activeElement.textContent.trim()]"):
            return
    pytest.fail(f"The keyboard does not reach « {name} ».")


def type_in(page: Page, name: str, text: str) -> None:
    tab_to(page, name)
    page.keyboard.type(text)


def test_agent_enrols_then_signs_in_by_the_keyboard(
    portail: str, screen: Page, settings: Any, look: Callable[..., None]
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    agent = CompteFactory(roles_ans=[RoleANS.INSTRUCTEUR], password=PASSWORD, first_name="Inès", last_name="Garnier")

    def sign_in() -> None:
        screen.goto("/connexion/?next=/mon-compte/")
        type_in(screen, "username", agent.email)
        type_in(screen, "password", PASSWORD)
        screen.keyboard.press("Enter")

    sign_in()
    expect(screen.get_by_role("heading", level=1)).to_have_text("Seconde étape de connexion")
    look(screen, "seconde-etape-activer")
    letters = screen.locator(".ps-secret code").inner_text()
    type_in(screen, "code", code_of(letters))
    screen.keyboard.press("Enter")
    expect(screen.get_by_role("heading", level=1)).to_have_text("Vos codes de secours")
    look(screen, "codes-de-secours")
    recovery = screen.locator(".ps-codes code").first.inner_text()
    tab_to(screen, "J’ai gardé mes codes")
    screen.keyboard.press("Enter")
    expect(screen.get_by_role("heading", level=1)).to_have_text("Mon compte")

    screen.context.clear_cookies()
    sign_in()
    expect(screen.get_by_label("Code de l’application, ou code de secours")).to_be_visible()
    look(screen, "seconde-etape")
    type_in(screen, "code", "000000")
    screen.keyboard.press("Enter")
    expect(screen.get_by_role("alert")).to_contain_text("Code incorrect ou déjà utilisé")
    type_in(screen, "code", recovery)
    screen.keyboard.press("Enter")
    expect(screen.get_by_role("heading", level=1)).to_have_text("Mon compte")


@pytest.mark.long("tests/comptes/test_factor.py::test_grave_act_asks_for_the_code_and_not_the_password")
def test_act_is_confirmed_by_the_keyboard_and_nothing_is_lost(
    portail: str, screen: Page, settings: Any, look: Callable[..., None]
) -> None:
    seat: Rattachement = RattachementFactory(compte__first_name="Karim", compte__last_name="Belaïd")
    mandataire = RattachementFactory(mandataire=True, editeur=seat.editeur, compte__password=PASSWORD)
    screen.goto(f"/connexion/?next=/rattachements/{seat.pk}/")
    type_in(screen, "username", mandataire.compte.email)
    type_in(screen, "password", PASSWORD)
    screen.keyboard.press("Enter")
    expect(screen.get_by_role("heading", level=1)).to_contain_text("Karim Belaïd")
    settings.PROOF_IS_FRESH_FOR = 0

    tab_to(screen, "role")
    screen.keyboard.press("ArrowUp")
    chosen = screen.evaluate("document.activeElement.value")
    screen.keyboard.press("Enter")
    expect(screen.get_by_role("heading", level=1)).to_have_text("Confirmer votre identité")
    look(screen, "confirmer")
    type_in(screen, "identite-password", "faux")
    screen.keyboard.press("Enter")
    expect(screen.get_by_role("alert")).to_contain_text("Mot de passe incorrect.")
    type_in(screen, "identite-password", PASSWORD)
    screen.keyboard.press("Enter")
    expect(screen.get_by_role("status")).to_contain_text("est enregistré")

    seat.refresh_from_db()
    assert seat.role == chosen != "salarie"
