"""The convention in a real browser: prepared, sent, then signed with the code of the mailbox."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from comptes.models import Compte
from referencement.connectors.seal import self_signed
from referencement.enums import ConventionState
from tests.factories import conventions as make
from tests.factories.conventions import AT, Parties
from tests.proofs import code_now, tie_a_factor
from tests.referencement.conftest import PASSWORD, PRINTS

pytestmark = PRINTS


@pytest.fixture
def parties(portail: str, freeze: Callable[[datetime], None], settings: Settings, tmp_path: Path) -> Parties:
    path = tmp_path / "sceau.p12"
    path.write_bytes(self_signed(name="Sceau des tests", password=PASSWORD, at=AT))
    settings.SIGNATURE = settings.SIGNATURE | {"pkcs12": str(path), "password": PASSWORD}
    freeze(AT)
    return make.some_parties()


def address(parties: Parties) -> str:
    return f"/candidatures/{parties.candidature.nru}/convention/"


def code_received(settings: Any) -> str:
    """The digits of the last message of the mailbox that holds a code."""
    files = sorted(Path(settings.MAIL_ROOT).glob("*"), key=lambda file: file.stat().st_mtime_ns)
    codes = [re.search(r"^(\d{6})\r?$", file.read_text(), re.MULTILINE) for file in files]
    return [code[1] for code in codes if code][-1]


def confirmed(screen: Page, look: Callable[[Page, str], None]) -> None:
    """Prove who signs, by their second factor."""
    expect(screen.get_by_role("heading", level=1)).to_have_text("Confirmer votre identité")
    look(screen, "convention-preuve")
    screen.get_by_label("Code de l’application").fill(code_now())
    screen.get_by_role("button", name="Confirmer et continuer").click()


@pytest.mark.long("tests/referencement/test_conventions.py::test_sent_convention_asks_its_signatory")
def test_convention_from_its_preview_to_the_signature_of_the_editeur(
    parties: Parties,
    screen: Page,
    enter: Callable[[Page, Compte], None],
    look: Callable[[Page, str], None],
    settings: Settings,
) -> None:
    enter(screen, parties.responsable)
    screen.goto(address(parties))
    look(screen, "convention-apercu")
    screen.get_by_role("button", name="Préparer la convention").click()
    expect(screen.get_by_text("La convention est préparée")).to_be_visible()
    screen.get_by_label("Personne qui signe pour l’éditeur").select_option(label=parties.signatory.full_name)
    look(screen, "convention-envoi")
    screen.get_by_role("button", name="Envoyer à la signature").click()
    expect(screen.get_by_text("envoyée à la signature")).to_be_visible()
    look(screen, "convention-envoyee")

    enter(screen, parties.signatory)
    screen.goto(address(parties))
    tie_a_factor(parties.signatory)
    screen.reload()
    screen.get_by_role("button", name="Recevoir un code").click()
    expect(screen.get_by_text("Un code vous est envoyé")).to_be_visible()
    screen.get_by_label("Code reçu par e-mail").fill("1")
    screen.get_by_role("button", name="Signer la convention").click()
    confirmed(screen, look)
    expect(screen.get_by_text("Ce n’est pas le code envoyé")).to_be_visible()
    look(screen, "convention-signature")
    screen.get_by_label("Code reçu par e-mail").fill(code_received(settings))
    screen.get_by_role("button", name="Signer la convention").click()
    expect(screen.get_by_text("Vous pouvez télécharger")).to_be_visible()
    look(screen, "convention-signee")

    assert parties.convention.state == ConventionState.SIGNED_BY_EDITEUR
