"""How much each page of the preuves asks of the database: the same for 5 preuves and for 40."""

import pytest
from django.urls import reverse

from preuves.catalogue.rem import ChapitreSpec, RemSpec
from preuves.operations.chapitres import submit_chapitre
from preuves.operations.instruction import claim_chapitre
from tests.candidatures.conftest import Team, make_team
from tests.candidatures.test_page_queries import count
from tests.factories import candidatures as phase_1
from tests.factories import preuves as make
from tests.factories.tours import project_everything
from tests.ground import standing
from tests.preuves.test_fairness import conclude


def a_rem_of(preuves: int) -> None:
    """One chapitre of so many preuves, two an exigence, one in four inherited from PA."""
    exigences = []
    for number in range(1, preuves // 2 + 2):
        pair = [make.a_preuve_spec(f"MAT.{number:03d}.01.{place:02d}") for place in (1, 2)]
        inherited = {"perimetre": "vague_1", "profils_historiques": ("PA",)} if number % 4 == 0 else {}
        exigences.append(make.an_exigence(f"MAT.{number:03d}", *pair, **inherited))
    make.a_rem(RemSpec((ChapitreSpec("MAT", "Maturité", tuple(exigences)),)))


def a_team_with_preuves(count: int) -> Team:
    """An éditeur whose reference is confirmed, with a chapitre that is complete."""
    a_rem_of(count)
    team = make_team()
    team.candidature = make.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur, confirm=True)
    make.a_complete_chapitre(team.candidature, team.salarie)
    return team


team = standing(a_team_with_preuves, params=[5, 40])


PAGES = {
    "referencement:candidature": 14,
    "preuves:dossier": 15,
    "preuves:chapitre": 14,
    "preuves:chapitre_submit": 10,
    "preuves:preuve": 13,
    "preuves:simulation": 11,
    "preuves:version": 10,
}


def test_pages_of_a_dossier(team: Team) -> None:
    keys = {"preuves:chapitre": ["MAT"], "preuves:chapitre_submit": ["MAT"], "preuves:preuve": ["MAT.001.01.01"]}
    urls = {name: reverse(name, args=[team.candidature.nru, *keys.get(name, [])]) for name in PAGES}
    project_everything(at=make.AUTUMN)
    for url in urls.values():
        count(team.salarie, url)  # the REM is read once by each process

    assert {name: count(team.salarie, url) for name, url in urls.items()} == PAGES


def test_page_of_a_chapitre_that_came_back(team: Team) -> None:
    chapitre = submit_chapitre(candidature_id=team.candidature.pk, code="MAT", by=team.salarie, at=make.AUTUMN)
    conclude(chapitre, team, make.AUTUMN, accept=False)
    url = reverse("preuves:chapitre", args=[team.candidature.nru, "MAT"])
    count(team.salarie, url)

    assert count(team.salarie, url) == 15


def test_review_screen(team: Team) -> None:
    chapitre = submit_chapitre(candidature_id=team.candidature.pk, code="MAT", by=team.salarie, at=make.AUTUMN)
    url = reverse("preuves:examen", args=[team.candidature.nru, "MAT"])
    count(team.instructeur, url)
    waiting = count(team.instructeur, url)
    claim_chapitre(chapitre_id=chapitre.pk, by=team.instructeur, at=make.AUTUMN)

    assert (waiting, count(team.instructeur, url)) == (15, 16)  # the ready reasons, once there is a form


@pytest.mark.parametrize("rows", [1, 3])
def test_chapitres_waiting(db: None, rows: int) -> None:
    make.a_rem()
    team = make_team()
    for number in range(rows):
        produit = phase_1.a_produit(team.editeur, team.mandataire, f"Produit {number}")
        candidature = make.a_candidature_to_prove(
            phase_1.a_candidature(produit, team.mandataire), team.mandataire, team.instructeur
        )
        make.a_submitted_chapitre(candidature, team.mandataire)
    url = reverse("preuves:a_examiner")
    count(team.instructeur, url)

    assert count(team.instructeur, url) == 12
