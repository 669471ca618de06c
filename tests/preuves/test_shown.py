"""A chapitre that is complete and not handed over is called so, in amber, wherever it is listed or read."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from comptes import clock
from comptes.models import Compte
from preuves.enums import ChapitreState
from preuves.queries.dossier import dossier_of
from preuves.rules.completude import STANDINGS
from referencement.queries.blocages import dossier_complet
from referencement.queries.situations import situation_to_freeze
from tests.candidatures.conftest import Team
from tests.conftest import BY_PASSWORD
from tests.factories import preuves as prove

SAID = "Complet – à soumettre"

pytestmark = pytest.mark.django_db


def badges(page: str) -> list[tuple[str, str]]:
    """The state and the words of each badge of a page."""
    parts = page.split('<span class="ps-badge" data-state="')[1:]
    return [(part.split('"')[0], part.split("</span>")[0].rsplit("</svg>")[-1].strip()) for part in parts]


def read(team: Team, by: Compte, name: str, *args: Any) -> list[tuple[str, str]]:
    client = Client()
    client.force_login(by, backend=BY_PASSWORD)
    with clock.travel(prove.AUTUMN):
        answer = client.get(reverse(f"preuves:{name}", args=[team.candidature.nru, *args]))
    assert answer.status_code == 200
    return badges(answer.content.decode())


@pytest.mark.parametrize(
    ("who", "name", "args", "places"),
    [
        ("salarie", "dossier", (), 1),
        pytest.param("salarie", "chapitre", ("MAT",), 2, id="its title and the list of the chapitres"),
        ("salarie", "chapitre_submit", ("MAT",), 1),
        ("instructeur", "dossier", (), 1),
        ("instructeur", "examen", ("MAT",), 1),
    ],
)
def test_complete_chapitre_is_called_so_on_each_page(
    team: Team, who: str, name: str, args: tuple[str, ...], places: int
) -> None:
    before = read(team, getattr(team, who), name, *args)
    prove.a_complete_chapitre(team.candidature, team.salarie)

    after = read(team, getattr(team, who), name, *args)

    assert SAID not in dict(before).values()
    assert [line for line in after if line[1] == SAID] == [("complete", SAID)] * places


def test_complete_chapitre_is_called_so_before_the_college(team: Team) -> None:
    prove.a_complete_chapitre(team.candidature, team.salarie)

    complet = dossier_complet(dossier_of(team.candidature).candidature, at=prove.AUTUMN)  # type: ignore[union-attr]

    labels = {chapitre["code"]: chapitre["etat_label"] for chapitre in situation_to_freeze(complet, ())["chapitres"]}
    assert labels["MAT"] == SAID


@pytest.mark.parametrize("state", ChapitreState.values)
def test_shown_is_the_standing_unless_a_click_is_missing(team: Team, state: str) -> None:
    prove.a_complete_chapitre(team.candidature, team.salarie)
    dossier = dossier_of(team.candidature)
    chapitre = dossier.chapitre("MAT") if dossier else None
    assert chapitre
    facts = replace(chapitre.facts, state=state)
    waits = facts.standing in (ChapitreState.OPEN, ChapitreState.RETURNED)

    assert facts.shown == ("complete" if waits else facts.standing)
    assert facts.shown_label == STANDINGS[facts.shown]
    assert replace(facts, candidature_open=False).shown == facts.standing
