"""The whole process in real browsers, on a small REM: from the charte to the public page, each at their own screen.

The desks are the simulators, in a process of their own; documents are printed and signed as anywhere else.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from candidatures.models import Candidature
from comptes import journal
from comptes.enums import Role, RoleANS
from comptes.models import Compte
from referencement.connectors.seal import self_signed
from tests.factories import candidatures as make
from tests.factories import fichiers as some
from tests.factories import preuves as prove
from tests.navigateur.test_convention import code_received
from tests.navigateur.test_dossier_administratif import (
    follow,
    press,
    the_administratif_is_filled,
    the_charte_is_accepted,
)
from tests.navigateur.test_guichets import DMP, INSI, PROXY, UTILISATEUR, declare, desks, morning
from tests.proofs import code_now, tie_a_factor
from tests.referencement.conftest import PASSWORD, PRINTS

__all__ = ["desks", "morning"]
pytestmark = PRINTS

Opener = Callable[..., Page]
Clock = Callable[[datetime], None]
NUMEROS = {"EDC-1": UTILISATEUR, "EDC-2": PROXY, "CNDA-INSI": INSI, "CNDA-DMP": DMP}
LAST_GRANTED = 12
IMAGE = some.an_image("PNG", 320, 200)
MOTIF = "Des preuves exigées ne sont pas validées."


@dataclass
class Cast:
    """Everybody's screen, and the number of the candidature."""

    mandataire: Page
    salarie: Page
    instructrice: Page
    responsable: Page
    secretaire: Page
    nru: str

    @property
    def home(self) -> str:
        return f"/candidatures/{self.nru}/"


@pytest.fixture
def cast(portail: str, freeze: Clock, settings: Settings, tmp_path: Path, somebody: Opener) -> Cast:
    settings.CLAMD_URL = "none"
    path = tmp_path / "sceau.p12"
    path.write_bytes(self_signed(name="Sceau des tests", password=PASSWORD, at=make.SUMMER))
    settings.SIGNATURE = settings.SIGNATURE | {"pkcs12": str(path), "password": PASSWORD}
    freeze(make.SUMMER)
    prove.a_rem()
    editeur = make.an_editeur(raison_sociale="Sirocco Logiciels")
    nadia = make.a_person(editeur, Role.MANDATAIRE, first_name="Nadia", last_name="Ferrand")
    theo = make.a_person(editeur, Role.REPRESENTANT, first_name="Théo", last_name="Lambert")
    make.a_candidature(make.a_produit(editeur, nadia, "Sirocco Résidence"), nadia, charte=False)
    for nom in ("Aubry", "Delmas"):
        make.a_person(roles_ans=[RoleANS.MEMBRE_COLLEGE], last_name=nom)

    def of_the_agency(role: RoleANS) -> Compte:
        return make.a_person(roles_ans=[role], first_name="Camille", last_name=role.value.title())

    camille = of_the_agency(RoleANS.RESPONSABLE_INSTRUCTION)
    cast = Cast(
        somebody(nadia),
        somebody(theo),
        somebody(of_the_agency(RoleANS.INSTRUCTEUR)),
        somebody(camille),
        somebody(of_the_agency(RoleANS.SECRETAIRE_COLLEGE)),
        Candidature.objects.get().nru,
    )
    # Once they are signed in: the second step of the sign-in has a story of its own.
    for who_signs in (nadia, camille):
        tie_a_factor(who_signs)
    return cast


@pytest.mark.long("tests/navigateur/test_first_candidature.py::test_from_the_invitation_to_the_decision")
def test_from_the_charte_to_the_public_page(
    cast: Cast,
    freeze: Clock,
    morning: Callable[[Page, int], None],
    somebody: Opener,
    settings: Settings,
    screenshot: Callable[[Page, str], Any],
) -> None:
    the_volets_are_admitted(cast, freeze)
    freeze(datetime(2026, 11, 3, 9, 0, tzinfo=UTC))
    the_preuves_are_deposited(cast)
    the_chapitres_are_approved(cast)
    everything_is_granted(cast, morning)
    the_convention_is_signed(cast, settings)
    the_college_attributes(cast, freeze, screenshot)
    the_agency_signs(cast, settings)
    anybody_reads_it(somebody(), cast)
    assert list(journal.verify()) == []


def the_volets_are_admitted(cast: Cast, freeze: Clock, profil: str = "PA") -> None:
    the_charte_is_accepted(cast.mandataire, cast.nru)
    the_administratif_is_filled(cast.salarie, cast.nru)
    the_eligibilite_is_filled(cast.salarie, cast.nru, profil)
    freeze(make.DATE_1 - timedelta(seconds=1))
    for volet in ("administratif", "eligibilite"):
        submitted(cast.mandataire, f"{cast.home}{volet}/soumettre/")
    page = cast.instructrice
    page.goto(f"/instruction/{cast.nru}/administratif/")
    page.get_by_role("combobox", name="Décision").select_option("confirmed")
    press(page, "Enregistrer la décision W-123")
    expect(page.get_by_text("Votre décision sur W-123 est enregistrée.")).to_be_visible()
    for volet in ("administratif", "eligibilite"):
        page.goto(f"/instruction/{cast.nru}/{volet}/")
        press(page, "Déclarer recevable")
        expect(page.get_by_text("déclaré recevable").first).to_be_visible()


