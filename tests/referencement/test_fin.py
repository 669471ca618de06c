"""Whether a candidature is over, and how: the rule, then the same read of one and of many."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from candidatures.enums import CandidatureState
from candidatures.models import Candidature, Echeance
from candidatures.operations.candidatures import withdraw_candidature
from referencement.enums import BlocageCode, Decision, FinKind, Retour, Seuil
from referencement.queries.blocages import DossierComplet, dossier_complet
from referencement.queries.echeances import due_among
from referencement.queries.fins import fins_of
from referencement.rules.blocages import blocages
from referencement.rules.echeances import due
from referencement.rules.fin import Fin, FinFacts, fin_of
from tests.factories import candidatures as make
from tests.factories.conventions import Parties
from tests.factories.referencement import (
    COLLEGE,
    a_granted_reexamen,
    a_listed_examen,
    an_attributed_solution,
    an_examen,
)

AT = datetime(2027, 10, 20, 8, 0, tzinfo=UTC)
LATER = COLLEGE + timedelta(days=30)
OPEN = CandidatureState.OPEN
COLLEGIUM = "le collège technique"
FLOORS = ("segur_portal", "referencement", "guichets", "preuves", "candidatures", "comptes")


@pytest.mark.parametrize(
    ("facts", "fin"),
    [
        (FinFacts(OPEN), None),
        (FinFacts("withdrawn", AT, "Karim"), Fin(FinKind.WITHDRAWN, AT, "Karim")),
        (FinFacts("foreclosed", AT, "Odile"), Fin(FinKind.FORECLOSED, AT, "Odile")),
        (FinFacts(OPEN, refused_at=AT), Fin(FinKind.NOT_ATTRIBUTED, AT, COLLEGIUM)),
        (FinFacts(OPEN, attributed_at=AT), Fin(FinKind.REFERENCED, AT, COLLEGIUM)),
        (FinFacts("withdrawn", LATER, "Karim", attributed_at=AT), Fin(FinKind.REFERENCED, AT, COLLEGIUM)),
        (FinFacts("foreclosed", LATER, "Odile", refused_at=AT), Fin(FinKind.FORECLOSED, LATER, "Odile")),
    ],
)
def test_fin_of(facts: FinFacts, fin: Fin | None) -> None:
    assert fin_of(facts) == fin


@pytest.mark.parametrize(
    ("kind", "is_over", "retour"),
    [
        (FinKind.NOT_ATTRIBUTED, True, Retour.EXAMEN),
        (FinKind.FORECLOSED, True, Retour.DEROGATION),
        (FinKind.WITHDRAWN, True, Retour.NEVER),
        (FinKind.REFERENCED, False, Retour.NEVER),
    ],
)
def test_every_end_says_how_it_may_reopen(kind: FinKind, is_over: bool, retour: Retour) -> None:
    fin = Fin(kind, AT, COLLEGIUM)

    assert (fin.is_over, fin.retour) == (is_over, retour)


def ended(parties: Parties, kind: FinKind) -> Fin:
    """Bring the candidature to that end, and say what must be read of it."""
    candidature, by = parties.candidature, parties.signatory
    match kind:
        case FinKind.NOT_ATTRIBUTED:
            an_examen(candidature, by, Decision.NOT_ATTRIBUTED, reasons=["Une preuve ne convainc pas."])
            return Fin(kind, COLLEGE, COLLEGIUM)
        case FinKind.REFERENCED:
            an_attributed_solution(candidature, by)
            return Fin(kind, COLLEGE, COLLEGIUM)
        case FinKind.WITHDRAWN:
            withdraw_candidature(candidature_id=candidature.pk, by=by, at=AT)
            return Fin(kind, AT, by.full_name)
        case FinKind.FORECLOSED:
            named = Candidature.objects.get(pk=candidature.pk)
            named.foreclose(by=parties.responsable, at=AT, echeance="date-2", reason="Rien n’est venu.")
            named.save()
            return Fin(kind, AT, "Odile Roy")


def read(candidature: Candidature, at: datetime = LATER) -> DossierComplet:
    named = Candidature.objects.with_names().get(pk=candidature.pk)
    return dossier_complet(named, at=at, with_history=False)


@pytest.mark.parametrize("kind", FinKind)
def test_one_and_many_read_the_same_end(parties: Parties, kind: FinKind, django_assert_num_queries: Any) -> None:
    other = make.a_candidature(make.a_produit(parties.team.editeur, parties.signatory, "Alizé"), parties.signatory)
    fin = ended(parties, kind)

    assert read(parties.candidature).facts.fin == fin
    with django_assert_num_queries(1):
        assert fins_of([parties.candidature.pk, other.pk]) == {parties.candidature.pk: fin}


@pytest.mark.parametrize("kind", [kind for kind in FinKind if kind is not FinKind.REFERENCED])
def test_what_is_over_owes_and_is_owed_nothing(parties: Parties, kind: FinKind) -> None:
    ended(parties, kind)
    facts = read(parties.candidature).facts

    assert facts.is_open is False
    for code in ("date-1", "date-2", "date-3"):
        assert due(facts, code, at=LATER) == ()
        echeance = Echeance.objects.get(code=code)
        assert due_among(echeance, [parties.candidature.pk], at=LATER) == set()
    assert blocages(facts, seuil=Seuil.COLLEGE, at=LATER)[0].code == BlocageCode.CLOSED


def test_later_examen_makes_a_refused_candidature_go_on(parties: Parties) -> None:
    ended(parties, FinKind.NOT_ATTRIBUTED)
    a_granted_reexamen(parties.candidature.examens.get())
    assert fins_of([parties.candidature.pk]) == {}
    a_listed_examen(parties.candidature, LATER, is_open=False)

    assert read(parties.candidature).facts.fin is None
    assert fins_of([parties.candidature.pk]) == {}


def test_refused_then_attributed_is_referenced(parties: Parties) -> None:
    ended(parties, FinKind.NOT_ATTRIBUTED)
    a_granted_reexamen(parties.candidature.examens.get())
    an_attributed_solution(parties.candidature, parties.signatory, at=LATER)

    assert fins_of([parties.candidature.pk]) == {parties.candidature.pk: Fin(FinKind.REFERENCED, LATER, COLLEGIUM)}


def test_no_door_forecloses_without_issuing_the_decision() -> None:
    """What forecloses is named by one operation alone, which issues the décision in the same transaction."""
    floors = [Path(settings.BASE_DIR) / floor for floor in FLOORS]
    named = [file for floor in floors for file in floor.rglob("*.py") if "foreclose_candidature" in file.read_text()]
    assert sorted(str(file.relative_to(settings.BASE_DIR)) for file in named) == [
        "candidatures/operations/derogations.py",
        "referencement/operations/forclusions.py",
    ]
