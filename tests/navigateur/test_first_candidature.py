"""The first candidature, from the invitation of a salarié to the agency's decision, in a real browser."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from playwright.sync_api import Page, expect

from candidatures.models import Candidature, Produit
from comptes.enums import Role, RoleANS
from comptes.models import Compte, Invitation
from tests.factories import candidatures as make

Opener = Callable[..., Page]
ONE_SECOND = timedelta(seconds=1)
PASSWORD = "une phrase que je retiens"


@pytest.fixture
def nadia(portail: str) -> Compte:
    """A mandataire whose éditeur has two products and no candidature."""
    editeur = make.an_editeur(raison_sociale="Sirocco Logiciels")
    compte = make.a_person(editeur, Role.MANDATAIRE, first_name="Nadia", last_name="Ferrand")
    make.a_produit(editeur, compte, "Sirocco Résidence")
    make.a_produit(editeur, compte, "Sirocco Domicile")
    make.a_dispositif()
    return compte


@pytest.fixture
def camille(portail: str) -> Compte:
    return make.a_person(roles_ans=[RoleANS.INSTRUCTEUR], first_name="Camille", last_name="Roussel")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).first.click()


def test_from_the_invitation_to_the_decision(
    nadia: Compte, camille: Compte, somebody: Opener, freeze: Callable[[datetime], None]
) -> None:
    freeze(make.SUMMER)
    mandataire = somebody(nadia)
    theo = a_salarie_joins(mandataire, somebody)
    nru = a_product_is_attached(mandataire)
    the_salarie_sees_one_product_of_two(theo)
    the_salarie_fills_the_volet(theo, nru)

    freeze(make.DATE_1 - ONE_SECOND)
    the_volet_is_submitted(mandataire, nru)
    the_agency_admits_it(somebody(camille), nru)
    the_salarie_is_detached(mandataire, theo)
    the_journal_says_it_all(mandataire, nru)
    nobody_rewrites_the_journal()


def a_salarie_joins(mandataire: Page, somebody: Opener) -> Page:
    mandataire.goto("/")
    follow(mandataire, "Mon équipe")
    follow(mandataire, "Inviter une personne")
    mandataire.get_by_label("Adresse e-mail").fill("theo.lambert@sirocco.example")
    mandataire.get_by_role("radio", name=re.compile("^Salarié", re.IGNORECASE)).check()
    press(mandataire, "Envoyer l’invitation")
    expect(mandataire.get_by_text("L’invitation est envoyée à theo.lambert@sirocco.example")).to_be_visible()

    theo = somebody()
    theo.goto("/demo/messages/")
    theo.get_by_role("link", name=re.compile("vous invite à rejoindre")).first.click()
    theo.locator("a[href*='/invitation/']").click()
    expect(theo.get_by_role("heading", name="Sirocco Logiciels")).to_be_visible()
    assert Invitation.objects.get().accepted_at is None
    theo.get_by_label("Prénom").fill("Théo")
    theo.get_by_label("Nom", exact=True).fill("Lambert")
    theo.get_by_label("Mot de passe").fill(PASSWORD)
    press(theo, "Ouvrir mon compte et rejoindre l’équipe")
    expect(theo.get_by_text("Bienvenue dans l’équipe de Sirocco Logiciels.")).to_be_visible()
    return theo


def a_product_is_attached(mandataire: Page) -> str:
    follow(mandataire, "Mes produits")
    follow(mandataire, "Sirocco Résidence")
    mandataire.get_by_label("Confier ce produit à un salarié").select_option("Théo Lambert")
    press(mandataire, "Donner l’accès")
    expect(mandataire.get_by_text("Théo Lambert a maintenant accès")).to_be_visible()
    follow(mandataire, "Rattacher à une démarche")
    press(mandataire, "Ouvrir la candidature")
    nru = Candidature.objects.get().nru
    expect(mandataire.get_by_text(nru).first).to_be_visible()
    follow(mandataire, "Charte de référencement")
    press(mandataire, "Accepter la charte")
    expect(mandataire.get_by_text("La charte est acceptée")).to_be_visible()
    return nru


def the_salarie_sees_one_product_of_two(theo: Page) -> None:
    follow(theo, "Mes produits")
    expect(theo.get_by_role("link", name="Sirocco Résidence")).to_be_visible()
    expect(theo.get_by_text("Sirocco Domicile")).to_have_count(0)
    other = Produit.objects.get(nom="Sirocco Domicile")
    response = theo.goto(f"/produits/{other.pk}/")
    assert response is not None
    assert response.status == 404


def the_salarie_fills_the_volet(theo: Page, nru: str) -> None:
    theo.goto(f"/candidatures/{nru}/administratif/")
    for code, value in make.COMPLETE.items():
        if isinstance(value, str):
            theo.locator(f"[name={code}]").fill(value)
    theo.locator("[name=references_vague_2-stance][value=aucun]").check()
    theo.locator("[name=references_vague_1-stance][value=lignes]").check()
    theo.locator("[name=references_vague_1-0-identifiant]").fill("W-123")
    theo.locator("[name=references_vague_1-0-dispositif]").select_option("MS1")
    theo.locator("[name=references_vague_1-0-profils][value=PA]").check()
    theo.locator("[name=entreprise_immatriculation-numero]").fill("123 456 789")
    press(theo, "Enregistrer")
    # Of the page that the button brings: the automatic save says the same under the form that is leaving.
    expect(theo.locator("[data-error-summary]").get_by_text("sa clé de contrôle est fausse")).to_be_visible()
    expect(theo.locator("[name=entreprise_immatriculation-numero]")).to_have_value("123 456 789")
    theo.locator("[name=entreprise_immatriculation-numero]").fill("552 008 443")
    press(theo, "Enregistrer et relire avant de soumettre")
    expect(theo.get_by_text("Le volet est complet, mais pas encore soumis.")).to_be_visible()


def the_volet_is_submitted(mandataire: Page, nru: str) -> None:
    mandataire.goto(f"/candidatures/{nru}/administratif/soumettre/")
    press(mandataire, "Soumettre à l’ANS")
    expect(mandataire.get_by_text("à l’ANS le 1er octobre 2026 à 11")).to_be_visible()


def the_agency_admits_it(camille: Page, nru: str) -> None:
    camille.goto("/")
    follow(camille, "Instruction")
    camille.get_by_label("Solution, éditeur ou NRU").fill("residence")
    press(camille, "Filtrer")
    camille.get_by_role("link", name="Un volet soumis à lire").click()
    expect(camille.get_by_text("lucie.marchand@sirocco.example")).to_be_visible()
    camille.get_by_role("combobox", name="Décision").select_option("confirmed")
    camille.get_by_role("button", name="Enregistrer la décision W-123").click()
    press(camille, "Déclarer recevable")
    expect(camille.get_by_text("déclaré recevable").first).to_be_visible()


def the_salarie_is_detached(mandataire: Page, theo: Page) -> None:
    follow(mandataire, "Mon équipe")
    mandataire.get_by_role("link", name=re.compile("Détacher.*Théo Lambert")).click()
    press(mandataire, "Détacher cette personne")
    expect(mandataire.get_by_text("Théo Lambert ne fait plus partie de l’éditeur Sirocco Logiciels.")).to_be_visible()
    theo.goto("/produits/")
    expect(theo.get_by_text("Vous ne faites partie d’aucun éditeur")).to_be_visible()


def the_journal_says_it_all(mandataire: Page, nru: str) -> None:
    mandataire.goto(f"/candidatures/{nru}/journal/")
    for sentence in (
        "Candidature administrative\u00a0: déclaré recevable par l’ANS",
        "Candidature administrative\u00a0: soumission n°\u00a01 à l’ANS",
        "La charte de référencement est acceptée (version 1",
        "Le produit «\u00a0Sirocco Résidence\u00a0» est rattaché à la démarche",
    ):
        expect(mandataire.get_by_text(sentence)).to_be_visible()
    follow(mandataire, "Mon équipe")
    follow(mandataire, "Journal")
    expect(mandataire.get_by_text("Théo Lambert ne fait plus partie de l’éditeur")).to_be_visible()
    expect(mandataire.get_by_text("Théo Lambert rejoint l’éditeur, avec le rôle salarié")).to_be_visible()


def nobody_rewrites_the_journal() -> None:
    call_command("verify_journal")
    forge = "UPDATE comptes_journalentry SET params = '{\"volet\": \"rien\"}' WHERE act = 'volet.submitted'"
    with connection.cursor() as cursor:
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute(forge)
        cursor.execute("ALTER TABLE comptes_journalentry DISABLE TRIGGER journal_is_written_once")
        cursor.execute(forge)
        cursor.execute("ALTER TABLE comptes_journalentry ENABLE TRIGGER journal_is_written_once")
    with pytest.raises(CommandError):
        call_command("verify_journal")


@pytest.mark.parametrize(("offset", "passes"), [(0, True), (1, False)])
def test_noon_sharp_passes_and_one_second_later_does_not(
    nadia: Compte, somebody: Opener, freeze: Callable[[datetime], None], offset: int, passes: bool
) -> None:
    candidature = make.a_candidature(Produit.objects.get(nom="Sirocco Résidence"), nadia)
    make.a_filled_volet(candidature, nadia)
    page = somebody(nadia)
    freeze(make.DATE_1 - ONE_SECOND)
    page.goto(f"/candidatures/{candidature.nru}/administratif/soumettre/")
    freeze(make.DATE_1 + offset * ONE_SECOND)
    press(page, "Soumettre à l’ANS")

    if passes:
        expect(page.get_by_text("à l’ANS le 1er octobre 2026 à 12")).to_be_visible()
    else:
        expect(page.get_by_text("Le volet n’a pas été soumis. Vos réponses sont enregistrées")).to_be_visible()
        expect(
            page.get_by_text("La date limite (Date 1) est passée\u00a0: c’était le 1er octobre 2026 à 12")
        ).to_be_visible()
    assert (make.the_volet(candidature).state == "submitted") is passes
