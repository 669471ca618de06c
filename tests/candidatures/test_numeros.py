"""The numbers that other desks give a product, kept before any démarche is open, then proposed."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from candidatures.catalogue.dispositifs import numeros
from candidatures.enums import VoletKind
from candidatures.models import Produit
from candidatures.operations.candidatures import open_candidature
from candidatures.operations.produits import ProduitNotPossible, number_produit
from candidatures.queries.prefill import prefill_of
from candidatures.queries.volets import answers_at
from comptes import clock
from comptes.enums import Role
from comptes.models import Compte, Editeur, JournalEntry
from tests.conftest import BY_PASSWORD
from tests.factories import candidatures as make

TYPED = {"nie": "NIE-4821", "nil": " NIL  12 ", "nru_edc_utilisateur": "EDC/2026/7", "nru_edc_proxy": ""}
KEPT = {"nie": "NIE-4821", "nil": "NIL 12", "nru_edc_utilisateur": "EDC/2026/7"}


@pytest.fixture
def editeur(db: None) -> Editeur:
    return make.an_editeur()


@pytest.fixture
def mandataire(editeur: Editeur) -> Compte:
    return make.a_person(editeur, Role.MANDATAIRE)


def browser(compte: Compte) -> Client:
    client = Client()
    client.force_login(compte, backend=BY_PASSWORD)
    return client


def test_numbers_are_kept_before_the_opening_then_proposed(editeur: Editeur, mandataire: Compte) -> None:
    dispositif = make.a_dispositif()
    with clock.travel(dispositif.opens_at - timedelta(days=30)):
        done = browser(mandataire).post(
            reverse("candidatures:produit_new"), {"editeur": editeur.pk, "nom": "Alizé", **TYPED}
        )
        produit = Produit.objects.get()
        page = browser(mandataire).get(done["Location"]).content.decode()
    assert produit.numeros == KEPT
    assert all(numero in page for numero in KEPT.values())

    candidature = open_candidature(produit_id=produit.pk, dispositif_code=dispositif.pk, by=mandataire, at=make.SUMMER)
    assert prefill_of(make.the_volet(candidature, VoletKind.ELIGIBILITE)) == KEPT


def test_what_was_answered_is_not_changed_by_a_number_that_comes_later(editeur: Editeur, mandataire: Compte) -> None:
    produit = make.a_produit(editeur, mandataire)
    volet = make.a_filled_volet(make.a_candidature(produit, mandataire), mandataire, kind=VoletKind.ELIGIBILITE)
    before = answers_at(volet, version=volet.version)

    number_produit(produit_id=produit.pk, numeros=KEPT, by=mandataire, at=make.SUMMER)

    assert answers_at(volet, version=volet.version) == before


def test_numbers_are_corrected_forgotten_and_written(editeur: Editeur, mandataire: Compte) -> None:
    produit = make.a_produit(editeur, mandataire)
    client, address = browser(mandataire), reverse("candidatures:produit_edit", args=[produit.pk])
    typed = {"editeur": editeur.pk, "nom": produit.nom}

    client.post(address, typed | TYPED)
    client.post(address, typed | TYPED)  # again: nothing more is written
    assert client.get(address).context["form"]["nil"].value() == "NIL 12"
    client.post(address, typed)

    produit.refresh_from_db()
    assert produit.numeros == {}
    written = JournalEntry.objects.filter(act="produit.numbered").order_by("number")
    assert [entry.params["numeros"] for entry in written] == [
        "NRU EDC PSC, éditeur de logiciel utilisateur EDC/2026/7, NIE NIE-4821, NIL du composant principal NIL 12",
        "aucun",
    ]


@pytest.mark.parametrize("wrong", ["<b>", "NIL\u200b12é", "é", "x" * 41])
def test_number_is_refused_as_the_formulaire_refuses_it(editeur: Editeur, mandataire: Compte, wrong: str) -> None:
    page = browser(mandataire).post(
        reverse("candidatures:produit_new"), {"editeur": editeur.pk, "nom": "Alizé", "nil": wrong}
    )

    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["nil"]
    assert Produit.objects.count() == 0


def test_salarie_changes_no_number(editeur: Editeur, mandataire: Compte) -> None:
    produit = make.a_produit(editeur, mandataire)
    salarie = make.a_person(editeur, Role.SALARIE)

    with pytest.raises(ProduitNotPossible):
        number_produit(produit_id=produit.pk, numeros=KEPT, by=salarie, at=make.SUMMER)


def test_only_what_other_desks_give_is_kept_with_a_product() -> None:
    assert set(numeros()) == {"nie", "nil", "nru_edc_utilisateur", "nru_edc_proxy"}
