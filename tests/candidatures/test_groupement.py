"""Members of a groupement: each with its mandate, none twice, and never the chef de file himself."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from candidatures.catalogue.dispositifs import spec_of
from candidatures.enums import VoletKind
from candidatures.operations.volets import VoletNotSubmittable, submit_volet
from candidatures.queries.volets import answers_at
from candidatures.rules.entreprises import company_of_line, value_of
from candidatures.rules.members import faults_of_lines
from candidatures.rules.submission import VoletFacts, obstacles_to_submit, progress
from comptes import clock
from comptes.rules.companies import Company
from tests.candidatures.conftest import Team
from tests.candidatures.test_eligibilite_rules import DATE_1, NOON
from tests.conftest import BY_PASSWORD
from tests.factories import candidatures as make

ELIGIBILITE = spec_of("ms-dui-va2").volets["eligibilite"]

EDITEUR, NORD, SUD = (Company("FR", siren) for siren in ("552008443", "732829320", "404833048"))
BISE, MISTRAL = Company("BE", "0403170701"), Company("MC", "FR53000004605")
MANDAT = {"piece": 1, "nom": "mandat.pdf", "sha256": "ab" * 32}
GROUPEMENT, DISTRIBUTEURS = ELIGIBILITE.by_code["groupement"], ELIGIBILITE.by_code["distributeurs"]


def lines(*companies: Company | None, **changes: Any) -> dict[str, Any]:
    values = [value_of(company) if company else None for company in companies]
    return {
        "lignes": [{"raison_sociale": "Nord", "immatriculation": value, "mandat": MANDAT} | changes for value in values]
    }


def facts(groupement: Any, **changes: Any) -> VoletFacts:
    given = {
        "spec": ELIGIBILITE,
        "state": "draft",
        "answers": make.ELIGIBLE | {"groupement": groupement},
        "charte_accepted": True,
        "candidature_open": True,
        "first_submitted_at": None,
        "editeur": EDITEUR,
    }
    return VoletFacts(**(given | changes))


def obstacles(groupement: Any, **changes: Any) -> list[str]:
    obstacles_found = obstacles_to_submit(facts(groupement, **changes), deadline=DATE_1, at=NOON)
    return [obstacle.sentence for obstacle in obstacles_found if obstacle.champ == "groupement"]


@pytest.mark.parametrize("value", [None, {"aucun": True}, lines(NORD), lines(NORD, SUD), lines(None, None)])
def test_members_that_differ_have_no_fault(value: Any) -> None:
    assert list(faults_of_lines(GROUPEMENT, value, editeur=EDITEUR)) == []


def test_chef_de_file_is_no_member_of_his_own_groupement() -> None:
    assert list(faults_of_lines(GROUPEMENT, lines(NORD, EDITEUR), editeur=EDITEUR)) == [
        (
            f"Ligne 2, «\u00a0Immatriculation\u00a0»\u00a0: {EDITEUR} est l’éditeur qui dépose, le chef de file. "
            "N’inscrivez que les autres membres."
        )
    ]


@pytest.mark.parametrize("champ", [GROUPEMENT, DISTRIBUTEURS], ids=["groupement", "distributeurs"])
def test_company_is_named_once(champ: Any) -> None:
    assert list(faults_of_lines(champ, lines(NORD, SUD, NORD), editeur=EDITEUR)) == [
        f"Ligne 3, «\u00a0Immatriculation\u00a0»\u00a0: {NORD} est déjà à la ligne 1."
    ]


def test_editeur_may_distribute_what_he_publishes() -> None:
    assert list(faults_of_lines(DISTRIBUTEURS, lines(EDITEUR), editeur=EDITEUR)) == []


def test_groupement_is_submitted_with_the_mandate_of_each_member() -> None:
    assert obstacles(lines(NORD, SUD)) == []
    assert obstacles({"lignes": [*lines(NORD)["lignes"], *lines(SUD, mandat=None)["lignes"]]}) == [
        (
            "«\u00a0Membres du groupement solidaire\u00a0», ligne 2\u00a0: "
            "«\u00a0Mandat donné au chef de file\u00a0» n’est pas renseigné."
        )
    ]


def test_draft_saved_before_with_the_chef_de_file_is_not_submitted() -> None:
    [sentence] = obstacles(lines(EDITEUR))

    assert sentence.startswith("«\u00a0Membres du groupement solidaire\u00a0»\u00a0: Ligne 1")


@pytest.mark.parametrize(("unlocked", "stuck"), [({"nil"}, False), ({"groupement"}, True)])
def test_groupement_handed_over_without_mandates_is_completed_only_when_it_is_opened_again(
    unlocked: set[str], stuck: bool
) -> None:
    """The first dossiers were not asked for mandates: a demande about something else does not ask for them."""
    changes = {"state": "complement_requested", "unlocked": frozenset(unlocked), "first_submitted_at": NOON}
    value = lines(NORD, mandat=None)

    assert bool(obstacles(value, **changes)) is stuck
    done, asked = progress(facts(value, **changes))
    assert (done < asked) is stuck


# -- on the page -----------------------------------------------------------------------------------------------------


@pytest.fixture
def client(team: Team, client: Client) -> Client:
    client.force_login(team.salarie, backend=BY_PASSWORD)
    return client


def posted(*members: tuple[str, Company], seen: int = 0) -> dict[str, Any]:
    data: dict[str, Any] = {
        "seen_version": str(seen),
        "nie": "NIE-7",
        "groupement-count": str(len(members)),
        "groupement-stance": "lignes",
    }
    for number, (raison_sociale, company) in enumerate(members):
        data[f"groupement-{number}-raison_sociale"] = raison_sociale
        data[f"groupement-{number}-immatriculation-pays"] = company.country
        data[f"groupement-{number}-immatriculation-numero"] = company.identifier
        data[f"groupement-{number}-mandat"] = SimpleUploadedFile(f"mandat-{number}.pdf", make.PDF)
    return data


@pytest.mark.parametrize(("second", "fault"), [(None, "est l’éditeur qui dépose"), (NORD, "est déjà à la ligne 1")])
def test_member_refused_is_said_at_the_field_and_nothing_else_is_lost(
    team: Team, client: Client, second: Company | None, fault: str
) -> None:
    volet = make.the_volet(team.candidature, VoletKind.ELIGIBILITE)
    company = second or team.candidature.produit.editeur.company
    url = reverse("candidatures:volet", args=[team.candidature.nru, VoletKind.ELIGIBILITE])

    with clock.travel(make.SUMMER):
        answer = client.post(url, posted(("Nord", NORD), ("Autre", company)))

    page = answer.content.decode()
    assert (answer.status_code, fault in page) == (422, True)
    assert 'value="Autre"' in page
    volet.refresh_from_db()
    assert answers_at(volet, version=volet.version) == {"nie": "NIE-7"}


def test_mandates_are_kept_with_their_members(team: Team, client: Client) -> None:
    volet = make.the_volet(team.candidature, VoletKind.ELIGIBILITE)
    url = reverse("candidatures:volet", args=[team.candidature.nru, VoletKind.ELIGIBILITE])

    with clock.travel(make.SUMMER):
        client.post(url, posted(("Nord", NORD), ("Sud", SUD)))

    volet.refresh_from_db()
    kept = answers_at(volet, version=volet.version)["groupement"]["lignes"]
    mandats = [(company_of_line(member), member["mandat"]["nom"]) for member in kept]
    assert mandats == [
        (NORD, "mandat-0.pdf"),
        (SUD, "mandat-1.pdf"),
    ]


def test_operation_refuses_to_hand_over_the_chef_de_file_as_a_member(team: Team) -> None:
    company = team.candidature.produit.editeur.company
    volet = make.a_filled_volet(team.candidature, team.salarie, VoletKind.ELIGIBILITE, groupement=lines(company))

    with pytest.raises(VoletNotSubmittable, match="chef de file"):
        submit_volet(volet_id=volet.pk, by=team.salarie, at=make.SUMMER)
