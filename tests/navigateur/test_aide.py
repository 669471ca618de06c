"""The help centre in a browser: read at three widths, opened where one is, and kept by an administrateur."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from comptes.enums import Role, RoleANS
from tests.factories import candidatures as make
from tests.factories.aide import the_help

PAGES = (
    *("/aide/", "/aide/?q=psc", "/aide/?q=EHPAD", "/aide/?q=zzzz", "/aide/guichet-edc-psc/"),
    *("/aide/sessions/", "/aide/contacts/", "/aide/documents/", "/glossaire/"),
)
WIDTHS = (360, 800, 1280)


@pytest.fixture
def aide(portail: str, freeze: Callable[..., None]) -> None:
    the_help()
    freeze(make.SUMMER)


@pytest.mark.long("tests/navigateur/test_aide.py::test_help_opens_where_one_is_with_and_without_scripts")
def test_help_is_accessible_and_fits_at_three_widths(aide: None, desktop: Page, look) -> None:
    for address in PAGES:
        desktop.goto(address)
        for width in WIDTHS:
            desktop.set_viewport_size({"width": width, "height": 900})
            look(desktop, f"aide{address.replace('/', '-').replace('?', '-')}")


def test_help_opens_where_one_is_with_and_without_scripts(
    aide: None, somebody, new_context, portail: str, look
) -> None:
    editeur = make.an_editeur()
    mandataire = make.a_person(editeur, Role.MANDATAIRE)
    candidature = make.a_candidature(make.a_produit(editeur, mandataire), mandataire)
    page = somebody(mandataire)
    page.goto(f"/candidatures/{candidature.nru}/administratif/")
    here = page.locator("details", has_text="Aide sur cette page")

    here.locator("summary").focus()
    page.keyboard.press("Enter")

    expect(here.get_by_role("link", name="Phase 1 : le dossier administratif")).to_be_visible()
    expect(here.locator("summary")).to_be_focused()
    look(page, "aide-volet")
    plain = new_context(base_url=portail, java_script_enabled=False).new_page()
    plain.goto("/guichets/questions/")
    plain.get_by_text("Aide sur cette page").click()
    plain.get_by_role("link", name="Lire l’aide de cette page").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Autres guichets")
    expect(plain.locator("main")).to_contain_text("contact.cnda@assurance-maladie.fr")


@pytest.mark.long(
    "tests/candidatures/test_aide.py::test_an_administrateur_writes_previews_publishes_and_withdraws_on_screen",
)
def test_an_administrateur_writes_a_page_from_the_keyboard(aide: None, somebody, look) -> None:
    page = somebody(make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR]))
    page.goto("/agence/aide/?voir=manquent")
    look(page, "aide-agence")
    page.goto("/agence/aide/nouvelle/page/")
    page.get_by_label("Adresse de la fiche").fill("essai")
    page.get_by_label("Titre", exact=True).fill("Essai")
    page.get_by_label("En une phrase").fill("Une phrase.")
    page.get_by_label("Texte").fill("Voir **ceci**.")
    page.get_by_role("button", name="Aperçu").press("Enter")
    expect(page.locator("main")).to_contain_text("Aperçu : rien n’est encore enregistré.")
    look(page, "aide-agence-apercu")
    page.get_by_role("button", name="Enregistrer le brouillon").press("Enter")
    look(page, "aide-agence-fiche")
    page.get_by_role("button", name="Publier cette version").press("Enter")
    page.goto("/aide/essai/")
    page.get_by_role("button", name="Oui").press("Enter")
    expect(page.locator("main")).to_contain_text("Merci, votre réponse est comptée.")
