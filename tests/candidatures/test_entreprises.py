"""Companies of any country in a dossier: declared, kept, refused, handed over, printed and found."""

from importlib import import_module
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from candidatures.catalogue.champs import Champ, ChampKind, is_kept_alike, is_whole
from candidatures.catalogue.dispositifs import spec_of
from candidatures.documents.accuse import render_accuse
from candidatures.enums import VoletKind
from candidatures.models import Accuse, Reponse
from candidatures.operations.volets import VoletNotSubmittable, save_answers, submit_volet
from candidatures.queries.prefill import prefill_of
from candidatures.queries.summary import summary_of
from candidatures.queries.volets import answers_at, facts_of
from candidatures.rules.entreprises import brought_up, cited, company_in, company_of_line, designation, value_of
from candidatures.rules.members import faults_of_lines
from candidatures.rules.submission import obstacles_to_submit
from comptes import clock
from comptes.models import Editeur
from comptes.rules.companies import Company
from tests.candidatures.conftest import Team
from tests.candidatures.test_eligibilite_rules import DATE_1, NOON
from tests.candidatures.test_groupement import MANDAT, facts, lines
from tests.conftest import BY_PASSWORD
from tests.factories import candidatures as make
from tests.referencement.conftest import PRINTS

SPEC = spec_of("ms-dui-va2").volets["eligibilite"]
GROUPEMENT, DISTRIBUTEURS = SPEC.by_code["groupement"], SPEC.by_code["distributeurs"]
SIRENE, BISE, MISTRAL = Company("FR", "732829320"), Company("BE", "0403170701"), Company("MC", "FR53000004605")
NOWHERE = Company("SN", "")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def distributeurs(*companies: Company) -> dict[str, Any]:
    rows = [
        {"raison_sociale": f"Maison {place}", "immatriculation": value_of(company)}
        for place, company in enumerate(companies)
    ]
    return {"lignes": rows}


def sentences(**answers: Any) -> list[str]:
    given = facts(lines(SIRENE), answers=make.ELIGIBLE | answers)
    return [plain(obstacle.sentence) for obstacle in obstacles_to_submit(given, deadline=DATE_1, at=NOON)]


# -- the rules -------------------------------------------------------------------------------------------------------


def test_groupement_of_two_countries_has_no_fault() -> None:
    assert list(faults_of_lines(GROUPEMENT, lines(SIRENE, BISE), editeur=MISTRAL)) == []


def test_same_digits_in_two_countries_are_two_companies_and_twice_in_one_is_one() -> None:
    twins = [Company("FR", "732835889"), Company("BE", "0732835889")]

    assert list(faults_of_lines(GROUPEMENT, lines(*twins), editeur=MISTRAL)) == []
    assert [plain(fault) for fault in faults_of_lines(GROUPEMENT, lines(*twins, twins[1]), editeur=MISTRAL)] == [
        "Ligne 3, « Immatriculation » : n° d’entreprise 0732.835.889 (Belgique) est déjà à la ligne 2."
    ]


def test_belgian_chef_de_file_is_no_member_of_its_own_groupement() -> None:
    [fault] = faults_of_lines(GROUPEMENT, lines(BISE), editeur=BISE)

    assert "l’éditeur qui dépose" in fault


def test_two_distributeurs_without_number_are_not_the_same() -> None:
    assert list(faults_of_lines(DISTRIBUTEURS, distributeurs(NOWHERE, NOWHERE), editeur=SIRENE)) == []


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        ({"distributeurs": distributeurs(BISE, MISTRAL, SIRENE)}, []),
        ({"distributeurs": distributeurs(NOWHERE)}, []),
        (
            {"distributeurs": distributeurs(Company("FR", ""))},
            ["« Distributeurs », ligne 1 : « Immatriculation » n’est pas renseigné."],
        ),
        (
            {"groupement": {**lines(BISE, NOWHERE)}},
            ["« Membres du groupement solidaire », ligne 2 : « Immatriculation » n’est pas renseigné."],
        ),
    ],
)
def test_number_may_be_missing_only_where_the_file_says_so(answers: dict[str, Any], missing: list[str]) -> None:
    assert sentences(**answers) == missing


