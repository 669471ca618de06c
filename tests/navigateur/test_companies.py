"""Companies of other countries in a real browser: a Belgian éditeur and a Monégasque distributeur, up to Date 1."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from candidatures.documents.accuse import render_accuse
from candidatures.models import Accuse, Candidature
from comptes.enums import Role, RoleANS
from comptes.models import Editeur
from tests.factories import candidatures as make

from .test_dossier_administratif import both_are_submitted, press

Opener = Callable[..., Page]
Clock = Callable[[datetime], None]
Look = Callable[[Page, str], None]
BELGIAN, MONEGASQUE = "n°\u00a0d’entreprise\u00a00403.170.701 (Belgique)", "TVA\u00a0FR\u00a053\u00a0000004605 (Monaco)"
FRENCH = "SIREN\u00a0732\u00a0829\u00a0320"
PHONE, TABLET = {"width": 360, "height": 740}, {"width": 800, "height": 1000}


@pytest.mark.long(
    "tests/comptes/test_editeurs.py::test_company_of_any_country_is_registered_and_shown_as_it_is_kept",
    "tests/candidatures/test_entreprises.py::test_accuse_names_every_company_with_its_number",
)
def test_a_belgian_editeur_and_a_monegasque_distributeur_to_date_1(
    portail: str, somebody: Opener, freeze: Clock, look: Look
) -> None:
    freeze(make.SUMMER)
    make.a_dispositif()
    anne = somebody(make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR]), TABLET)
    the_editeur_is_registered(anne, look)
    editeur = Editeur.objects.get()
    assert (editeur.country, editeur.identifier, editeur.pays) == ("BE", "0403170701", "Belgique")
    nadia = make.a_person(editeur, Role.MANDATAIRE, first_name="Nadia", last_name="Ferrand")
    candidature = make.a_candidature(make.a_produit(editeur, nadia), nadia)

    mandataire = somebody(nadia, PHONE)
    the_administratif_is_filled(mandataire, candidature.nru, look)
    the_eligibilite_is_filled(mandataire, candidature.nru, look)
    freeze(make.DATE_1 - timedelta(seconds=1))
    both_are_submitted(mandataire, candidature.nru)

    assert Candidature.objects.get().handed_over_at is not None
    administratif, eligibilite = [printed(accuse) for accuse in Accuse.objects.order_by("pk")]
    assert BELGIAN in administratif
    assert all(company in eligibilite for company in (BELGIAN, MONEGASQUE, FRENCH, "sans numéro (Sénégal)"))


def the_editeur_is_registered(anne: Page, look: Look) -> None:
    anne.goto("/editeurs/nouveau/")
    anne.get_by_label("Pays", exact=True).select_option("BE")
    anne.get_by_label("Numéro d’entreprise").fill("BE 0403.170.702")
    for label, text in (("Raison sociale", "Bise Santé"), ("Adresse", "5 rue des Carillons"), ("Commune", "Bruxelles")):
        anne.get_by_label(label, exact=True).fill(text)
    anne.get_by_label("Code postal").fill("b-1000")
    anne.get_by_label("Adresse e-mail du premier mandataire").fill("mathilde@bise.example")
    press(anne, "Inscrire et inviter le mandataire")
    expect(anne.get_by_text("sa clé de contrôle est fausse").first).to_be_visible()
    anne.get_by_text("Quel numéro, selon le pays").click()
    look(anne, "editeur-belge-refuse")
    expect(anne.get_by_label("Pays", exact=True)).to_have_value("BE")
    anne.get_by_label("Numéro d’entreprise").fill("BE 0403.170.701")
    press(anne, "Inscrire et inviter le mandataire")
    expect(anne.get_by_text(BELGIAN)).to_be_visible()
    anne.goto("/editeurs/?q=BE+0403.170.701")
    expect(anne.get_by_role("link", name="Bise Santé")).to_be_visible()
    look(anne, "editeurs-belge")


def the_administratif_is_filled(mandataire: Page, nru: str, look: Look) -> None:
    mandataire.goto(f"/candidatures/{nru}/administratif/")
    expect(mandataire.locator("[name=entreprise_immatriculation-pays]")).to_have_value("BE")
    expect(mandataire.locator("[name=entreprise_immatriculation-numero]")).to_have_value("0403.170.701")
    for code, value in make.COMPLETE.items():
        if isinstance(value, str):
            mandataire.locator(f"[name={code}]").fill(value)
    mandataire.locator("[name=entreprise_code_postal]").fill("B-1000")
    for code in ("references_vague_1", "references_vague_2"):
        mandataire.locator(f"[name={code}-stance][value=aucun]").check()
    press(mandataire, "Enregistrer")
    expect(mandataire.get_by_text("Vos réponses sont enregistrées.")).to_be_visible()
    look(mandataire, "volet-belge")
    press(mandataire, "Enregistrer et relire avant de soumettre")
    expect(mandataire.get_by_text(BELGIAN)).to_be_visible()
    expect(mandataire.get_by_text("Le volet est complet, mais pas encore soumis.")).to_be_visible()


def the_eligibilite_is_filled(mandataire: Page, nru: str, look: Look) -> None:
    mandataire.goto(f"/candidatures/{nru}/eligibilite/")
    mandataire.locator("[name=profils][value=PA]").check()
    mandataire.locator("[name=proxy]").select_option("propre")
    mandataire.locator("[name=nie]").fill("NIE-42")
    mandataire.locator("[name=nil]").fill("NIL-42")
    for code in ("groupement", "additionnels", "obsolescence", "noms_commerciaux"):
        mandataire.locator(f"[name={code}-stance][value=aucun]").check()
    mandataire.locator("[name=distributeurs-stance][value=lignes]").check()
    for place, (name, country, number) in enumerate(
        [("Mistral Monaco", "MC", "FR 53 0000 04605"), ("Alizé", "FR", "732 829 320 00074"), ("Teranga", "SN", "")]
    ):
        line = f"distributeurs-{place}"
        mandataire.locator(f"[name={line}-raison_sociale]").fill(name)
        mandataire.locator(f"[name={line}-immatriculation-pays]").select_option(country)
        mandataire.locator(f"[name={line}-immatriculation-numero]").fill(number)
        mandataire.locator("button[value='ligne:distributeurs']").click()
        expect(mandataire.locator(f"[name=distributeurs-{place + 1}-raison_sociale]")).to_have_count(1)
    expect(mandataire.locator("[name=distributeurs-1-immatriculation-numero]")).to_have_value("732\u00a0829\u00a0320")
    look(mandataire, "volet-distributeur-monegasque")
    mandataire.set_viewport_size({"width": 1280, "height": 800})
    look(mandataire, "volet-distributeur-monegasque")
    mandataire.set_viewport_size(PHONE)
    press(mandataire, "Enregistrer et relire avant de soumettre")
    expect(mandataire.get_by_text(MONEGASQUE)).to_be_visible()


def printed(accuse: Accuse) -> str:
    """The text of an accusé as it is printed, with its spaces as they are."""
    document = pypdfium2.PdfDocument(render_accuse(accuse.data, version=accuse.template_version, at=accuse.issued_at))
    try:
        return "".join(page.get_textpage().get_text_bounded() for page in document).replace("\r\n", " ")
    finally:
        document.close()
