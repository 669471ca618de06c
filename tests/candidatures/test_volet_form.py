"""The form of a volet: what is folded, hidden, reopened, removed, and what is typed and cannot be saved."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from candidatures.enums import VoletKind
from candidatures.operations.volets import save_answers
from candidatures.queries.volets import answers_at
from comptes import clock
from tests.candidatures.conftest import Team
from tests.conftest import BY_PASSWORD
from tests.factories import candidatures as make

HTMX = {"HX-Request": "true"}
WRONG = {"entreprise_immatriculation-numero": "123"}


@pytest.fixture(autouse=True)
def it_is_summer() -> Iterator[None]:
    with clock.travel(make.SUMMER):
        yield


@pytest.fixture
def sami(team: Team) -> Client:
    client = Client()
    client.force_login(team.salarie, backend=BY_PASSWORD)
    return client


def url(team: Team, kind: VoletKind = VoletKind.ADMINISTRATIF, name: str = "volet") -> str:
    return reverse(f"candidatures:{name}", args=[team.candidature.nru, kind])


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def wrapper(html: str, code: str) -> str:
    """Return the tag that holds a champ."""
    champ = re.search(rf'<div id="champ-{code}"[^>]*>', html)
    assert champ
    return champ[0]


def mark(html: str, code: str) -> str:
    """Return what is said beside a champ of what is not saved."""
    etat = re.search(rf'<p class="ps-unsaved" id="etat-{code}"[^>]*>(.*?)</p>', html, re.DOTALL)
    assert etat
    return re.sub(r"<[^>]+>|\s+", " ", etat[1]).strip()


def test_what_cannot_be_saved_is_marked_kept_and_shown_again(team: Team, sami: Client) -> None:
    """« Enregistré » is never said of it; it stays in the session until it is corrected."""
    answer = sami.post(url(team), {"seen_version": "0", "solution_nom": "Sirocco", **WRONG}, headers=HTMX)
    saved = answer.content.decode()
    assert "sauf ce qui est marqué" in saved
    assert mark(saved, "entreprise_immatriculation").startswith("Non enregistré")
    assert mark(saved, "solution_nom") == ""

    again = page(sami, url(team))
    assert 'value="123"' in again
    assert "Un SIREN compte neuf chiffres." in mark(again, "entreprise_immatriculation")
    assert "ne seront pas soumises" in page(sami, url(team, name="volet_submit"))

    fixed = {"seen_version": str(answer.context["seen_version"]), "entreprise_immatriculation-numero": "732829320"}
    assert "sauf ce qui" not in sami.post(url(team), fixed, headers=HTMX).content.decode()
    assert mark(page(sami, url(team)), "entreprise_immatriculation") == ""


def test_what_cannot_be_saved_is_nobody_else_s(team: Team, sami: Client) -> None:
    sami.post(url(team), {"seen_version": "0", **WRONG}, headers=HTMX)
    marie = Client()
    marie.force_login(team.mandataire, backend=BY_PASSWORD)

    assert 'value="123"' not in page(marie, url(team))


def test_draft_of_the_session_outlives_other_answers(team: Team, sami: Client) -> None:
    """A save that does not post the refused champ leaves it as it was typed."""
    sami.post(url(team), {"seen_version": "0", **WRONG}, headers=HTMX)
    sami.post(url(team), {"seen_version": "0", "solution_nom": "Sirocco"}, headers=HTMX)

    assert 'value="123"' in page(sami, url(team))


def test_champ_that_is_not_asked_is_hidden_until_it_is(team: Team, sami: Client) -> None:
    address = url(team, VoletKind.ELIGIBILITE)
    before = wrapper(page(sami, address), "proxy_nom")
    assert 'data-only-if="proxy" data-only-is="tiers"' in before
    assert before.endswith("hidden>")

    sami.post(address, {"seen_version": "0", "proxy": "tiers"})
    assert "hidden" not in wrapper(page(sami, address), "proxy_nom")


def test_line_of_a_list_is_removed(team: Team, sami: Client) -> None:
    """The one that is named, and no other; whatever else was typed is saved."""
    lines = {
        f"references_vague_1-{number}-{column}": value
        for number, name in enumerate(("REF-1", "REF-2"))
        for column, value in {"identifiant": name, "dispositif": "MS1", "profils": "PA"}.items()
    }
    typed = {"seen_version": "0", "references_vague_1-count": "2", "references_vague_1-stance": "lignes", **lines}
    sami.post(url(team), typed)
    assert kept_references(team) == ["REF-1", "REF-2"]

    removing = {**typed, "seen_version": "1", "action": "retirer:references_vague_1:0", "solution_nom": "Sirocco"}
    answer = sami.post(url(team), removing)
    assert answer["Location"] == f"{url(team)}#champ-references_vague_1"
    assert kept_references(team) == ["REF-2"]


def kept_references(team: Team) -> list[str]:
    team.volet.refresh_from_db()
    value: Any = answers_at(team.volet, version=team.volet.version)["references_vague_1"]
    return [line["identifiant"] for line in value["lignes"]]


def test_complete_parts_are_folded(team: Team, sami: Client) -> None:
    make.a_filled_volet(team.candidature, team.salarie)
    folded = page(sami, url(team))
    assert re.findall(r'<details class="ps-sheet ps-section" id="[^"]*" (open)?>', folded) == [""] * 4
    unfolded = page(sami, f"{url(team)}?parties=toutes")
    assert re.findall(r'<details class="ps-sheet ps-section" id="[^"]*" (open)?>', unfolded) == ["open"] * 4


def test_complement_opens_as_a_short_form(team: Team, sami: Client) -> None:
    """The reopened champs alone, each with the answer that the ANS read; the others are folded."""
    volet = make.a_submitted_volet(team.candidature, team.salarie)
    make.a_demande(volet, team.instructeur, "solution_nom")
    html = page(sami, url(team))
    assert re.findall(r'<div id="champ-(\w+)"', html.partition("Vos autres réponses")[0]) == ["solution_nom"]
    assert "Réponse lue par l’ANS" in html
    assert 'class="ps-locked"' in html.partition("Vos autres réponses")[2]


@pytest.mark.parametrize("lignes", [0, 2])
def test_lists_of_a_complement_are_open_and_named(team: Team, sami: Client, lignes: int) -> None:
    """Its lines and the blank one: open, each a group of its own name, that a link can reach."""
    eligibilite = make.a_submitted_volet(team.candidature, team.salarie, kind=VoletKind.ELIGIBILITE)
    make.a_demande(eligibilite, team.instructeur, "noms_commerciaux")
    if lignes:
        reopened = make.the_volet(team.candidature, VoletKind.ELIGIBILITE)
        kept = {"aucun": False, "lignes": [{"nom": f"Nom {number}"} for number in range(lignes)]}
        save_answers(
            volet_id=reopened.pk,
            answers={"noms_commerciaux": kept},
            seen_version=reopened.version,
            by=team.salarie,
            at=make.SUMMER,
        )
    html = page(sami, url(team, VoletKind.ELIGIBILITE))

    lines = re.findall(r'<details class="ps-line" (\w*)>', html)
    assert lines == ["open"] * (lignes + 1)
    names = re.findall(r'<legend class="ps-visually-hidden">\s*(.*?)\s*</legend>', html)
    assert names == [*(f"Ligne {number}" for number in range(1, lignes + 1)), "Nouvelle ligne"]
    assert len(re.findall(r'id="id_noms_commerciaux_0"', html)) == 1
