"""A legal term opens its definition by keyboard and by touch, without JavaScript; the glossary has them all."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from checks.reach import A4, PAPER
from comptes.models import Compte
from tests.candidatures.conftest import make_team
from tests.factories import candidatures as make
from tests.navigateur.conftest import sign_in_without_typing

Look = Callable[[Page, str], None]


def test_term_opens_and_closes_by_keyboard_and_by_touch(
    portail: str, freeze: Callable[..., None], phone: Page, enter: Callable[[Page, Compte], None], look: Look
) -> None:
    freeze(make.SUMMER)
    team = make_team()
    enter(phone, team.mandataire)
    phone.goto(f"/candidatures/{team.candidature.nru}/charte/")
    term = phone.get_by_role("button", name="Empreinte (définition)")
    bubble = phone.get_by_text("Suite de 64 caractères")
    expect(bubble).to_be_hidden()

    term.focus()
    phone.keyboard.press("Enter")
    expect(bubble).to_be_visible()
    look(phone, "terme-ouvert")
    phone.keyboard.press("Escape")
    expect(bubble).to_be_hidden()
    expect(term).to_be_focused()
    term.click()
    expect(bubble).to_be_visible()

    phone.goto("/glossaire/")
    look(phone, "glossaire")


def test_term_opens_without_a_script(portail: str, freeze: Callable[..., None], new_context: Any) -> None:
    freeze(make.SUMMER)
    team = make_team()
    context = new_context(base_url=portail, java_script_enabled=False)
    sign_in_without_typing(context, team.mandataire)
    page = context.new_page()
    page.goto(f"/candidatures/{team.candidature.nru}/charte/")
    page.get_by_role("button", name="Empreinte (définition)").click()

    expect(page.get_by_text("Suite de 64 caractères")).to_be_visible()


def test_term_is_a_word_on_paper(portail: str, freeze: Callable[..., None], somebody: Callable[..., Page]) -> None:
    freeze(make.SUMMER)
    team = make_team()
    page = somebody(team.mandataire, {"width": A4, "height": 800})
    page.goto(f"/candidatures/{team.candidature.nru}/charte/")
    page.emulate_media(media="print")

    expect(page.get_by_role("button", name="Empreinte (définition)")).to_be_visible()
    assert page.evaluate(PAPER["paper"]) == []
