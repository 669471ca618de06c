"""An administrateur sees the portal as a person, from the page of the team to the way back; each page looked at."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from candidatures.operations.produits import number_produit
from comptes.enums import InscriptionState, RoleANS
from comptes.models import Compte
from tests.candidatures.conftest import make_team
from tests.factories import candidatures as make
from tests.factories.comptes import InscriptionFactory

Look = Callable[[Page, str], None]
Enter = Callable[[Page, Compte], None]


@pytest.mark.long(
    "tests/candidatures/test_regards.py::test_they_read_what_the_person_reads",
    "tests/candidatures/test_regards.py::test_one_is_oneself_again_when_one_says_so_or_after_half_an_hour",
)
def test_administrateur_sees_as_a_person_and_comes_back(
    portail: str, freeze: Callable[..., None], screen: Page, enter: Enter, look: Look
) -> None:
    freeze(make.SUMMER)
    team = make_team()
    administrateur = make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR], first_name="Camille", last_name="Roy")
    enter(screen, administrateur)
    screen.goto(f"/editeurs/{team.editeur.pk}/")
    screen.get_by_role("link", name="Voir comme Sami Leroy").click()
    look(screen, "voir-comme")
    screen.get_by_label("Pourquoi").fill("La personne ne voit plus le bouton « Soumettre ».")
    screen.get_by_role("button", name="Voir comme cette personne").click()

    expect(screen.get_by_text("Vous voyez le portail comme Sami Leroy")).to_be_visible()
    screen.goto(f"/candidatures/{team.candidature.nru}/administratif/")
    look(screen, "voir-comme-un-volet")
    screen.goto("/mon-compte/")
    expect(screen.get_by_role("heading", level=1)).to_have_text("Vous êtes en lecture seule")
    look(screen, "voir-comme-refus")
    screen.get_by_role("button", name="Revenir à mon compte").click()
    expect(screen.get_by_text("Retour à votre compte effectué.")).to_be_visible()
    expect(screen.get_by_role("heading", level=1)).to_have_text(team.editeur.raison_sociale)


@pytest.mark.long(
    "tests/navigateur/test_browser.py::test_public_page_is_accessible_and_fits",
    "tests/test_permission_table.py::test_each_role_gets_what_the_table_says_for_few_queries",
)
def test_numbers_of_a_product_and_a_request_sent_again_are_accessible_and_fit(
    portail: str, freeze: Callable[..., None], screen: Page, enter: Enter, look: Look
) -> None:
    freeze(make.SUMMER)
    team = make_team()
    numeros = {"nie": "NIE-4821", "nil": "NIL 12", "nru_edc_utilisateur": "EDC/2026/7"}
    number_produit(produit_id=team.produit.pk, numeros=numeros, by=team.mandataire, at=make.SUMMER)
    enter(screen, team.mandataire)
    for address in ("/", "modifier/"):
        screen.goto(f"/produits/{team.produit.pk}/{address.lstrip('/')}")
        look(screen, f"produit-{address.strip('/') or 'page'}")

    refused = InscriptionFactory(
        compte=make.a_person(),
        state=InscriptionState.REFUSED,
        motif="Ce SIREN est celui d’une autre entreprise.",
        decided_at=make.SUMMER,
        decided_by=make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR]),
    )
    enter(screen, refused.compte)
    screen.goto("/mon-compte/inscription/")
    look(screen, "inscription-refusee")
