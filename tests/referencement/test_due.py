"""What an échéance still asks: of one candidature by the rule, of all of them by a query, and the two agree."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.populate.run import Wanted, populate
from candidatures.models import Candidature, Echeance
from candidatures.operations.candidatures import withdraw_candidature
from candidatures.rules.deadlines import Deadline
from comptes import clock
from guichets.enums import GateCode, Owner
from guichets.rules.gates import Gate, Reason
from preuves.enums import Avis
from preuves.operations.chapitres import take_back_chapitre
from preuves.operations.instruction import claim_chapitre, conclude_review, save_draft
from preuves.operations.reouvertures import contest_dispense
from preuves.queries.instruction import submitted_revisions
from referencement.operations.versions import present_new_version
from referencement.queries.echeances import due_candidatures, due_of
from referencement.rules.echeances import due
from referencement.rules.facts import ChapitreStanding, DossierFacts, VoletStanding
from segur_portal.demo.verbs import publish_the_catalogue
from tests.candidatures.conftest import Team, make_team
from tests.dates import ASKED, DATE_1, DATE_2, DATE_3
from tests.factories import candidatures as make
from tests.factories import guichets as desks
from tests.factories import preuves as prove
from tests.factories.conventions import approve, some_parties
from tests.factories.guichets import EtapeCNDA
from tests.factories.referencement import COLLEGE, an_attributed_solution

AT = datetime(2027, 9, 30, 9, 0, tzinfo=UTC)
CODES = (DATE_1, DATE_2, DATE_3)
DEADLINES = {
    code: Deadline(f"Date {number}", "Objet", AT + timedelta(days=number), "bientôt", exigences=ASKED[code])
    for number, code in enumerate(CODES, start=1)
}
READY = DossierFacts(
    is_open=True,
    charte_accepted=True,
    volets=(VoletStanding("eligibilite", "Formulaire d’éligibilité", "admitted", AT),),
    chapitres=(ChapitreStanding("INS", "Identité", "approved", was_submitted=True),),
    gates={code: Gate(code, (), "Zoom") for code in GateCode},
    convention=None,
    echeances=DEADLINES,
)


def asked(facts: DossierFacts) -> dict[str, list[str]]:
    return {code: [blocage.address for blocage in due(facts, code, at=AT)] for code in CODES}


def a_chapitre(standing: str, *, was_submitted: bool, is_complete: bool = False) -> DossierFacts:
    chapitre = ChapitreStanding("INS", "Identité", standing, was_submitted=was_submitted, is_complete=is_complete)
    return replace(READY, chapitres=(chapitre,))


def test_nothing_is_due_of_who_did_everything() -> None:
    assert asked(READY) == {DATE_1: [], DATE_2: [], DATE_3: []}


@pytest.mark.parametrize("state", ["submitted", "complement_requested", "admitted"])
def test_date_1_asks_for_a_first_submission_and_for_no_more(state: str) -> None:
    volet = replace(READY.volets[0], state=state)

    assert asked(replace(READY, volets=(volet,), charte_accepted=False))[DATE_1] == []


def test_date_1_asks_for_a_draft_and_for_the_charte_that_keeps_it() -> None:
    drafts = replace(READY, volets=(replace(READY.volets[0], state="draft"),))

    assert asked(drafts)[DATE_1] == ["volet:eligibilite"]
    assert asked(replace(drafts, charte_accepted=False))[DATE_1] == ["charte:", "volet:eligibilite"]


@pytest.mark.parametrize(
    ("standing", "was_submitted", "wanted"),
    [
        ("open", False, {DATE_2: ["chapitre:INS"], DATE_3: []}),
        ("submitted", True, {DATE_2: [], DATE_3: []}),
        ("under_review", True, {DATE_2: [], DATE_3: []}),
        ("returned", True, {DATE_2: [], DATE_3: ["chapitre:INS"]}),
        ("approved", True, {DATE_2: [], DATE_3: []}),
        ("acquis", False, {DATE_2: [], DATE_3: []}),
    ],
)
def test_date_2_asks_for_the_first_submission_date_3_for_the_answer(
    standing: str, was_submitted: bool, wanted: dict[str, list[str]]
) -> None:
    assert asked(a_chapitre(standing, was_submitted=was_submitted)) == {DATE_1: [], **wanted}


def test_what_the_ans_owes_is_not_due_of_anybody_else() -> None:
    late = Gate(GateCode.REPUTE_COMPLET, (Reason("Non.", Owner.EDITEUR), Reason("Non.", Owner.ANS)), "Zoom")
    facts = replace(READY, chapitres=None, gates={**READY.gates, GateCode.REPUTE_COMPLET: late})

    assert asked(facts)[DATE_2] == ["guichets:"]


def test_nothing_is_due_of_a_closed_candidature_nor_of_a_new_version() -> None:
    facts = a_chapitre("open", was_submitted=False)
    unbound = {code: replace(deadline, binds=False) for code, deadline in DEADLINES.items()}

    assert asked(replace(facts, is_open=False))[DATE_2] == []
    assert asked(replace(facts, echeances=unbound))[DATE_2] == []
    assert asked(replace(facts, echeances={}))[DATE_2] == []


@pytest.mark.parametrize("is_complete", [True, False])
def test_what_is_complete_and_not_submitted_says_so(is_complete: bool) -> None:
    volet = replace(READY.volets[0], state="draft", is_complete=is_complete)
    chapitre = a_chapitre("open", was_submitted=False, is_complete=is_complete)

    assert [blocage.is_complete for blocage in due(replace(READY, volets=(volet,)), DATE_1, at=AT)] == [is_complete]
    assert [blocage.is_complete for blocage in due(chapitre, DATE_2, at=AT)] == [is_complete]


# -- in the database -------------------------------------------------------------------------------------------------


def by_the_rule(code: str) -> set[int]:
    every = Candidature.objects.with_names().order_by("pk")
    return {item.pk for item in every if due_of(item, code, at=AT)}


def by_the_query(code: str) -> list[int]:
    return list(due_candidatures(Echeance.objects.get(dispositif=prove.DUI, code=code), at=AT))


def agree() -> dict[str, set[int]]:
    asked_for = {code: by_the_rule(code) for code in CODES}
    assert {code: by_the_query(code) for code in CODES} == {code: sorted(some) for code, some in asked_for.items()}
    return asked_for


def proven(team: Team, **eligible: Any) -> Candidature:
    return prove.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur, **eligible)


def returned(candidature: Candidature, team: Team, code: str = "MAT") -> None:
    chapitre = prove.a_submitted_chapitre(candidature, team.mandataire, code)
    by, at = team.instructeur, prove.AUTUMN + timedelta(days=1)
    claim_chapitre(chapitre_id=chapitre.pk, by=by, at=at)
    for numero, revision in submitted_revisions(chapitre).items():
        arguments = {"sha256": revision.sha256, "avis": Avis.TO_CORRECT, "reason": "Illisible."}
        save_draft(chapitre_id=chapitre.pk, numero=numero, by=by, at=at, **arguments)
    chapitre.refresh_from_db()
    conclude_review(chapitre_id=chapitre.pk, seen_version=chapitre.version, by=by, at=at)


def with_homologations(candidature: Candidature, by: Any) -> None:
    for teleservice in ("INSI", "DMP"):
        desks.moved_to(desks.a_demande(candidature, by, desks.cnda(teleservice)), EtapeCNDA.PRE_EXAMEN)


@pytest.mark.django_db
def test_rule_and_query_agree_without_a_rem() -> None:
    team, other = make_team(), make_team()
    make.a_dossier_handed_over(other.candidature, other.mandataire)

    assert agree() == {
        DATE_1: {team.candidature.pk},
        DATE_2: {team.candidature.pk, other.candidature.pk},
        DATE_3: set(),
    }
    with_homologations(other.candidature, other.mandataire)
    assert agree()[DATE_2] == {team.candidature.pk}


@pytest.mark.django_db
def test_rule_and_query_agree_along_a_parcours() -> None:
    prove.a_rem()
    team = make_team()
    assert agree()[DATE_1] == {team.candidature.pk}
    candidature = proven(team)
    assert agree() == {DATE_1: set(), DATE_2: {candidature.pk}, DATE_3: set()}
    with_homologations(candidature, team.mandataire)
    returned(candidature, team)
    assert agree() == {DATE_1: set(), DATE_2: {candidature.pk}, DATE_3: {candidature.pk}}
    approve(candidature, team, "INS")
    assert agree() == {DATE_1: set(), DATE_2: set(), DATE_3: {candidature.pk}}
    withdraw_candidature(candidature_id=candidature.pk, by=team.mandataire, at=AT)
    assert agree() == {DATE_1: set(), DATE_2: set(), DATE_3: set()}


@pytest.mark.django_db
def test_rule_and_query_agree_when_a_chapitre_is_taken_back() -> None:
    prove.a_rem()
    team = make_team()
    candidature = proven(team)
    with_homologations(candidature, team.mandataire)
    for code in ("MAT", "INS"):
        prove.a_submitted_chapitre(candidature, team.mandataire, code)
    assert agree()[DATE_2] == set()
    take_back_chapitre(candidature_id=candidature.pk, code="MAT", by=team.mandataire, at=prove.AUTUMN)
    assert agree()[DATE_2] == {candidature.pk}


@pytest.mark.django_db
def test_rule_and_query_agree_when_a_profil_makes_an_approved_chapitre_lack_a_preuve() -> None:
    prove.a_rem()
    team = make_team()
    candidature = proven(team, profils=["PA"], confirm=True)
    for code in ("MAT", "INS"):
        approve(candidature, team, code)
    contest_dispense(
        candidature_id=candidature.pk, numero="INS/va1.02.01.01", reason="Autre solution.", by=team.instructeur, at=AT
    )
    assert agree()[DATE_3] == {candidature.pk}


@pytest.mark.django_db
def test_rule_and_query_agree_on_a_new_version() -> None:
    parties = some_parties()
    an_attributed_solution(parties.candidature, parties.signatory)
    arguments = {"candidature_id": parties.candidature.pk, "by": parties.signatory, "at": COLLEGE + timedelta(days=1)}
    present_new_version(**arguments)

    assert agree()[DATE_1] == set()


@pytest.mark.long(
    "tests/referencement/test_due.py::test_rule_and_query_agree_along_a_parcours",
    "tests/referencement/test_due.py::test_what_is_proven_by_the_database_is_not_looked_at_one_by_one",
)
@pytest.mark.django_db
def test_rule_and_query_agree_on_many_and_the_query_looks_at_few() -> None:
    publish_the_catalogue(at=make.OPENING)
    with clock.travel(prove.AUTUMN):
        populate(Wanted(40, histoires=("complete", "withdrawn", "proving")))
    agreed = agree()

    assert {code: 0 < len(agreed[code]) < 40 for code in (DATE_1, DATE_3)} == {DATE_1: True, DATE_3: True}


@pytest.mark.django_db
def test_what_is_proven_by_the_database_is_not_looked_at_one_by_one() -> None:
    publish_the_catalogue(at=make.OPENING)
    with clock.travel(prove.AUTUMN):
        populate(Wanted(40, preuves=False))
    by_the_query(DATE_2)
    for code, most in ((DATE_1, 4), (DATE_2, 8), (DATE_3, 8)):
        with CaptureQueriesContext(
            connection,
        ) as asked_of_it:
            by_the_query(code)
        assert len(asked_of_it) <= most
