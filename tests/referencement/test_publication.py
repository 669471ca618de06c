"""What anybody reads of a solution that the collège attributed, and what nobody reads of the others."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidatures.enums import VoletKind
from candidatures.models import Candidature
from candidatures.operations.produits import rename_produit
from candidatures.operations.volets import save_answers
from comptes import clock
from comptes.enums import Role
from comptes.models import Compte
from referencement.enums import Decision, Publication
from tests.factories import candidatures as make
from tests.factories.referencement import COLLEGE, an_attributed_solution, an_examen
from tests.ground import standing

LATER = COLLEGE + timedelta(days=30)
LIST = "referencement:solutions"


def a_mandataire() -> Compte:
    return make.a_person(make.an_editeur(raison_sociale="Élan Médico-Social"), Role.MANDATAIRE)


@pytest.fixture
def mandataire(db: None) -> Compte:
    return a_mandataire()


def a_dossier(by: Compte, nom: str = "Sirocco Résidence", **eligible: Any) -> Candidature:
    candidature = make.a_candidature(make.a_produit(by.rattachements.get().editeur, by, nom), by)
    make.a_submitted_volet(candidature, by, solution_nom=nom)
    make.a_submitted_volet(candidature, by, kind=VoletKind.ELIGIBILITE, **eligible)
    return candidature


def page_at(address: str, **asked: str) -> Any:
    with clock.travel(LATER):
        return Client().get(address, asked)


def listed(**asked: str) -> list[tuple[str, str]]:
    return [(line.nom, line.state.value) for line in page_at(reverse(LIST), **asked).context["lines"]]


def test_attributed_solution_is_referenced_with_its_version(mandataire: Compte) -> None:
    candidature = a_dossier(mandataire)
    an_attributed_solution(candidature, mandataire)
    (line,) = page_at(reverse(LIST)).context["lines"]

    assert (line.state, line.nru, line.version) == (Publication.REFERENCED, candidature.nru, "4.2.1")
    assert (line.editeur, line.profils) == (
        "Sirocco Logiciels",
        ("Personnes âgées", "Personnes à difficultés spécifiques"),
    )
    assert line.since == COLLEGE


def test_what_is_postponed_changes_nothing_that_anybody_reads(mandataire: Compte) -> None:
    candidature = a_dossier(mandataire)
    before = page_at(reverse(LIST)).content
    an_examen(candidature, mandataire, Decision.POSTPONED)

    assert page_at(reverse(LIST)).content == before
    assert page_at(reverse("referencement:solution", args=[candidature.nru])).status_code == 404


def test_what_is_refused_is_no_longer_in_progress_and_nothing_says_why(mandataire: Compte) -> None:
    candidature, other = a_dossier(mandataire), a_dossier(mandataire, "Zéphyr")
    an_examen(candidature, mandataire, Decision.NOT_ATTRIBUTED, reasons=["Une preuve ne convainc pas."])

    assert listed() == listed(etat="en-cours") == [("Zéphyr", "en-cours")]
    for name in ("solutions_csv", "solutions_json", "solutions_atom"):
        body = page_at(reverse(f"referencement:{name}")).content.decode()
        assert ("Sirocco Résidence" in body, "convainc" in body) == (False, False)
    assert page_at(reverse("referencement:solution", args=[candidature.nru])).status_code == 404
    assert other.nru != candidature.nru


def test_candidature_in_progress_has_no_page(mandataire: Compte) -> None:
    candidature = a_dossier(mandataire)

    assert page_at(reverse("referencement:solution", args=[candidature.nru])).status_code == 404


def test_referenced_solution_keeps_the_name_that_was_referenced(mandataire: Compte) -> None:
    candidature = a_dossier(mandataire)
    an_attributed_solution(candidature, mandataire)
    rename_produit(produit_id=candidature.produit_id, nom="Autre nom", by=mandataire, at=LATER)

    assert listed() == [("Sirocco Résidence", "referencee")]


def three_solutions() -> None:
    """One référencée for PA and PDS, one for AHI alone; and one in progress, of another éditeur, for AHI."""
    mandataire = a_mandataire()
    an_attributed_solution(a_dossier(mandataire), mandataire)
    an_attributed_solution(a_dossier(mandataire, "Alizé Foyer", profils=["AHI"]), mandataire)
    other = make.a_person(make.an_editeur(raison_sociale="Bora"), Role.MANDATAIRE)
    a_dossier(other, "Zéphyr", profils=["AHI"])


three = standing(three_solutions)


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, ["Alizé Foyer", "Sirocco Résidence", "Zéphyr"]),
        ({"etat": "referencee"}, ["Alizé Foyer", "Sirocco Résidence"]),
        ({"etat": "en-cours"}, ["Zéphyr"]),
        ({"etat": "decided"}, ["Alizé Foyer", "Sirocco Résidence", "Zéphyr"]),
        ({"profil": "AHI"}, ["Alizé Foyer", "Zéphyr"]),
        ({"profil": "PA", "etat": "en-cours"}, []),
        ({"profil": "PDS"}, ["Sirocco Résidence"]),
        ({"dispositif": "ms-dui-va2"}, ["Alizé Foyer", "Sirocco Résidence", "Zéphyr"]),
        ({"editeur": "bora"}, ["Zéphyr"]),
        ({"editeur": "elan", "q": "alize"}, ["Alizé Foyer"]),
        ({"q": "ZEPHYR"}, ["Zéphyr"]),
        ({"editeur": "\x00"}, ["Alizé Foyer", "Sirocco Résidence", "Zéphyr"]),
    ],
)
def test_list_is_filtered(three: None, asked: dict[str, str], names: list[str]) -> None:
    assert [nom for nom, _ in listed(**asked)] == names


def test_profil_answered_since_but_not_submitted_is_not_public(mandataire: Compte) -> None:
    candidature = a_dossier(mandataire, profils=["PA"])
    volet = make.the_volet(candidature, VoletKind.ELIGIBILITE)
    make.a_demande(volet, make.a_person(), "profils")
    volet = make.the_volet(candidature, VoletKind.ELIGIBILITE)
    save_answers(volet_id=volet.pk, answers={"profils": ["AHI"]}, seen_version=volet.version, by=mandataire, at=LATER)

    assert listed(profil="AHI") == []
    assert listed(profil="PA") == [("Sirocco Résidence", "en-cours")]


def test_page_tells_what_is_referenced_and_since_when(mandataire: Compte) -> None:
    candidature = a_dossier(mandataire)
    an_attributed_solution(candidature, mandataire)
    answer = page_at(reverse("referencement:solution", args=[candidature.nru]))
    text = answer.content.decode()

    assert answer.status_code == 200
    assert [line["at"] for line in answer.context["history"]] == [COLLEGE, make.SUMMER]
    assert all(word in text for word in ("Sirocco Résidence", "4.2.1", "Personnes âgées", f"ATT-{candidature.nru}"))
    assert not [word for word in ("Marchand", "NIL-1", "EDC-1", "NIE-1") if word in text]


# -- what it costs, and what is kept ----------------------------------------------------------------------------------


def asked_by(address: str, **asked: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert page_at(address, **asked).status_code == 200
    return len(queries)


def test_list_asks_the_same_for_one_solution_and_three(mandataire: Compte) -> None:
    an_attributed_solution(a_dossier(mandataire), mandataire)
    alone = asked_by(reverse(LIST))
    for nom in ("Alizé", "Bise"):
        an_attributed_solution(a_dossier(mandataire, nom), mandataire)

    assert (alone, asked_by(reverse(LIST))) == (7, 7)
    assert asked_by(reverse(LIST)) == 5, "kept: the read-only transaction, Date 1, the journal"


def test_page_of_a_solution_asks_for_little(mandataire: Compte) -> None:
    candidature = a_dossier(mandataire)
    an_attributed_solution(candidature, mandataire)

    assert asked_by(reverse("referencement:solution", args=[candidature.nru])) == 8


def test_list_that_is_kept_changes_with_the_next_act(mandataire: Compte) -> None:
    candidature = a_dossier(mandataire)
    assert listed() == [("Sirocco Résidence", "en-cours")]

    an_attributed_solution(candidature, mandataire)
    assert listed() == [("Sirocco Résidence", "referencee")]

    other = a_dossier(mandataire, "Alizé")
    assert [nom for nom, _ in listed()] == ["Alizé", "Sirocco Résidence"]

    rename_produit(produit_id=other.produit_id, nom="Bise", by=mandataire, at=LATER)
    assert [nom for nom, _ in listed()] == ["Bise", "Sirocco Résidence"]


def test_browser_is_told_that_nothing_changed(mandataire: Compte) -> None:
    candidature = a_dossier(mandataire)
    first = page_at(reverse(LIST))
    assert first["Cache-Control"] == "no-cache"

    def again() -> int:
        with clock.travel(LATER):
            return Client().get(reverse(LIST), headers={"If-None-Match": first["ETag"]}).status_code

    assert again() == 304
    an_attributed_solution(candidature, mandataire)
    assert again() == 200