@pytest.mark.parametrize(
    ("value", "numberless", "whole"),
    [
        (None, True, False),
        ({"pays": "FR", "identifiant": ""}, True, False),
        ({"pays": "SN", "identifiant": ""}, True, True),
        ({"pays": "SN", "identifiant": ""}, False, False),
        ({"pays": "SN", "identifiant": "123"}, False, True),
    ],
)
def test_company_answers_whole_with_its_number(value: Any, numberless: bool, whole: bool) -> None:
    assert is_whole(Champ("x", "X", ChampKind.COMPANY, numberless=numberless), value) is whole


def test_postal_code_is_kept_as_a_text_and_a_company_is_not() -> None:
    text, code, company = (Champ("x", "X", kind) for kind in (ChampKind.TEXT, ChampKind.POSTAL_CODE, ChampKind.COMPANY))

    assert is_kept_alike(text, code)
    assert is_kept_alike(company, company)
    assert not is_kept_alike(text, company)


def test_company_is_cited_as_it_always_was_in_france_and_with_its_country_elsewhere() -> None:
    assert cited(SIRENE) == {"siren": "732829320"}
    assert cited(BISE) == {"immatriculation": {"pays": "BE", "identifiant": "0403170701"}}
    assert cited(None) == {"siren": ""}
    assert [plain(designation(cited(company))) for company in (SIRENE, BISE, NOWHERE, None)] == [
        "SIREN 732 829 320",
        "n° d’entreprise 0403.170.701 (Belgique)",
        "sans numéro (Sénégal)",
        "",
    ]


def test_answers_of_a_formulaire_that_asked_for_a_siren_are_those_of_french_companies() -> None:
    asked = {**SPEC.by_code, **spec_of("ms-dui-va2").volets["administratif"].by_code}
    former = {
        "entreprise_siren": "732829320",
        "groupement": {"lignes": [{"raison_sociale": "Nord", "siren": "404833048", "mandat": MANDAT}]},
        "distributeurs": {"aucun": True},
        "additionnels": {"lignes": [{"nom": "Foehn"}]},
    }

    now = brought_up(former, asked)

    assert "entreprise_siren" not in now
    assert company_in(now["entreprise_immatriculation"]) == SIRENE
    [line] = now["groupement"]["lignes"]
    assert (company_of_line(line), line["mandat"]) == (Company("FR", "404833048"), MANDAT)
    assert (now["distributeurs"], now["additionnels"]) == (former["distributeurs"], former["additionnels"])


# -- on the page -----------------------------------------------------------------------------------------------------


@pytest.fixture
def client(team: Team, client: Client) -> Client:
    client.force_login(team.salarie, backend=BY_PASSWORD)
    return client


def save(client: Client, team: Team, kind: VoletKind, seen: int = 0, **answers: str) -> Any:
    url = reverse("candidatures:volet", args=[team.candidature.nru, kind])
    with clock.travel(make.SUMMER):
        return client.post(url, {"seen_version": str(seen), **answers}, follow=True)


def kept(team: Team, kind: VoletKind) -> dict[str, Any]:
    volet = make.the_volet(team.candidature, kind)
    return answers_at(volet, version=volet.version)


LINE = {"distributeurs-count": "1", "distributeurs-stance": "lignes", "distributeurs-0-raison_sociale": "Mistral"}
CELL = "distributeurs-0-immatriculation"


def test_monegasque_distributeur_is_kept_and_shown_as_kept(team: Team, client: Client) -> None:
    number = {f"{CELL}-pays": "MC", f"{CELL}-numero": "FR 53 0000 04605"}
    page = save(client, team, VoletKind.ELIGIBILITE, **LINE, **number).content.decode()

    [line] = kept(team, VoletKind.ELIGIBILITE)["distributeurs"]["lignes"]
    assert line == {"raison_sociale": "Mistral", "immatriculation": value_of(MISTRAL)}
    assert 'value="FR\u00a053\u00a0000004605"' in page
    assert '<option value="MC" selected>Monaco</option>' in page