def the_eligibilite_is_filled(page: Page, nru: str, profil: str) -> None:
    page.goto(f"/candidatures/{nru}/eligibilite/")
    page.locator(f"[name=profils][value={profil}]").check()
    expect(page.get_by_text("Enregistré le 1er juillet 2026")).to_be_visible()
    proxy = page.locator("[name=proxy]")
    if profil == "AHI":  # alone, it has nothing to do with the EDC PSC
        expect(proxy).to_be_hidden()
    else:
        proxy.select_option("propre")
    page.locator("[name=nie]").fill("NIE-42")
    page.locator("[name=nil]").fill("NIL-1")
    for code in ("groupement", "distributeurs", "additionnels", "obsolescence", "noms_commerciaux"):
        page.locator(f"[name={code}-stance][value=aucun]").check()
    press(page, "Enregistrer et relire avant de soumettre")
    expect(page.get_by_text("Le volet est complet, mais pas encore soumis.")).to_be_visible()


def submitted(page: Page, address: str) -> None:
    """Submit, after reading the warnings if there are some."""
    page.goto(address)
    press(page, "Soumettre à l’ANS")
    for box in page.locator("[name=lu]").all():
        box.check()
    if page.locator("[name=lu]").count():
        press(page, "Soumettre à l’ANS")
    expect(page.get_by_text("à l’ANS le").first).to_be_visible()


def the_preuves_are_deposited(cast: Cast) -> None:
    page = cast.salarie
    for numero in ("MAT.01.01.01", "MAT.01.01.02"):
        page.goto(f"{cast.home}preuve/{numero}/")
        page.locator("[name=value]").first.fill("48213")
        deposited(page, numero)
    page.goto(f"{cast.home}preuve/INS.01.01.01/")
    file: Any = {"name": "ecran.png", "mimeType": "image/png", "buffer": IMAGE}
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("Prêt à être déposé", exact=True)).to_be_visible()
    deposited(page, "INS.01.01.01")
    for code in ("MAT", "INS"):
        submitted(page, f"{cast.home}chapitres/{code}/soumettre/")


def deposited(page: Page, numero: str) -> None:
    page.locator("[name=evidence_date]").fill("2026-10-20")
    press(page, "Déposer la preuve")
    expect(page.get_by_text(re.compile(f"La preuve {numero} est (déposée|reçue)"))).to_be_visible()


def the_chapitres_are_approved(cast: Cast) -> None:
    for code, count in (("MAT", 2), ("INS", 1)):
        the_chapitre_is_approved(cast, code, count=count)


def the_chapitre_is_approved(cast: Cast, code: str, *, count: int) -> None:
    """Accept its preuves one by one, from the keyboard, then approve it.

    :param count: how many preuves there are to read
    """
    page = cast.instructrice
    page.goto(f"/instruction/{cast.nru}/chapitres/{code}/")
    press(page, "Commencer l’examen")
    for _ in range(count):
        page.get_by_label("Acceptée").check()
        expect(page.locator("#enregistrement")).to_contain_text("Brouillon enregistré")
        page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Valider le chapitre").click()
    page.get_by_role("dialog").get_by_role("button", name="Valider le chapitre").click()
    expect(page.get_by_role("heading", name="Chapitres à examiner")).to_be_visible()


def everything_is_granted(cast: Cast, morning: Callable[[Page, int], None]) -> None:
    page = cast.salarie
    page.goto(f"{cast.home}guichets/")
    for numero, label in NUMEROS.items():
        declare(page, label, numero)
    for day in range(3, LAST_GRANTED + 1):
        morning(page, day)
    page.goto(cast.home)
    expect(page.get_by_text("C’est au tour de l’ANS").first).to_be_visible()


def the_convention_is_signed(cast: Cast, settings: Settings) -> None:
    responsable, mandataire = cast.responsable, cast.mandataire
    responsable.goto(f"{cast.home}convention/")
    press(responsable, "Préparer la convention")
    responsable.get_by_label("Personne qui signe pour l’éditeur").select_option(label="Nadia Ferrand")
    press(responsable, "Envoyer à la signature")
    expect(responsable.get_by_text("envoyée à la signature")).to_be_visible()
    mandataire.goto(cast.home)
    follow(mandataire, "Signer la convention")
    signed(mandataire, settings)


