"""The whole process in real browsers while no other desk can be asked: captures, read and confirmed by the ANS.

Then what becomes of a référencement, as anybody reads it; and of a solution that the collège refused.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings as portal
from playwright.sync_api import Page, expect
from pytest_django import Settings

from comptes import journal
from guichets.models import Releve
from tests.factories import fichiers as some
from tests.navigateur.test_dossier_administratif import follow, press
from tests.navigateur.test_guichets import DMP, INSI, PROXY, UTILISATEUR, declare
from tests.navigateur.test_whole_process import (
    Cast,
    anybody_reads_it,
    cast,
    the_agency_signs,
    the_chapitres_are_approved,
    the_college_attributes,
    the_convention_is_signed,
    the_preuves_are_deposited,
    the_volets_are_admitted,
)
from tests.referencement.conftest import PRINTS

__all__ = ["cast"]
pytestmark = PRINTS

Opener = Callable[..., Page]
Clock = Callable[[datetime], None]
NUMEROS = {"EDC-1": UTILISATEUR, "EDC-2": PROXY, "CNDA-INSI": INSI, "CNDA-DMP": DMP}
NOVEMBER = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
def nobody_to_ask(portail: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No desk has an address: nothing is ever asked over HTTP."""
    for desk, given in portal.GUICHETS.items():
        monkeypatch.setitem(portal.GUICHETS, desk, given | {"url": "", "hosts": ""})


@pytest.mark.long(
    "tests/navigateur/test_first_candidature.py::test_from_the_invitation_to_the_decision",
    "tests/guichets/test_reconfirmation.py::test_desk_without_address_asks_the_editeur_once",
)
@pytest.mark.parametrize("profil", ["PA", "AHI"])
def test_from_the_charte_to_the_public_page_with_no_desk_to_ask(
    nobody_to_ask: None,
    cast: Cast,
    profil: str,
    freeze: Clock,
    somebody: Opener,
    settings: Settings,
    screenshot: Callable[[Page, str], Any],
) -> None:
    the_volets_are_admitted(cast, freeze, profil)
    freeze(NOVEMBER)
    the_preuves_are_deposited(cast)
    the_chapitres_are_approved(cast)
    every_grant_is_captured_and_confirmed(cast, profil, screenshot)
    freeze(datetime(2026, 11, 19, 9, 0, tzinfo=UTC))
    the_convention_is_signed(cast, settings)
    the_college_attributes(cast, freeze, screenshot)
    the_agency_signs(cast, settings)
    anybody_reads_it(somebody(), cast)

    assert set(Releve.objects.values_list("source", flat=True)) == {"capture"}
    assert list(journal.verify()) == []


def every_grant_is_captured_and_confirmed(cast: Cast, profil: str, screenshot: Callable[[Page, str], Any]) -> None:
    """Declare what is asked, show the first stage with an image, then each grant with the desk's own PDF."""
    page = cast.salarie
    page.goto(f"{cast.home}guichets/")
    asked = {numero: label for numero, label in NUMEROS.items() if profil != "AHI" or numero.startswith("CNDA")}
    for numero, label in asked.items():
        declare(page, label, numero)
    captured(page, INSI, "Pré-examen", retour="2026-12-04", file=("espace.png", some.an_image("PNG", 640, 400)))
    screenshot(page, "capture-deposee")
    confirmed(cast.instructrice, INSI, screenshot)
    page.goto(f"{cast.home}guichets/")
    expect(page.get_by_text("confirmée par l’ANS le").first).to_be_visible()
    for label in asked.values():
        captured(page, label, "Accordée", file=("decision.pdf", some.a_written_pdf("Décision", pages=1)))
        confirmed(cast.instructrice, label, screenshot)
    page.goto(cast.home)
    expect(page.get_by_text("C’est au tour de l’ANS").first).to_be_visible()


def captured(page: Page, label: str, etape: str, *, file: tuple[str, bytes], retour: str = "") -> None:
    page.goto(page.url.partition("guichets/")[0] + "guichets/")
    page.get_by_role("link", name=f"Déposer une capture {label}").click()
    page.get_by_label("Logiciel affiché").fill("Sirocco Résidence")
    choice = page.get_by_label("Étape affichée")
    value = choice.locator("option").filter(has_text=re.compile(f"^{etape}")).get_attribute("value")
    choice.select_option(value)
    page.get_by_label("Depuis le").fill("2026-11-02")
    if retour:
        page.get_by_label("Date de retour prévue").fill(retour)
    name, content = file
    kind = "application/pdf" if name.endswith("pdf") else "image/png"
    page.get_by_label("Capture de l’espace personnel").set_input_files(
        {"name": name, "mimeType": kind, "buffer": content}
    )
    press(page, "Déposer la capture")
    expect(page.get_by_text("capture déposée").first).to_be_visible()


def confirmed(page: Page, label: str, screenshot: Callable[[Page, str], Any]) -> None:
    """The oldest of the queue is read beside what is declared, and confirmed."""
    page.goto("/instruction/captures/")
    screenshot(page, "captures")
    follow(page, label)
    screenshot(page, "capture-lue")
    press(page, "Confirmer la capture")
    expect(page.get_by_text(re.compile("confirmée")).first).to_be_visible()
