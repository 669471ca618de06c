"""Companies and their addresses, in the volet and at the registration: rows 1, 2, 3, 7 and 45."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from candidatures.enums import VoletKind
from candidatures.queries.volets import answers_at
from candidatures.rules.entreprises import company_in, company_of_line
from comptes import clock
from comptes.models import Editeur
from comptes.rules.companies import Company
from tests.candidatures.conftest import Team, make_team
from tests.cas.rows import case, cases
from tests.conftest import BY_PASSWORD
from tests.factories import candidatures as make
from tests.factories.comptes import CompteFactory, EditeurFactory
from tests.ground import standing

REGISTERED = "inscrite"
COMPANY = {
    "raison_sociale": "Alizé Informatique",
    "adresse": "3 rue du Phare",
    "code_postal": "56100",
    "commune": "Lorient",
    "mandataire": "paule@alize.example",
}


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


team = standing(make_team)


@pytest.fixture
def agency(db: None, client: Client) -> Client:
    """A browser in which an administrateur of the portal is signed in."""
    client.force_login(CompteFactory(administrateur=True), backend=BY_PASSWORD)
    return client


def register(agency: Client, country: str, number: str) -> tuple[str, str]:
    """Register a company; what became of it, and what the page says."""
    data = COMPANY | {"entreprise-pays": country, "entreprise-numero": number}
    page = agency.post("/editeurs/nouveau/", data, follow=True)
    kept = [editeur.company.key for editeur in Editeur.objects.order_by("pk")]
    return " ".join(kept), plain(page.content.decode())


def save(team: Team, kind: VoletKind, **answers: str) -> dict[str, Any]:
    """Save a volet; the answers that were kept."""
    client = Client()
    client.force_login(team.salarie, backend=BY_PASSWORD)
    volet = make.the_volet(team.candidature, kind)
    with clock.travel(make.SUMMER):
        client.post(
            reverse("candidatures:volet", args=[team.candidature.nru, kind]),
            {"seen_version": str(volet.version), **answers},
        )
    volet.refresh_from_db()
    return answers_at(volet, version=volet.version)


# -- 1: SIREN ---------------------------------------------------------------------------------------------------------


@cases(
    1,
    "",
    {
        "356 000 000": "FR 356000000",
        "356\u00a0000\u00a0000": "FR 356000000",
        "732\u202f829\u202f320": "FR 732829320",
        "732.829.320": "FR 732829320",
        "732\u2011829\u2011320": "FR 732829320",
    },
)
def test_siren_at_the_registration(agency, given, got):
    got(register(agency, "FR", given)[0])


@cases(1, "", {"356 000 000": "FR 356000000", "732\u00a0829\u00a0320": "FR 732829320"})
def test_siren_in_the_volet(team, given, got):
    number = {"entreprise_immatriculation-pays": "FR", "entreprise_immatriculation-numero": given}
    company = company_in(save(team, VoletKind.ADMINISTRATIF, **number).get("entreprise_immatriculation"))

    got(company.key if company else "")


# -- 2: SIRET, zeros ---------------------------------------------------------------------------------------------------


@cases(
    2,
    "K1",
    {
        "732 829 320 00074": "FR 732829320, C’est un SIRET : le SIREN est 732 829 320.",
        "35600000049837": "FR 356000000, C’est un SIRET : le SIREN est 356 000 000.",
        "000000000": ", 000 000 000 n’est le SIREN de personne.",
        "00000000000000": ", Ce numéro a quatorze chiffres, comme un SIRET, mais sa clé de contrôle est fausse.",
    },
)
def test_siret_and_zeros_at_the_registration(agency, given, got):
    kept, page = register(agency, "FR", given)
    sentences = ("C’est un SIRET", "000 000 000 n’est", "Ce numéro a quatorze")
    start = min((page.index(sentence) for sentence in sentences if sentence in page), default=None)
    reason = page[start : page.index(".", start) + 1] if start is not None else ""

    got(f"{kept}, {reason}")


# -- 3: other countries ------------------------------------------------------------------------------------------------


@cases(
    3,
    "K1",
    {
        "BE BE0403170701": "BE 0403170701",
        "BE 0403.170.701": "BE 0403170701",
        "CH CHE-100.155.212 TVA": "CH CHE100155212",
        "LU B 123456": "LU B123456",
        "LU LU 150 274 42": "LU 15027442",
        "MC 56 S 00012": "MC 56S00012",
        "MC FR 53 0000 04605": "MC FR53000004605",
        "NC 0 132 720.001": "NC 0132720",
        "PF A12345": "PF A12345",
        "WF 2009.1.1234": "WF 200911234",
        "DE DE 136 695 976": "DE 136695976",
        "US 12-3456789": "US 123456789",
        "RE 732 829 320": "FR 732829320",
        "FR BE 0403.170.701": "",
        "BE 0403170702": "",
        "MC FR 61 954 506 077": "",
    },
)
def test_editeur_of_any_country(agency, given, got):
    got(register(agency, *given.split(" ", 1))[0])


@cases(
    3,
    "K1",
    {
        "groupement BE 0403.170.701": "BE 0403170701",
        "groupement FR 732 829 320": "FR 732829320",
        "distributeurs MC FR 53 0000 04605": "MC FR53000004605",
        "distributeurs MC ": "MC ",
        "additionnels CH 100.155.212": "CH CHE100155212",
    },
)
def test_company_of_a_line_of_any_country(team, given, got):
    code, country, number = given.split(" ", 2)
    cell = f"{code}-0-immatriculation"
    line = {f"{code}-count": "1", f"{code}-stance": "lignes", f"{cell}-pays": country, f"{cell}-numero": number}
    answer = save(team, VoletKind.ELIGIBILITE, **line).get(code) or {"lignes": []}

    got(", ".join(company.key for company in map(company_of_line, answer["lignes"]) if company))


# -- 7: addresses ----------------------------------------------------------------------------------------------------


@cases(
    7,
    "",
    {
        "98000": "98000",
        "20090": "20090",
        "97410": "97410",
        "98800": "98800",
        "L-1855": "L-1855",
        "SW1A 1AA": "SW1A 1AA",
        "MC 98000": "MC 98000",
        "35 000": "35000",
        "35042 CEDEX 9": None,
    },
)
def test_postal_code(team, given, got):
    got(save(team, VoletKind.ADMINISTRATIF, entreprise_code_postal=given).get("entreprise_code_postal"))


@cases(7, "", {"98000": "98000", "L-1855": "L-1855", "SW1A 1AA": "SW1A 1AA"})
def test_postal_code_of_an_editeur(agency, given, got):
    data = COMPANY | {"entreprise-pays": "FR", "entreprise-numero": "732829320", "code_postal": given}
    agency.post("/editeurs/nouveau/", data)

    got(Editeur.objects.get().code_postal)


# -- 45: searches ----------------------------------------------------------------------------------------------------


@cases(
    45,
    "K1",
    {
        "732 829 320": ["Alizé"],
        "732.829.320": ["Alizé"],
        "732\u00a0829\u00a0320": ["Alizé"],
        "732\u2011829\u2011320": ["Alizé"],
        "SIREN 732 829 320": ["Alizé"],
        "BE 0403.170.701": ["Bise"],
        "0403170701": ["Bise"],
        "732 829 321": [],
    },
)
def test_number_searched_among_the_editeurs(agency, given, got):
    for name, company in (("Alizé", Company("FR", "732829320")), ("Bise", Company("BE", "0403170701"))):
        EditeurFactory(raison_sociale=name, country=company.country, identifier=company.identifier)

    got([line.name for line in agency.get("/editeurs/", {"q": given}).context["lines"]])


@case(45, "K1", given="732 829 320, liste publique", expected=["Sirocco Résidence"])
def test_number_searched_in_the_public_list(team, got):
    Editeur.objects.filter(pk=team.editeur.pk).update(identifier="732829320")
    make.a_dossier_handed_over(team.candidature, team.mandataire)
    with clock.travel(make.DATE_1.replace(month=11)):
        page = Client().get("/solutions/", {"q": "732 829 320"})

    got([line.nom for line in page.context["lines"]])