def signed(page: Page, settings: Settings) -> None:
    press(page, "Recevoir un code")
    expect(page.get_by_text("Un code vous est envoyé")).to_be_visible()
    page.get_by_label("Code reçu par e-mail").fill(code_received(settings))
    press(page, "Signer la convention")
    asked, signed = page.get_by_label("Code de l’application"), page.get_by_text("Vous pouvez télécharger")
    expect(asked.or_(signed).first).to_be_visible()
    if asked.is_visible():  # not within ten minutes of the former proof
        asked.fill(code_now())
        press(page, "Confirmer et continuer")
    expect(signed).to_be_visible()


def the_college_attributes(cast: Cast, freeze: Clock, screenshot: Callable[[Page, str], Any]) -> None:
    page = cast.secretaire
    a_seance_is_opened_with(page, freeze, despite=False)
    screenshot(page, "college-seance")
    follow(page, "1. Sirocco Résidence")
    advised(page, "Favorable")
    page.get_by_label("Attribution", exact=True).check()
    press(page, "Noter la décision")
    expect(page.get_by_text("La décision est enregistrée. Elle sera publiée à la clôture")).to_be_visible()
    screenshot(page, "college-dossier")
    the_seance_is_closed(page, screenshot)


def a_seance_is_opened_with(page: Page, freeze: Clock, *, despite: bool) -> None:
    page.goto("/college/nouvelle/")
    page.get_by_label("Date et heure").fill("2026-11-20T14:00")
    page.get_by_label("Quorum").fill("2")
    press(page, "Prévoir la séance")
    follow(page, "Sirocco Résidence")
    press(page, "Inscrire malgré ce qui manque" if despite else "Inscrire à l’ordre du jour")
    freeze(datetime(2026, 11, 20, 12, 55, tzinfo=UTC))
    for box in page.locator("[name=membre]").all():
        box.check()
    press(page, "Ouvrir la séance")
    expect(page.get_by_text("La séance est ouverte.")).to_be_visible()


def advised(page: Page, avis: str) -> None:
    page.get_by_text("Noter pour un membre").click()
    for field in page.locator("select[name^=avis_]").all():
        field.select_option(label=avis)
    press(page, "Noter les avis")
    expect(page.get_by_text("Les avis sont enregistrés.")).to_be_visible()


def the_seance_is_closed(page: Page, screenshot: Callable[[Page, str], Any]) -> None:
    page.get_by_label("Fil d’Ariane").get_by_role("link", name=re.compile("^Séance")).click()
    follow(page, "Relire avant de clore")
    screenshot(page, "college-cloture")
    press(page, "Clore la séance")
    page.get_by_role("dialog").get_by_role("button", name="Clore la séance").click()
    expect(page.get_by_text("La séance est close.").first).to_be_visible()


def the_agency_signs(cast: Cast, settings: Settings) -> None:
    page = cast.responsable
    page.goto(f"{cast.home}convention/")
    signed(page, settings)


def anybody_reads_it(visitor: Page, cast: Cast) -> None:
    visitor.goto("/solutions/?etat=referencee")
    follow(visitor, "Sirocco Résidence")
    expect(visitor.get_by_text("Référencée").first).to_be_visible()
    visitor.goto(f"/verifier/?numero=ATT-{cast.nru}")
    expect(visitor.get_by_text("Ce document existe")).to_be_visible()
    cast.mandataire.goto(cast.home)
    for title in ("Attestation de référencement", "Rapport de conformité", "Convention de référencement"):
        expect(cast.mandataire.get_by_role("link", name=title)).to_be_visible()


@pytest.mark.long(
    "tests/referencement/test_seances.py::test_other_decisions_issue_minutes_or_a_letter",
    "tests/referencement/test_adverse_mails.py::test_letter_of_the_college_says_how_a_refusal_is_contested",
)
def test_non_attribution_is_told_to_the_editeur_alone(
    cast: Cast, freeze: Clock, somebody: Opener, screenshot: Callable[[Page, str], Any]
) -> None:
    the_volets_are_admitted(cast, freeze)
    freeze(datetime(2026, 11, 20, 12, 0, tzinfo=UTC))
    page = cast.secretaire
    a_seance_is_opened_with(page, freeze, despite=True)
    follow(page, "1. Sirocco Résidence")
    advised(page, "Défavorable")
    page.get_by_label("Attribution", exact=True).check()
    press(page, "Noter la décision")
    expect(page.get_by_text("ne peut pas être attribué à un dossier incomplet").first).to_be_visible()
    page.get_by_label("Non-attribution").check()
    page.get_by_label(MOTIF).check()
    press(page, "Noter la décision")
    expect(page.get_by_text("La décision est enregistrée. Elle sera publiée à la clôture")).to_be_visible()
    the_seance_is_closed(page, screenshot)

    visitor = somebody()
    visitor.goto("/solutions/?etat=referencee")
    expect(visitor.get_by_text("Sirocco Résidence")).to_have_count(0)
    visitor.goto("/demo/messages/")
    visitor.get_by_role("link", name=re.compile("le référencement n’est pas attribué")).first.click()
    expect(visitor.get_by_text(MOTIF)).to_be_visible()
