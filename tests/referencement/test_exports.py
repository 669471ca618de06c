"""The public list for machines."""

import csv
import json
from datetime import timedelta
from io import StringIO
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidatures.enums import VoletKind
from candidatures.models import Candidature
from candidatures.operations.produits import rename_produit
from comptes import clock
from comptes.enums import Role
from comptes.models import Compte
from tests.factories import candidatures as make
from tests.factories.referencement import COLLEGE, an_attributed_solution

LATER = COLLEGE + timedelta(days=30)
EVERY = ("solutions_csv", "solutions_json", "solutions_atom", "sitemap")
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def mandataire(db: None) -> Compte:
    return make.a_person(make.an_editeur(raison_sociale="Élan"), Role.MANDATAIRE)


def a_dossier(by: Compte, nom: str) -> Candidature:
    candidature = make.a_candidature(make.a_produit(by.rattachements.get().editeur, by, nom), by)
    make.a_submitted_volet(candidature, by, solution_nom=nom)
    make.a_submitted_volet(candidature, by, kind=VoletKind.ELIGIBILITE, profils=["PA", "PH"])
    return candidature


@pytest.fixture
def referenced(mandataire: Compte) -> Candidature:
    """One that is référencée, Alizé; and Zéphyr, in progress."""
    a_dossier(mandataire, "Zéphyr")
    candidature = a_dossier(mandataire, "Alizé")
    an_attributed_solution(candidature, mandataire)
    return candidature


def got(name: str, **headers: str) -> Any:
    with clock.travel(LATER):
        return Client().get(reverse(f"referencement:{name}"), headers=headers)


def page_of(candidature: Candidature) -> str:
    return f"http://testserver/solutions/{candidature.nru}/"


def test_csv_holds_the_whole_list(referenced: Candidature) -> None:
    text = got("solutions_csv").content.decode("utf-8-sig")
    first, second = csv.DictReader(StringIO(text), delimiter=";")

    assert first == {
        "nru": referenced.nru,
        "solution": "Alizé",
        "version_technique": "4.2.1",
        "editeur": "Sirocco Logiciels",
        "demarche": "Dossier usager informatisé (DUI), vague 2",
        "profils": "Personnes âgées, Personnes en situation de handicap",
        "etat": "referencee",
        "depuis": "2027-11-16T14:00:00+01:00",
        "page": page_of(referenced),
        "referencee_le": "2027-11-16T14:00:00+01:00",
        "remplacee_par": "",
        "dispositif": "ms-dui-va2",
    }
    assert (second["solution"], second["etat"], second["nru"], second["page"]) == ("Zéphyr", "en-cours", "", "")


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_csv_holds_no_formula(mandataire: Compte, start: str) -> None:
    a_dossier(mandataire, f"{start}SOMME(A1)")
    (row,) = csv.DictReader(StringIO(got("solutions_csv").content.decode("utf-8-sig")), delimiter=";")

    assert row["solution"] == f"'{start}SOMME(A1)"


def test_json_holds_the_whole_list(referenced: Candidature) -> None:
    solutions = json.loads(got("solutions_json").content)["solutions"]

    assert [(solution["solution"], solution["etat"], solution["profils"]) for solution in solutions] == [
        ("Alizé", "referencee", ["Personnes âgées", "Personnes en situation de handicap"]),
        ("Zéphyr", "en-cours", ["Personnes âgées", "Personnes en situation de handicap"]),
    ]
    assert solutions[0]["page"] == page_of(referenced)


def test_atom_announces_what_is_attributed(referenced: Candidature) -> None:
    feed = ElementTree.fromstring(got("solutions_atom").content)
    (entry,) = feed.findall(f"{ATOM}entry")

    assert entry.findtext(f"{ATOM}title") == "Alizé 4.2.1 – Sirocco Logiciels\u00a0: référencée"
    assert entry.findtext(f"{ATOM}id") == page_of(referenced)
    assert entry.findtext(f"{ATOM}updated") == "2027-11-16T14:00:00+01:00"


def test_sitemap_leads_to_every_public_page(referenced: Candidature) -> None:
    sitemap = ElementTree.fromstring(got("sitemap").content)
    pages = {link.findtext(f"{SITEMAP}loc"): link.findtext(f"{SITEMAP}lastmod") for link in sitemap}

    assert pages == {
        "http://testserver/": None,
        "http://testserver/aide/": None,
        "http://testserver/guichets/questions/": None,
        "http://testserver/contact/": None,
        "http://testserver/mentions-legales/": None,
        "http://testserver/donnees-personnelles/": None,
        "http://testserver/plan-du-site/": None,
        "http://testserver/aide/contacts/": None,
        "http://testserver/aide/documents/": None,
        "http://testserver/aide/sessions/": None,
        "http://testserver/solutions/": None,
        "http://testserver/statistiques/": None,
        "http://testserver/verifier/": None,
        page_of(referenced): "2027-11-16T14:00:00+01:00",
    }
    for address in pages:
        assert Client().get(str(address)).status_code == 200


@pytest.mark.parametrize("name", EVERY)
def test_nothing_in_progress_shows_before_date_1(mandataire: Compte, name: str) -> None:
    a_dossier(mandataire, "Zéphyr")
    with clock.travel(make.DATE_1 - timedelta(seconds=1)):
        assert "Zéphyr" not in Client().get(reverse(f"referencement:{name}")).content.decode()
    with clock.travel(make.DATE_1):
        after = Client().get(reverse(f"referencement:{name}")).content.decode()

    assert ("Zéphyr" in after) == (name in ("solutions_csv", "solutions_json"))


@pytest.mark.parametrize("name", EVERY)
def test_export_is_kept_until_the_next_act(referenced: Candidature, mandataire: Compte, name: str) -> None:
    first = got(name)
    with CaptureQueriesContext(connection) as asked:
        assert got(name, **{"If-None-Match": first["ETag"]}).status_code == 304
    assert len(asked) == 5
    assert first["Cache-Control"] == "public, no-cache"

    an_attributed_solution(a_dossier(mandataire, "Bise"), mandataire)
    again = got(name, **{"If-None-Match": first["ETag"]})
    assert again.status_code == 200


def test_export_changes_when_a_product_in_progress_is_renamed(referenced: Candidature, mandataire: Compte) -> None:
    before = got("solutions_json").content.decode()
    produit = mandataire.rattachements.get().editeur.produits.get(nom="Zéphyr")
    rename_produit(produit_id=produit.pk, nom="Tramontane", by=mandataire, at=LATER)

    assert "Zéphyr" in before
    assert "Tramontane" in got("solutions_json").content.decode()
