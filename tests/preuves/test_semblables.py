"""What the same éditeur brought elsewhere for the same preuve, or exigence, beside the one that is read."""

from datetime import timedelta
from typing import Any

import pytest

from candidatures.models import Candidature
from comptes import clock
from comptes.models import Compte
from preuves.models import Chapitre
from preuves.queries.dossier import dossier_of
from preuves.queries.semblables import Semblable, semblables_of
from tests.candidatures.conftest import Team, make_team
from tests.candidatures.test_page_queries import count
from tests.factories import candidatures as phase_1
from tests.factories import preuves as make
from tests.preuves.test_examen import SignIn, address, text_of
from tests.preuves.test_instruction import AT, ONE, TWO, claim, conclude, draft, returned


@pytest.fixture(autouse=True)
def morning() -> Any:
    with clock.travel(AT + timedelta(hours=1)):
        yield


@pytest.fixture
def chapitre(team: Team) -> Chapitre:
    """MAT, submitted."""
    return make.a_submitted_chapitre(team.candidature, team.salarie)


def another(team: Team, instructeur: Compte, *, nom: str = "Mistral") -> Candidature:
    """Another candidature of the same éditeur, with MAT submitted."""
    produit = phase_1.a_produit(team.editeur, team.mandataire, nom)
    candidature = phase_1.a_candidature(produit, team.mandataire)
    proved = make.a_candidature_to_prove(candidature, team.mandataire, instructeur)
    make.a_submitted_chapitre(proved, team.mandataire)
    return proved


def similar_to(candidature: Candidature, numero: str = ONE) -> list[tuple[str, str, bool, str]]:
    dossier = dossier_of(Candidature.objects.with_names().get(pk=candidature.pk))
    assert dossier is not None
    attendu = dossier.attendu(numero)
    assert attendu is not None
    return [(row.nru, row.numero, row.is_same, row.label) for row in semblables_of(candidature, attendu)]


def test_same_preuve_then_same_exigence_of_the_same_editeur(team: Team, chapitre: Chapitre) -> None:
    other = another(team, team.instructeur)
    assert similar_to(team.candidature) == [
        (other.nru, ONE, True, "Pas encore vérifiée"),
        (other.nru, TWO, False, "Pas encore vérifiée"),
    ]

    returned(make.the_chapitre(other), team.instructeur)  # ONE accepted, TWO to correct

    assert similar_to(team.candidature) == [(other.nru, ONE, True, "Acceptée"), (other.nru, TWO, False, "À corriger")]


def test_nothing_of_another_editeur_nor_of_what_was_not_handed_over(team: Team, chapitre: Chapitre) -> None:
    stranger = make_team()
    proved = make.a_candidature_to_prove(stranger.candidature, stranger.mandataire, stranger.instructeur)
    make.a_submitted_chapitre(proved, stranger.mandataire)
    produit = phase_1.a_produit(team.editeur, team.mandataire, "Brouillon")
    unsent = phase_1.a_candidature(produit, team.mandataire)
    make.a_complete_chapitre(make.a_candidature_to_prove(unsent, team.mandataire, team.instructeur), team.mandataire)

    assert similar_to(team.candidature) == []


def test_review_screen_leads_there(team: Team, chapitre: Chapitre, sign_in: SignIn) -> None:
    client = sign_in(team.instructeur)
    assert "Déjà présenté par cet éditeur" not in text_of(client.get(address(team)))
    other = another(team, team.instructeur)
    claimed = claim(make.the_chapitre(other), team.instructeur)
    for numero in (ONE, TWO):
        draft(claimed, team.instructeur, numero)
    conclude(claimed, team.instructeur)

    answer = client.get(address(team))
    assert "Déjà présenté par cet éditeur" in text_of(answer)
    (same, _) = answer.context["similar"]
    assert isinstance(same, Semblable)
    assert f"{other.nru}/chapitres/MAT/?preuve={ONE}" in answer.content.decode()


def test_five_at_most_for_the_same_queries(team: Team, chapitre: Chapitre) -> None:
    count(team.instructeur, address(team))
    none = count(team.instructeur, address(team))
    for number in range(3):
        another(team, team.instructeur, nom=f"Mistral {number}")

    assert len(similar_to(team.candidature)) == 5
    assert count(team.instructeur, address(team)) == none
