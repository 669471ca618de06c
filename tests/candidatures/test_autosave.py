"""What a page saves by itself, and what a volet refuses from a hand that writes its own requests."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from candidatures.enums import VoletState
from candidatures.operations.candidatures import withdraw_candidature
from candidatures.queries.volets import answers_at
from comptes import clock
from comptes.models import Compte, JournalEntry
from tests.candidatures.conftest import Team
from tests.conftest import BY_PASSWORD
from tests.factories import candidatures as make

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def it_is_summer() -> Iterator[None]:
    with clock.travel(make.SUMMER):
        yield


def url(team: Team, name: str = "volet") -> str:
    return reverse(f"candidatures:{name}", args=[team.candidature.nru, "administratif"])


def post(team: Team, compte: Compte, seen: int, *, htmx: bool = False, **typed: str) -> Any:
    client = Client()
    client.force_login(compte, backend=BY_PASSWORD)
    return client.post(url(team), {"seen_version": str(seen), **typed}, headers=HTMX if htmx else None)


def answers_of(team: Team) -> dict[str, Any]:
    return answers_at(team.volet, version=team.volet.version)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


# -- the page that saves by itself ----------------------------------------------------------------------------------


def test_autosave_keeps_says_when_and_gives_the_version_back(team: Team) -> None:
    answer = post(team, team.salarie, 0, htmx=True, solution_nom="Sirocco")

    assert answer.status_code == 200
    assert answers_of(team) == {"solution_nom": "Sirocco"}
    assert re.search(r"Enregistré le 1er\sjuillet 2026 à 10\sh\s00\smin\s00\ss", text_of(answer))
    assert 'name="seen_version" value="1" id="id_seen_version" hx-swap-oob="true"' in text_of(answer)
    assert "<html" not in text_of(answer)


def test_autosave_after_autosave_does_not_quarrel_with_itself(team: Team) -> None:
    first = post(team, team.salarie, 0, htmx=True, solution_nom="Sir")
    answer = post(team, team.salarie, first.context["seen_version"], htmx=True, solution_nom="Sirocco")

    assert (answer.context["suspended"], answers_of(team)) == (False, {"solution_nom": "Sirocco"})


def test_autosave_of_a_wrong_answer_keeps_the_others_and_says_it(team: Team) -> None:
    answer = post(
        team, team.salarie, 0, htmx=True, solution_nom="Sirocco", **{"entreprise_immatriculation-numero": "123"}
    )

    assert answers_of(team) == {"solution_nom": "Sirocco"}
    assert "Un SIREN compte neuf chiffres." in text_of(answer)


def test_autosave_in_conflict_writes_over_nobody_and_is_suspended(team: Team) -> None:
    post(team, team.mandataire, 0, solution_nom="De Marie")
    stale = [post(team, team.salarie, 0, htmx=True, solution_nom="De Sami") for _ in range(2)]

    assert answers_of(team) == {"solution_nom": "De Marie"}
    for answer in stale:
        assert "Enregistrement automatique suspendu." in text_of(answer)
        assert "Marie Dufour a répondu entre-temps" in text_of(answer)
        assert (answer.context["suspended"], answer.context["seen_version"]) == (True, 0)


def test_autosave_of_another_champ_from_a_stale_tab_is_kept(team: Team) -> None:
    post(team, team.mandataire, 0, solution_nom="De Marie", version_technique="")
    answer = post(team, team.salarie, 0, htmx=True, solution_nom="", version_technique="9")

    assert answers_of(team) == {"solution_nom": "De Marie", "version_technique": "9"}
    assert answer.context["suspended"] is False


def test_autosave_of_a_submitted_volet_says_why_not(team: Team) -> None:
    volet = make.a_submitted_volet(team.candidature, team.salarie)
    answer = post(team, team.salarie, volet.version, htmx=True, solution_nom="Trop tard")

    assert "Votre saisie n’est pas enregistrée." in text_of(answer)
    assert answers_of(team)["solution_nom"] == "Sirocco Résidence"


def test_autosave_of_nothing_new_is_no_act(team: Team) -> None:
    for seen in (0, 1, 1):
        post(team, team.salarie, seen, htmx=True, solution_nom="Sirocco")

    assert JournalEntry.objects.filter(act="volet.saved").count() == 1


# -- bad input ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [False, True])
def test_ten_megabytes_of_text_get_a_sentence_at_the_field(team: Team, htmx: bool) -> None:
    answer = post(team, team.salarie, 0, htmx=htmx, solution_nom="x" * 10 * 1024 * 1024, version_technique="9")

    assert answer.status_code == (200 if htmx else 422)
    (fault,) = answer.context["form"].errors["solution_nom"]
    assert fault.endswith("pour 120 au maximum.")
    assert answers_of(team) == {"version_technique": "9"}


@pytest.mark.parametrize("seen", ["", "x", "-1", "99999999999999999999", "\x00"])
def test_version_posted_by_hand_breaks_nothing(team: Team, seen: str) -> None:
    client = Client()
    client.force_login(team.salarie, backend=BY_PASSWORD)
    answer = client.post(url(team), {"seen_version": seen, "solution_nom": "Sirocco"})

    assert answer.status_code in {200, 302, 422}


def test_champ_outside_the_demande_posted_by_hand_is_refused_in_words(team: Team) -> None:
    volet = make.a_submitted_volet(team.candidature, team.salarie)
    make.a_demande(volet, team.instructeur, "version_technique")
    answer = post(team, team.salarie, team.volet.version, version_technique="4.3", solution_nom="Autre")

    assert answer.status_code == 422
    assert list(answer.context["form"].non_field_errors()) == [
        (
            "L’ANS n’a pas rouvert «\u00a0Nom de la solution logicielle\u00a0»\u00a0: votre modification "
            "n’est pas enregistrée."
        )
    ]
    assert (answers_of(team)["version_technique"], answers_of(team)["solution_nom"]) == ("4.3", "Sirocco Résidence")


def test_submitting_twice_in_two_tabs_is_one_submission(team: Team) -> None:
    make.a_filled_volet(team.candidature, team.salarie)
    client = Client()
    client.force_login(team.salarie, backend=BY_PASSWORD)
    answers = [client.post(url(team, "volet_submit")) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert (team.volet.state, team.volet.soumissions.count()) == (VoletState.SUBMITTED, 1)


def test_volet_of_another_editeur_is_not_found(team: Team) -> None:
    assert post(team, team.stranger, 0, solution_nom="x").status_code == 404


def test_volet_of_a_withdrawn_candidature_keeps_the_text_on_the_page(team: Team) -> None:
    withdraw_candidature(candidature_id=team.candidature.pk, by=team.mandataire, at=make.SUMMER)
    answer = post(team, team.salarie, 0, solution_nom="Sirocco")

    assert answer.status_code == 409
    assert (answer.context["form"]["solution_nom"].value(), answers_of(team)) == ("Sirocco", {})


# -- what it asks of the database -----------------------------------------------------------------------------------


def test_a_save_reads_the_volet_once(team: Team, django_assert_num_queries: Any) -> None:
    client = Client()
    client.force_login(team.salarie, backend=BY_PASSWORD)
    client.post(url(team), {"seen_version": "0", "solution_nom": "Sirocco"}, headers=HTMX)

    with django_assert_num_queries(10):
        client.post(url(team), {"seen_version": "1", "solution_nom": "Mistral"}, headers=HTMX)

    assert answers_of(team) == {"solution_nom": "Mistral"}


def test_a_refused_submission_gathers_nothing_anew(team: Team, django_assert_num_queries: Any) -> None:
    client = Client()
    client.force_login(team.salarie, backend=BY_PASSWORD)

    with django_assert_num_queries(9):
        answer = client.post(url(team, "volet_submit"))

    assert answer.status_code == 422