def test_siret_gives_its_siren_and_the_page_says_so(team: Team, client: Client) -> None:
    siret = {"entreprise_immatriculation-pays": "FR", "entreprise_immatriculation-numero": "732 829 320 00074"}
    page = plain(save(client, team, VoletKind.ADMINISTRATIF, **siret).content.decode())

    assert kept(team, VoletKind.ADMINISTRATIF) == {"entreprise_immatriculation": value_of(SIRENE)}
    assert "C’est un SIRET : le SIREN est 732 829 320." in page
    assert 'value="732 829 320"' in page


def test_siret_of_a_line_is_said_as_it_is_saved(team: Team, client: Client) -> None:
    url = reverse("candidatures:volet", args=[team.candidature.nru, VoletKind.ELIGIBILITE])
    data = {"seen_version": "0", **LINE, f"{CELL}-pays": "FR", f"{CELL}-numero": "73282932000074"}
    with clock.travel(make.SUMMER):
        answer = client.post(url, data, headers={"HX-Request": "true"})

    assert "Ligne 1. C’est un SIRET : le SIREN est 732 829 320." in plain(answer.content.decode())


@pytest.mark.parametrize(
    ("country", "number", "reason"),
    [
        ("FR", "000000000", "000 000 000 n’est le SIREN de personne."),
        ("FR", "BE 0403.170.701", "immatriculée ailleurs (Belgique)"),
        ("BE", "0403.170.702", "sa clé de contrôle est fausse"),
        ("MC", "FR 61 954 506 077", "immatriculée ailleurs (France)"),
        ("ZZ", "123456", "Choisissez un pays de la liste."),
        ("", "\u0000", "SIREN"),
    ],
)
def test_number_refused_is_said_at_its_line_and_stays_typed(
    team: Team, client: Client, country: str, number: str, reason: str
) -> None:
    answer = save(client, team, VoletKind.ELIGIBILITE, **LINE, **{f"{CELL}-pays": country, f"{CELL}-numero": number})

    page = plain(answer.content.decode())
    assert answer.status_code == 422
    assert "Ligne 1, « Immatriculation » : " in page
    assert reason in page
    assert 'value="Mistral"' in page
    assert kept(team, VoletKind.ELIGIBILITE) == {}


def test_country_alone_is_kept_while_its_number_is_looked_for(team: Team, client: Client) -> None:
    save(
        client,
        team,
        VoletKind.ADMINISTRATIF,
        **{f"entreprise_immatriculation-{part}": value for part, value in (("pays", "BE"), ("numero", ""))},
    )

    assert kept(team, VoletKind.ADMINISTRATIF) == {"entreprise_immatriculation": {"pays": "BE", "identifiant": ""}}
    page = client.get(f"/candidatures/{team.candidature.nru}/administratif/?verifier=1").content.decode()
    assert "«\u00a0Immatriculation\u00a0» n’est pas renseigné." in page


@pytest.mark.parametrize(
    ("typed", "code"), [("35 000", "35000"), ("MC 98000", "MC 98000"), ("l–1855", "L-1855"), ("sw1a 1aa", "SW1A 1AA")]
)
def test_postal_code_of_any_country_is_kept(team: Team, client: Client, typed: str, code: str) -> None:
    save(client, team, VoletKind.ADMINISTRATIF, entreprise_code_postal=typed)

    assert kept(team, VoletKind.ADMINISTRATIF) == {"entreprise_code_postal": code}


def test_cedex_is_refused_in_the_postal_code_alone(team: Team, client: Client) -> None:
    answer = save(
        client,
        team,
        VoletKind.ADMINISTRATIF,
        entreprise_code_postal="35042 CEDEX 9",
        entreprise_commune="Rennes CEDEX 9",
    )

    assert "Le CEDEX s’écrit avec la commune" in answer.content.decode()
    assert kept(team, VoletKind.ADMINISTRATIF) == {"entreprise_commune": "Rennes CEDEX 9"}


# -- handed over -----------------------------------------------------------------------------------------------------


def test_belgian_editeur_is_proposed_its_own_number(team: Team) -> None:
    Editeur.objects.filter(pk=team.editeur.pk).update(country="BE", identifier=BISE.identifier, pays="Belgique")

    proposed = prefill_of(make.the_volet(team.candidature))

    assert (company_in(proposed["entreprise_immatriculation"]), proposed["entreprise_pays"]) == (BISE, "Belgique")


