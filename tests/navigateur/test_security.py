"""The security log in a real browser: filtered from the keyboard, on a phone, a tablet and a desktop."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from comptes import clock, journal
from comptes.enums import RoleANS, SecurityEvent
from comptes.models import Compte
from tests.factories import candidatures as make

WIDER = pytest.mark.long("tests/navigateur/test_security.py::test_auditor_filters_from_the_keyboard")


@pytest.mark.parametrize("width", [360, *(pytest.param(width, marks=WIDER) for width in (800, 1280))])
def test_auditor_filters_from_the_keyboard(
    portail: str,
    freeze: Callable[[datetime], None],
    somebody: Callable[..., Page],
    axe: Callable[[Page], None],
    fits: Callable[[Page], None],
    screenshot: Callable[[Page, str], Path],
    width: int,
) -> None:
    freeze(make.SUMMER)
    nadia = make.a_person(first_name="Amandine-Sophie", last_name="de La Rochefoucauld-Martin")
    auditeur: Compte = make.a_person(first_name="Anne", last_name="Morel", roles_ans=[RoleANS.AUDITEUR])
    for minutes in range(60):
        with clock.travel(make.SUMMER + timedelta(minutes=minutes)):
            journal.note(SecurityEvent.SIGNED_IN, compte=nadia)
            journal.note(
                SecurityEvent.SIGN_IN_FAILED,
                email="inconnu@mistral.example",
                about="Adresse e-mail ou mot de passe incorrect.",
            )
    journal.note(SecurityEvent.FILE_READ, compte=nadia, about="/candidatures/DUI-2026-00042-B/fichiers/12/contenu/")

    page = somebody(auditeur, {"width": width, "height": 800})
    page.goto("/securite/")
    expect(page.get_by_role("heading", name="Journal de sécurité")).to_be_visible()
    axe(page)
    fits(page)
    screenshot(page, "securite")

    page.get_by_label("Nature").focus()
    page.keyboard.type("Fichier")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("rochefoucauld")
    page.keyboard.press("Enter")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("Fichier ou export lu")

    page.goto("/securite/?du=2026-07-02&au=2026-07-01")
    expect(page.get_by_text("La date de fin précède la date de début.")).to_be_visible()
    axe(page)
    screenshot(page, "securite-refusee")
