"""What the portal calls the desks that a REM names by a code."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from comptes.models import Compte
from guichets.queries.preuves import name_in_a_rem
from preuves.catalogue.rem import ChapitreSpec, RemSpec
from tests.candidatures.conftest import make_team
from tests.factories import preuves as make


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("ANS", "ANS"),
        ("CNDA", "CNDA"),
        ("CNDA_ENV", "CNDA, environnements de test"),
        ("EDC_PSC", "EDC PSC"),
        ("BUREAU_DES_TESTS", "BUREAU DES TESTS"),
    ],
)
def test_desk_of_a_rem_has_a_name(word: str, name: str) -> None:
    assert name_in_a_rem(word) == name


@pytest.mark.django_db
def test_filter_of_a_dossier_names_the_desks(sign_in: Callable[[Compte], Client]) -> None:
    asked = [
        make.an_exigence(f"MAT.{n:02}", make.a_preuve_spec(f"MAT.{n:02}.01.01", guichet=guichet))
        for n, guichet in enumerate(("EDC_PSC", "CNDA_ENV", "ANS"), start=1)
    ]
    make.a_rem(RemSpec((ChapitreSpec("MAT", "Maturité", tuple(asked)),)))
    team = make_team()
    make.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
    dossier = reverse("preuves:dossier", args=[team.candidature.nru])

    page = sign_in(team.salarie).get(f"{dossier}?guichet=CNDA_ENV").content.decode()

    options = re.findall(r'<option value="(\w+)"[^>]*>\s*([^<]+?)\s*</option>', page.partition('id="guichet"')[2])
    assert options[:3] == [("ANS", "ANS"), ("CNDA_ENV", "CNDA, environnements de test"), ("EDC_PSC", "EDC PSC")]
    assert re.findall(r'<tr id="(MAT[^"]+)"', page) == ["MAT.02.01.01"]