@PRINTS
def test_accuse_names_every_company_with_its_number(team: Team) -> None:
    Editeur.objects.filter(pk=team.editeur.pk).update(country="BE", identifier=BISE.identifier)
    answers = {"distributeurs": distributeurs(MISTRAL, NOWHERE), "groupement": lines(SIRENE)}
    volet = make.a_filled_volet(team.candidature, team.salarie, VoletKind.ELIGIBILITE, **answers)
    submit_volet(volet_id=volet.pk, by=team.salarie, at=make.SUMMER)

    accuse = Accuse.objects.get()
    assert designation(accuse.data["editeur"]) == BISE.known_as
    assert [(entreprise["titre"], designation(entreprise)) for entreprise in accuse.data["entreprises"]] == [
        ("Membres du groupement solidaire", SIRENE.known_as),
        ("Distributeurs", MISTRAL.known_as),
        ("Distributeurs", NOWHERE.known_as),
    ]
    printed = render_accuse(accuse.data, version=accuse.template_version, at=accuse.issued_at)
    with pikepdf.open(BytesIO(printed)) as file:
        assert len(file.pages) >= 1
    assert printed == render_accuse(accuse.data, version=accuse.template_version, at=accuse.issued_at)


def test_review_names_the_company_and_its_country(team: Team) -> None:
    make.a_filled_volet(team.candidature, team.salarie, VoletKind.ELIGIBILITE, distributeurs=distributeurs(MISTRAL))
    volet = make.the_volet(team.candidature, VoletKind.ELIGIBILITE)

    rows = {row.code: row for section in summary_of(volet, version=volet.version) for row in section.rows}
    assert [plain(text) for text in rows["distributeurs"].lines] == ["Maison 0 – TVA FR 53 000004605 (Monaco)"]


def test_operation_refuses_a_company_without_its_number(team: Team) -> None:
    volet = make.a_filled_volet(
        team.candidature, team.salarie, VoletKind.ELIGIBILITE, distributeurs=distributeurs(Company("FR", ""))
    )

    with pytest.raises(VoletNotSubmittable, match="Immatriculation"):
        submit_volet(volet_id=volet.pk, by=team.salarie, at=make.SUMMER)


# -- what was begun before -------------------------------------------------------------------------------------------


def test_drafts_that_held_a_siren_hold_a_french_company(team: Team) -> None:
    carry = import_module("candidatures.migrations.0025_immatriculations").carry
    volets = {kind: make.the_volet(team.candidature, kind) for kind in VoletKind}
    former = {"lignes": [{"raison_sociale": "Nord", "siren": SIRENE.identifier, "mandat": MANDAT}, {"siren": None}]}
    for kind, answers in (
        (VoletKind.ADMINISTRATIF, {"entreprise_siren": SIRENE.identifier, "entreprise_commune": "Rennes"}),
        (VoletKind.ELIGIBILITE, {"groupement": former, "distributeurs": {"aucun": True}}),
    ):
        for code, value in answers.items():
            Reponse.objects.create(
                volet=volets[kind],
                champ=code,
                version=0,
                value=value,
                answered_at=make.SUMMER,
                answered_by=team.salarie,
            )

    carry(apps, None)
    carry_again = Reponse.objects.count()

    answers = {kind: kept(team, kind) for kind in VoletKind}
    assert company_in(answers[VoletKind.ADMINISTRATIF]["entreprise_immatriculation"]) == SIRENE
    assert answers[VoletKind.ADMINISTRATIF]["entreprise_commune"] == "Rennes"
    first, second = answers[VoletKind.ELIGIBILITE]["groupement"]["lignes"]
    assert (company_of_line(first), first["mandat"], second) == (SIRENE, MANDAT, {"siren": None})
    assert answers[VoletKind.ELIGIBILITE]["distributeurs"] == {"aucun": True}
    assert facts_of(make.the_volet(team.candidature)).answers["entreprise_siren"] == SIRENE.identifier
    assert carry_again == 6
    volet = make.the_volet(team.candidature, VoletKind.ELIGIBILITE)
    save_answers(
        volet_id=volet.pk,
        answers={"distributeurs": distributeurs(BISE)},
        seen_version=volet.version,
        by=team.salarie,
        at=make.SUMMER,
    )
