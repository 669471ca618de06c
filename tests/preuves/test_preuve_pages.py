"""The pages of one preuve, and of a chapitre about to be submitted, name preuves in words, and by their N° second."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from comptes.models import Compte
from preuves.catalogue.rem import ChapitreSpec, RemSpec
from tests.candidatures.conftest import Team, make_team
from tests.factories import preuves as make
from tests.ground import standing

pytestmark = pytest.mark.django_db
SignIn = Callable[[Compte], Client]
ASKED = {"MAT.001": "Conserver les traces", "MAT.002": "Relire une trace", "MAT.003": "Effacer une trace"}


def a_team_with_three_preuves() -> Team:
    exigences = [
        make.an_exigence(code, make.a_preuve_spec(f"{code}.01.01"), texte=f"<p>{asked}.</p>")
        for code, asked in ASKED.items()
    ]
    make.a_rem(RemSpec((ChapitreSpec("MAT", "Maturité", tuple(exigences)),)))
    team = make_team()
    team.candidature = make.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
    make.a_complete_chapitre(team.candidature, team.salarie)
    return team


team = standing(a_team_with_three_preuves)


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("&nbsp;", " ").split())


@pytest.mark.parametrize(
    ("numero", "around"),
    [
        ("MAT.001.01.01", ["Suivante : Relire une trace Numéro d’exécution MOTCO2 · MAT.002.01.01"]),
        (
            "MAT.002.01.01",
            [
                "Précédente : Conserver les traces Numéro d’exécution MOTCO2 · MAT.001.01.01",
                "Suivante : Effacer une trace Numéro d’exécution MOTCO2 · MAT.003.01.01",
            ],
        ),
        ("MAT.003.01.01", ["Précédente : Relire une trace Numéro d’exécution MOTCO2 · MAT.002.01.01"]),
    ],
)
def test_preuves_around_are_named_in_words(team: Team, sign_in: SignIn, numero: str, around: list[str]) -> None:
    page = text_of(
        sign_in(team.salarie).get(reverse("preuves:preuve", args=[team.candidature.nru, numero])).content.decode()
    )

    assert [sentence for sentence in around if sentence not in page] == []
    assert page.count("Précédente :") + page.count("Suivante :") == len(around)


def test_what_is_about_to_be_submitted_is_named_in_words(team: Team, sign_in: SignIn) -> None:
    address = reverse("preuves:chapitre_submit", args=[team.candidature.nru, "MAT"])
    page = sign_in(team.salarie).get(address).content.decode()

    for code, asked in ASKED.items():
        preuve = reverse("preuves:preuve", args=[team.candidature.nru, f"{code}.01.01"])
        assert f'<a href="{preuve}">{asked}</a>' in page
