"""The public list of the solutions « en cours de référencement », read by nobody signed in."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidatures.catalogue.dispositifs import spec_of
from candidatures.enums import VoletKind
from candidatures.models import Candidature
from candidatures.operations.candidatures import withdraw_candidature
from candidatures.operations.volets import submit_volet
from comptes import clock
from comptes.enums import Role
from comptes.models import Compte, Editeur
from referencement.enums import Decision, Publication
from referencement.queries.publication import dates_1, public_page, published
from referencement.rules.publication import Wanted
from tests.factories import candidatures as make
from tests.factories.referencement import COLLEGE, an_attributed_solution, an_examen

ONE_MICROSECOND = timedelta(microseconds=1)
LATER = make.DATE_1 + timedelta(days=60)


@pytest.fixture
def mandataire(db: None) -> Compte:
    return make.a_person(make.an_editeur(raison_sociale="Élan Médico-Social"), Role.MANDATAIRE)


def a_candidature(by: Compte, nom: str = "Sirocco Résidence") -> Candidature:
    return make.a_candidature(make.a_produit(by.rattachements.get().editeur, by, nom), by)


def page_at(at: datetime, **asked: str) -> Any:
    with clock.travel(at):
        answer = Client().get(reverse("referencement:solutions"), asked)
    assert answer.status_code == 200
    return answer


def listed(at: datetime, **asked: str) -> list[str]:
    return [line.nom for line in page_at(at, **asked).context["lines"]]


@pytest.mark.parametrize(
    ("at", "names"),
    [
        (make.SUMMER, []),
        (make.DATE_1 - ONE_MICROSECOND, []),
        (make.DATE_1, ["Sirocco Résidence"]),
        (make.DATE_1 + ONE_MICROSECOND, ["Sirocco Résidence"]),
        (LATER, ["Sirocco Résidence"]),
    ],
)
def test_list_fills_at_date_1(mandataire: Compte, at: datetime, names: list[str]) -> None:
    make.a_dossier_handed_over(a_candidature(mandataire), mandataire)

    assert listed(at) == names


def test_list_before_date_1_says_when_it_opens(mandataire: Compte) -> None:
    a_candidature(mandataire)

    assert page_at(make.SUMMER).context["opens"] == [(spec_of(make.DUI), make.DATE_1)]
    assert page_at(make.DATE_1).context["opens"] == []


def test_list_without_a_demarche_is_empty(db: None) -> None:
    assert listed(LATER) == []
    assert "Aucune démarche n’est ouverte" in page_at(LATER).content.decode()


@pytest.mark.parametrize("kind", list(VoletKind))
def test_one_volet_is_not_enough(mandataire: Compte, kind: VoletKind) -> None:
    make.a_submitted_volet(a_candidature(mandataire), mandataire, kind=kind)

    assert listed(LATER) == []


def test_volet_handed_over_at_date_1_exactly_is_in_time(mandataire: Compte) -> None:
    make.a_dossier_handed_over(a_candidature(mandataire), mandataire, at=make.DATE_1)

    assert listed(make.DATE_1) == ["Sirocco Résidence"]


def test_volet_handed_over_again_after_date_1_is_still_in_time(mandataire: Compte) -> None:
    candidature = make.a_dossier_handed_over(a_candidature(mandataire), mandataire)
    volet = make.the_volet(candidature)
    make.a_demande(volet, make.a_person(), "solution_nom")
    assert listed(LATER) == ["Sirocco Résidence"]

    submit_volet(volet_id=volet.pk, by=mandataire, at=LATER)
    assert listed(LATER) == ["Sirocco Résidence"]


def test_withdrawn_candidature_leaves_the_list(mandataire: Compte) -> None:
    candidature = make.a_dossier_handed_over(a_candidature(mandataire), mandataire)
    withdraw_candidature(candidature_id=candidature.pk, by=mandataire, at=LATER)

    assert listed(LATER) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("residence", 1),
        ("RÉSIDENCE", 1),
        ("elan", 1),
        ("sirocco medico", 1),
        ("sirocco zéphyr", 0),
        ("%", 0),
        ("_", 0),
        ("\x00", 1),
        ("x" * 5000, 0),
    ],
)
def test_list_is_searched_without_accents(mandataire: Compte, text: str, count: int) -> None:
    make.a_dossier_handed_over(a_candidature(mandataire), mandataire)

    assert len(listed(LATER, q=text)) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("732 829 320", 1),
        ("732\u00a0829\u00a0320", 1),
        ("SIREN 732.829.320", 1),
        ("732 829 320 00074", 1),
        ("résidence 732829320", 1),
        ("732 829 321", 0),
        ("BE 0403.170.701", 0),
    ],
)
def test_list_is_searched_by_the_number_of_the_editeur(mandataire: Compte, text: str, count: int) -> None:
    candidature = a_candidature(mandataire)
    Editeur.objects.filter(pk=candidature.produit.editeur_id).update(identifier="732829320")
    make.a_dossier_handed_over(candidature, mandataire)

    assert len(listed(LATER, q=text)) == count
    assert len(listed(LATER, editeur=text)) == count


def test_list_is_in_the_order_of_names_without_accents(mandataire: Compte) -> None:
    for nom in ("zéphyr", "Éole", "alizé", "Foehn"):
        make.a_dossier_handed_over(a_candidature(mandataire, nom), mandataire)

    assert listed(LATER) == ["alizé", "Éole", "Foehn", "zéphyr"]


@pytest.mark.parametrize("number", ["1", "0", "-1", "99", "x", "\x00"])
def test_list_at_any_page_number_is_a_page(mandataire: Compte, number: str) -> None:
    make.a_dossier_handed_over(a_candidature(mandataire), mandataire)

    assert listed(LATER, page=number) == ["Sirocco Résidence"]


def test_list_says_nothing_of_the_dossier(mandataire: Compte) -> None:
    candidature = make.a_dossier_handed_over(a_candidature(mandataire), mandataire)
    text = page_at(LATER).content.decode()

    assert "Élan Médico-Social" in text
    assert not [word for word in (candidature.nru, "Marchand", "NIL-1", "EDC-1") if word in text]


TEXTS = [
    "residence",
    "sirocco elan",
    "l'été",
    "50%",
    "_",
    "\\",
    "732 829 320",
    "FR 732829320",
    "7328",
    "sirocco 7328",
    "'; --",
]


def test_search_that_is_written_once_finds_what_the_list_keeps(mandataire: Compte) -> None:
    other = make.a_person(make.an_editeur(raison_sociale="L’Été 50% \\ _"), Role.MANDATAIRE)
    for person, nom in ((mandataire, "Sirocco Résidence"), (mandataire, "Zéphyr"), (other, "Sirocco 7328")):
        make.a_dossier_handed_over(a_candidature(person, nom), person)
    for nom in ("Sirocco attribué", "Sirocco refusé", "Sirocco retiré"):
        make.a_dossier_handed_over(a_candidature(mandataire, nom), mandataire)
    attributed, refused, withdrawn = Candidature.objects.order_by("-pk")[:3][::-1]
    an_attributed_solution(attributed, mandataire)
    an_examen(refused, mandataire, Decision.NOT_ATTRIBUTED, reasons=["Un motif."])
    withdraw_candidature(candidature_id=withdrawn.pk, by=mandataire, at=LATER)
    number = Editeur.objects.order_by("pk")[0].identifier
    wanted = [
        Wanted(text=text, state=state, dispositif=dispositif)
        for text in (*TEXTS, number, f"{number[:3]} {number[3:6]} {number[6:]}", f"sirocco {number}")
        for state in ("", Publication.IN_PROGRESS, Publication.REFERENCED)
        for dispositif in ("", make.DUI, "essai-va2")
    ]
    for at in (COLLEGE, LATER, make.SUMMER):
        searched = [public_page(each, number=1, at=at, dates=dates_1()).page.keys for each in wanted]
        kept = [tuple(published(each, at=at).values_list("pk", flat=True)) for each in wanted]

        assert searched == kept
        shown = set().union(*searched)
        assert (attributed.pk in shown, refused.pk in shown, withdrawn.pk in shown) == (True, False, False)


def test_search_of_a_usual_word_reads_no_table_whole(mandataire: Compte) -> None:
    make.a_dossier_handed_over(a_candidature(mandataire), mandataire)
    with CaptureQueriesContext(connection) as queries:
        public_page(Wanted(text="sirocco"), number=1, at=LATER, dates=dates_1())
    [search] = [query["sql"] for query in queries if "LIKE" in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {search}")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    # The dérogations, which are few, are read first; what the collège decided is asked of each row.
    assert len(set(re.findall(r"hashed SubPlan (\d+)", plan))) <= 1, plan
