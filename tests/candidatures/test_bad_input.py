"""What no form of the portal would send, and what a tired hand pastes: a sentence, and nothing lost."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import reverse

from candidatures.enums import VoletKind
from candidatures.queries.volets import answers_at
from comptes import clock
from comptes.models import Compte
from tests.candidatures.conftest import Team
from tests.factories import candidatures as make

SignIn = Callable[[Compte | None], Client]


@pytest.fixture(autouse=True)
def it_is_summer() -> Iterator[None]:
    with clock.travel(make.SUMMER):
        yield


def address(team: Team, kind: str = "administratif") -> str:
    return reverse("candidatures:volet", args=[team.candidature.nru, kind])


def answers(team: Team) -> dict[str, object]:
    volet = team.volet
    return answers_at(volet, version=volet.version)


def test_ten_megabytes_of_text_are_refused_at_their_field(team: Team, sign_in: SignIn) -> None:
    typed = {"seen_version": "0", "solution_nom": "x" * 10_000_000, "version_technique": "4.2"}
    page = sign_in(team.salarie).post(address(team), typed)

    assert page.status_code == 422
    assert list(page.context["form"].errors["solution_nom"]) == [
        "Ce texte compte 10000000 caractères, pour 120 au maximum."
    ]
    assert len(page.context["form"]["solution_nom"].value()) == 10_000_000
    assert answers(team) == {"version_technique": "4.2"}


@pytest.mark.parametrize("version", ["-1", "99999999999999999999", "un", ""])
def test_version_that_no_page_showed_writes_nothing(team: Team, sign_in: SignIn, version: str) -> None:
    page = sign_in(team.salarie).post(address(team), {"seen_version": version, "solution_nom": "Sirocco"})

    assert page.status_code == 422 or page.context["form"].non_field_errors()
    assert answers(team) == {}


@pytest.mark.parametrize("typed", ["NIL\x0042", "NIL\u202e42", "NIL\u200b42", "NIL42\n"])
def test_nil_with_characters_that_nobody_sees(team: Team, sign_in: SignIn, typed: str) -> None:
    sign_in(team.salarie).post(address(team, "eligibilite"), {"seen_version": "0", "nil": typed})

    volet = team.candidature.volets.get(kind="eligibilite")
    assert answers_at(volet, version=volet.version) == {"nil": "NIL42"}


@pytest.mark.parametrize(("typed", "kept"), [("30/02/2027", None), ("2027-02-30", None), ("28/02/2027", "2027-02-28")])
def test_day_that_does_not_exist(team: Team, sign_in: SignIn, typed: str, kept: str | None) -> None:
    line = {
        "obsolescence-count": "1",
        "obsolescence-stance": "lignes",
        "obsolescence-0-version": "3.9",
        "obsolescence-0-nature": "maintenance",
        "obsolescence-0-date": typed,
    }
    page = sign_in(team.salarie).post(address(team, "eligibilite"), {"seen_version": "0", **line})
    volet = make.the_volet(team.candidature, VoletKind.ELIGIBILITE)
    answer = answers_at(volet, version=volet.version).get("obsolescence")

    if kept:
        assert answer == {"lignes": [{"version": "3.9", "nature": "maintenance", "date": kept}]}
    else:
        assert ["Cette date n’existe pas" in error for error in page.context["form"].errors["obsolescence"]] == [True]
        assert answer is None


def test_somebody_elses_nru_is_a_404(team: Team, sign_in: SignIn) -> None:
    assert sign_in(team.stranger).get(address(team)).status_code == 404
    assert sign_in(team.stranger).post(address(team), {"seen_version": "0"}).status_code == 404
