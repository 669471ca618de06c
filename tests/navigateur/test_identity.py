"""Who comes by the identity provider, in a real browser: a first arrival, a sign-out at both, a request answered."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from comptes import clock
from comptes.models import Editeur
from tests.factories.comptes import CompteFactory, InvitationFactory, RattachementFactory
from tests.provider import LocalProvider, served

TABLET = ViewportSize(width=800, height=1000)
ADDRESS = {"Adresse": "3 rue du Phare", "Code postal": "00450", "Commune": "Saint-Orens-les-Dunes"}


@pytest.fixture
def isc(portail: str, settings: Any, tmp_path: Path) -> Iterator[LocalProvider]:
    with served(tmp_path, portals=(portail,)) as provider:
        origin = f"http://127.0.0.1:{provider.port}"
        settings.OIDC = provider.settings(origins=[origin])
        directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        settings.CONTENT_SECURITY_POLICY = {
            "DIRECTIVES": directives | {"form-action": [*directives["form-action"], origin]}
        }
        yield provider


def press(page: Page, label: str) -> None:
    """Press a button from the keyboard."""
    button = page.get_by_role("button", name=label, exact=False)
    button.focus()
    page.keyboard.press("Enter")


def be(page: Page, sub: str) -> None:
    """Go through the provider as somebody, from the keyboard."""
    expect(page.get_by_role("heading", name="Fournisseur d’identité local")).to_be_visible()
    button = page.locator(f'button[value="{sub}"]')
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("^http://localhost"))


def type_the_address(page: Page) -> None:
    for label, value in ADDRESS.items():
        page.get_by_label(label, exact=True).fill(value)


@pytest.mark.long("tests/comptes/test_openid.py::test_signing_out_ends_the_provider_s_session_too")
def test_a_company_arrives_goes_out_everywhere_and_comes_back(
    isc: LocalProvider, screen: Page, look: Callable[[Page, str], None]
) -> None:
    page = screen
    page.goto("/connexion/")
    look(page, "connexion-fournisseur")
    press(page, "Continuer avec Industriels Santé Connect")
    be(page, "mandataire")

    expect(page.get_by_text("SIREN\u00a0732\u00a0829\u00a0320")).to_be_visible()
    look(page, "premiere-arrivee")
    type_the_address(page)
    press(page, "Inscrire mon entreprise et ouvrir mon compte")
    expect(page.get_by_role("heading", name="Alizé Informatique")).to_be_visible()
    assert Editeur.objects.get().identifier == "732829320"

    page.goto("/mon-compte/")
    expect(page.get_by_text("vous vous connectez sans mot de passe")).to_be_visible()
    look(page, "compte-rattache")
    sign_out(page)
    expect(page.get_by_text("Votre session est fermée.")).to_be_visible()

    page.goto("/connexion/")
    press(page, "Continuer avec Industriels Santé Connect")
    be(page, "mandataire")  # signed out there too: it asks again
    page.goto("/mon-compte/")
    expect(page.get_by_role("heading", name="Mon compte")).to_be_visible()


def sign_out(page: Page) -> None:
    menu = page.locator("summary", has_text="Menu")
    if menu.is_visible():
        menu.click()
    page.locator("button:visible", has_text="Se déconnecter").first.click()


@pytest.mark.long(
    "tests/comptes/test_arrivals.py::test_an_administrateur_accepts_and_the_company_opens",
    "tests/comptes/test_arrivals.py::test_who_proves_no_company_asks_and_reads_where_it_stands",
)
def test_a_request_is_sent_read_accepted_and_its_author_is_in(
    isc: LocalProvider, somebody: Callable[..., Page], look: Callable[[Page, str], None]
) -> None:
    lou, anne = somebody(), somebody(CompteFactory(administrateur=True))
    lou.goto("/connexion/")
    press(lou, "Continuer avec")
    be(lou, "seule")
    look(lou, "demande-d-inscription")
    lou.get_by_label("Numéro d’entreprise").fill("732 829 320")
    lou.get_by_label("Raison sociale").fill("Alizé Informatique")
    type_the_address(lou)
    lou.get_by_label("Votre fonction dans l’entreprise").fill("Je suis sa directrice générale.")
    press(lou, "Envoyer ma demande")
    expect(lou.get_by_text("En attente")).to_be_visible()
    look(lou, "ma-demande")

    anne.goto("/inscriptions/")
    look(anne, "inscriptions")
    anne.get_by_role("link", name="Alizé Informatique").click()
    look(anne, "inscription")
    press(anne, "Accepter la demande")
    expect(anne.get_by_role("heading", name="Alizé Informatique")).to_be_visible()

    lou.goto("/mon-compte/inscription/")
    expect(lou.get_by_text("vous en êtes mandataire")).to_be_visible()


@pytest.mark.long("tests/comptes/test_arrivals.py::test_who_is_invited_comes_by_their_identity_and_needs_no_password")
def test_who_is_invited_comes_in_by_their_identity(
    isc: LocalProvider, somebody: Callable[..., Page], look: Callable[[Page, str], None]
) -> None:
    mandataire = RattachementFactory(mandataire=True, editeur__identifier="732829320")
    invitation = InvitationFactory(
        editeur=mandataire.editeur, invited_by=mandataire.compte, invited_at=clock.machine_now()
    )
    page = somebody(viewport=TABLET)
    page.goto(f"/invitation/{invitation.token}/")
    look(page, "invitation-fournisseur")
    press(page, "Continuer avec")
    be(page, "seule")

    expect(page.get_by_text("identité est confirmée par Industriels Santé Connect")).to_be_visible()
    look(page, "invitation-reconnue")
    press(page, "Ouvrir mon compte et rejoindre l’équipe")
    expect(page.get_by_text("Bienvenue dans l’équipe")).to_be_visible()


def test_what_is_refused_says_why_and_where_to_go(
    isc: LocalProvider, screen: Page, look: Callable[[Page, str], None]
) -> None:
    screen.goto("/connexion/")
    press(screen, "Continuer avec")
    be(screen, "muette")

    expect(screen.get_by_role("heading", name="La connexion a échoué")).to_be_visible()
    look(screen, "connexion-refusee")
    press_link = screen.get_by_role("link", name="Revenir à la connexion")
    press_link.focus()
    screen.keyboard.press("Enter")
    expect(screen.get_by_role("heading", name="Se connecter", exact=True)).to_be_visible()
