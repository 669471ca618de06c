"""The coordinated path: its steps, their order, the time that is left, and its agreement with the blocages."""

import itertools
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candidatures.rules.deadlines import Deadline
from guichets.catalogue.guichets import spec_of_guichet
from guichets.enums import GateCode, Owner
from guichets.rules.gates import DemandeFacts, Gate, GateFacts, gates
from referencement.enums import ConventionState, Seuil
from referencement.rules.blocages import blocages
from referencement.rules.etapes import COLLEGE, GrapheFacts
from referencement.rules.facts import ChapitreStanding, ConventionFacts, DossierFacts, VoletStanding
from referencement.rules.graphe import Etat, Graphe, graphe
from tests.dates import ASKED
from tests.lengths import examples

AT = datetime(2027, 3, 8, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
CNDA, EDC = spec_of_guichet("cnda"), spec_of_guichet("edc_psc")
DUREES: Mapping[str, timedelta] = {
    "charte": 3 * DAY,
    "volet": 15 * DAY,
    "examen-volet": 10 * DAY,
    "chapitre": 20 * DAY,
    "examen-chapitre": 20 * DAY,
    "etape-editeur": 15 * DAY,
    "etape-guichet": 30 * DAY,
    "convention": 15 * DAY,
    "signature": 10 * DAY,
    "college": 30 * DAY,
}
ECHEANCES = {
    code: Deadline(nom, "", at, "", exigences=ASKED[code])
    for code, nom, at in (
        ("date-1", "Date 1", datetime(2026, 10, 1, 10, 0, tzinfo=UTC)),
        ("date-2", "Date 2", datetime(2027, 10, 1, 10, 0, tzinfo=UTC)),
        ("date-3", "Date 3", datetime(2028, 3, 15, 11, 0, tzinfo=UTC)),
    )
}
VOLETS = ("draft", "submitted", "complement_requested", "admitted")
CHAPITRES = ("open", "submitted", "under_review", "returned", "approved", "acquis")


def some_facts(**changes: Any) -> GrapheFacts:
    """A candidature whose volets are admitted, with one chapitre to submit and one demande at the CNDA."""
    given: dict[str, Any] = {
        "charte": True,
        "volets": ("admitted", "admitted"),
        "chapitres": {"MAT": "approved", "INS": "open"},
        "demandes": {"insi": a_demande()},
        "convention": None,
        "attributed_at": None,
        "seance_at": None,
    } | changes
    kinds = ("administratif", "eligibilite")
    volets = tuple(
        VoletStanding(kind, kind, state, None if state == "draft" else AT - 30 * DAY)
        for kind, state in zip(kinds, given["volets"], strict=True)
    )
    chapitres = tuple(
        ChapitreStanding(code, code, state, state not in ("open", "acquis"), None if state == "open" else AT - 9 * DAY)
        for code, state in given["chapitres"].items()
    )
    demandes: dict[str, DemandeFacts] = given["demandes"]
    dossier = DossierFacts(
        is_open=True,
        charte_accepted=given["charte"],
        volets=volets,
        chapitres=chapitres,
        gates=the_gates(given["chapitres"], demandes),
        convention=given["convention"],
        echeances=ECHEANCES,
    )
    return GrapheFacts(dossier, demandes, "MAT", given["attributed_at"], seance_at=given["seance_at"])


def the_gates(chapitres: Mapping[str, str], demandes: Mapping[str, DemandeFacts]) -> dict[GateCode, Gate]:
    facts = GateFacts(chapitres.get("MAT", ""), profils_known=True, demandes=tuple(demandes.values()))
    return {gate.code: gate for gate in gates(facts)}


def a_demande(etape: str = "", **changes: Any) -> DemandeFacts:
    guichet = changes.pop("guichet", CNDA)
    known = {"recorded": bool(etape), "confirmed_at": AT if etape else None, "since": AT - 5 * DAY if etape else None}
    return DemandeFacts(f"Demande {guichet.code}", guichet, etape or guichet.initial.code, **(known | changes))


def drawn(facts: GrapheFacts, durees: Mapping[str, timedelta] = DUREES, **options: Any) -> Graphe:
    return graphe(facts, durees, at=AT, **options)


@st.composite
def any_facts(draw: st.DrawFn) -> GrapheFacts:
    codes = draw(st.lists(st.sampled_from(["MAT", "INS", "DMP", "PSC"]), unique=True))
    etapes = [st.sampled_from(["", *(etape.code for etape in desk.etapes)]) for desk in (EDC, CNDA)]
    demandes = {
        f"{desk.code}-{number}": a_demande(draw(etape), guichet=desk)
        for desk, etape in zip((EDC, CNDA), etapes, strict=True)
        for number in range(draw(st.integers(0, 2)))
    }
    signed = ConventionFacts(ConventionState.SIGNED_BY_EDITEUR, True, AT)
    sent = ConventionFacts(ConventionState.SENT, True, AT)
    return some_facts(
        charte=draw(st.booleans()),
        volets=tuple(draw(st.sampled_from(VOLETS)) for _ in range(2)),
        chapitres={code: draw(st.sampled_from(CHAPITRES)) for code in codes},
        demandes=demandes,
        convention=draw(st.sampled_from([None, sent, signed])),
        seance_at=draw(st.none() | st.integers(-2, 200).map(lambda days: AT + days * DAY)),
    )


@given(any_facts(), st.data())
@examples(40)
def test_nothing_is_done_after_what_waited_for_it(facts: GrapheFacts, data: st.DataObject) -> None:
    stages = [(key, etape.code) for key, demande in facts.demandes.items() for etape in demande.guichet.etapes]
    known = data.draw(st.sets(st.sampled_from(stages))) if stages else set()
    days = st.integers(1, 300)
    reached = {stage: AT - data.draw(days) * DAY for stage in sorted(known)}
    planned = drawn(replace(facts, reached=reached)).planned

    for after in planned.values():
        for before in (planned[key] for key in after.step.after):
            is_dated = before.step.done_at is not None or after.step.done_at is None
            if before.etat is after.etat is Etat.DONE and not is_dated:
                assert before.ends_at <= after.ends_at, (before, after)


# -- the steps -------------------------------------------------------------------------------------------------------


def test_steps_of_each_side_and_what_they_wait_for() -> None:
    steps = drawn(some_facts()).planned

    assert [(key, planned.step.owner.value, planned.etat.value) for key, planned in steps.items()] == [
        ("charte", "editeur", "done"),
        ("volet:administratif", "editeur", "done"),
        ("volet:administratif:ans", "ans", "done"),
        ("volet:eligibilite", "editeur", "done"),
        ("volet:eligibilite:ans", "ans", "done"),
        ("chapitre:MAT", "editeur", "done"),
        ("chapitre:MAT:ans", "ans", "done"),
        ("chapitre:INS", "editeur", "current"),
        ("chapitre:INS:ans", "ans", "todo"),
        ("demande:insi:initialisation", "editeur", "current"),
        ("demande:insi:pre_examen", "editeur", "todo"),
        ("demande:insi:examen", "cnda", "todo"),
        ("demande:insi:finalisation", "cnda", "todo"),
        ("demande:insi:granted", "cnda", "todo"),
        ("convention:ans", "ans", "todo"),
        ("convention", "editeur", "todo"),
        (COLLEGE, "ans", "todo"),
    ]
    assert steps["demande:insi:pre_examen"].step.after == ("demande:insi:initialisation", "chapitre:MAT:ans")


def test_homologation_waits_for_every_habilitation() -> None:
    demandes = {"proxy": a_demande(guichet=EDC), "user": a_demande("granted", guichet=EDC), "insi": a_demande()}
    steps = drawn(some_facts(demandes=demandes)).planned

    assert set(steps["demande:insi:granted"].step.after) == {
        "demande:insi:finalisation",
        "demande:proxy:granted",
        "demande:user:granted",
    }
    assert set(steps[COLLEGE].step.after) == {"convention", *(f"demande:{key}:granted" for key in demandes)}


def test_solution_without_other_desk_waits_for_none() -> None:
    graph = drawn(some_facts(demandes={}))

    assert graph.planned[COLLEGE].step.after == ("convention",)
    assert {planned.step.lane for planned in graph.planned.values()} == {"segur"}


@pytest.mark.parametrize(
    ("etape", "done"),
    [
        ("", []),
        ("initialisation", ["initialisation"]),
        ("examen", ["initialisation", "pre_examen", "examen"]),
        ("granted", ["initialisation", "pre_examen", "examen", "finalisation", "granted"]),
        ("refused", []),
    ],
)
def test_stages_behind_a_demande_are_done(etape: str, done: list[str]) -> None:
    planned = drawn(some_facts(demandes={"insi": a_demande(etape)})).planned.items()

    there = [key for key, step in planned if step.etat is Etat.DONE and key.startswith("demande:")]
    assert there == [f"demande:insi:{code}" for code in done]


# -- time ------------------------------------------------------------------------------------------------------------


def test_slack_is_what_is_left_before_the_echeance_that_binds() -> None:
    graph = drawn(some_facts())
    ins = graph.planned["chapitre:INS"]

    assert (ins.ends_at, ins.latest_at) == (AT + 20 * DAY, ECHEANCES["date-2"].at)
    assert ins.slack == ECHEANCES["date-2"].at - ins.ends_at
    assert ins.latest_start == AT + ins.slack
    assert graph.planned["chapitre:INS:ans"].slack is None  # what the ANS does makes nobody late
    first = graph.planned["demande:insi:initialisation"]
    assert first.slack == ECHEANCES["date-2"].at - (AT + 30 * DAY)  # and the pré-examen after it


def test_nothing_is_forecast_once_an_echeance_is_missed() -> None:
    graph = drawn(some_facts(volets=("admitted", "draft")))

    assert graph.is_missed(graph.planned["volet:eligibilite"])
    assert not graph.is_missed(graph.planned["chapitre:INS"])
    assert graph.forecast is None
    assert graph.critical == ()


def test_what_is_complete_waits_for_a_click_alone() -> None:
    facts = some_facts(demandes={})
    chapitres = tuple(replace(each, is_complete=each.code == "INS") for each in facts.dossier.chapitres or ())
    complete = replace(facts, dossier=replace(facts.dossier, chapitres=chapitres))

    assert drawn(complete).planned["chapitre:INS"].ends_at == AT + timedelta(minutes=10)


def test_next_acts_are_those_of_one_side_the_most_pressing_first() -> None:
    acts = drawn(some_facts()).next_acts(Owner.EDITEUR)

    assert [planned.step.key for planned in acts] == ["demande:insi:initialisation", "chapitre:INS"]
    assert drawn(some_facts()).next_acts(Owner.ANS) == ()


def test_forecast_is_when_the_college_can_meet_and_has_an_interval() -> None:
    facts = some_facts()
    soon, likely, late = (drawn(facts, times=times).forecast for times in (0.5, 1, 2))

    assert likely == AT + (15 + 15 + 30 + 30 + 30 + 30) * DAY  # the demande is longer than the chapitre
    assert soon
    assert late
    assert soon < likely < late
    assert drawn(some_facts(attributed_at=AT)).forecast is None


def test_step_that_lasts_longer_than_expected_still_lasts_a_part_of_it() -> None:
    facts = some_facts(chapitres={"INS": "submitted"}, demandes={})
    planned = drawn(facts, {**DUREES, "examen-chapitre": 4 * DAY}).planned["chapitre:INS:ans"]

    assert planned.ends_at == AT + DAY


def test_nothing_but_its_seance_decides_when_the_college_meets() -> None:
    """Whatever is still missing, and even when an échéance was missed."""
    seance_at = AT + timedelta(hours=4)
    for volets in (("admitted", "admitted"), ("admitted", "draft")):
        graph = drawn(some_facts(volets=volets, seance_at=seance_at))
        college = graph.planned[COLLEGE]

        assert (graph.forecast, graph.seance_at) == (seance_at, seance_at)
        assert (college.etat, college.starts_at <= college.ends_at) == (Etat.CURRENT, True)
        assert graph.critical == (college,)


def test_seance_that_was_to_be_held_is_expected_today() -> None:
    graph = drawn(some_facts(seance_at=AT - DAY))

    assert graph.forecast == AT


def test_seance_decides_nothing_once_it_was_attributed() -> None:
    graph = drawn(some_facts(seance_at=AT - DAY, attributed_at=AT))

    assert (graph.forecast, graph.seance_at) == (None, None)


def test_convention_that_was_sent_is_not_signed_while_a_chapitre_is_read_again() -> None:
    sent = ConventionFacts(ConventionState.SENT, True, AT)
    etats = {
        state: drawn(some_facts(chapitres={"MAT": state}, demandes={}, convention=sent)).planned["convention"].etat
        for state in ("submitted", "returned", "approved")
    }

    assert etats == {"submitted": Etat.TODO, "returned": Etat.TODO, "approved": Etat.CURRENT}


def all_but_the_end(**changes: Any) -> GrapheFacts:
    chapitres = {"MAT": "approved", "INS": "approved"}
    return some_facts(chapitres=chapitres, demandes={"insi": a_demande("granted")}, **changes)


@pytest.mark.parametrize(("days", "left"), [(0, 15), (6, 9), (200, 3.75)])
def test_ans_that_has_a_convention_to_prepare_is_expected_sooner_each_day(days: int, left: float) -> None:
    facts = all_but_the_end()
    planned = graphe(facts, DUREES, at=AT - 9 * DAY + days * DAY).planned["convention:ans"]  # approved nine days ago

    assert planned.ends_at - planned.starts_at == left * DAY
    assert planned.began_at == AT - 9 * DAY


@pytest.mark.parametrize(("days", "left"), [(0, 30), (12, 18), (200, 7.5)])
def test_college_that_can_meet_is_expected_sooner_each_day(days: int, left: float) -> None:
    signed = ConventionFacts(ConventionState.SIGNED_BY_EDITEUR, True, AT)
    planned = graphe(all_but_the_end(convention=signed), DUREES, at=AT + days * DAY).planned[COLLEGE]

    assert planned.ends_at - planned.starts_at == left * DAY


# -- properties ------------------------------------------------------------------------------------------------------


@given(any_facts())
@examples(60)
def test_each_step_follows_those_that_it_waits_for(facts: GrapheFacts) -> None:
    seen: set[str] = set()
    for key, planned in drawn(facts).planned.items():
        assert set(planned.step.after) <= seen, key  # no cycle, and no edge to what does not concern the solution
        seen.add(key)


@given(any_facts())
@examples(60)
def test_steps_and_blocages_never_disagree(facts: GrapheFacts) -> None:
    """Whoever is waited for at an address has a step there that is not done; without a blocage, all there is done."""
    missing = blocages(facts.dossier, seuil=Seuil.COLLEGE, at=AT)
    planned = drawn(facts).planned.values()
    undone = {(each.step.address, each.step.owner) for each in planned if each.etat is not Etat.DONE}

    assert {(blocage.address, blocage.owner) for blocage in missing} <= undone
    assert {address for address, _ in undone} - {"college:"} == {blocage.address for blocage in missing}


@given(any_facts(), st.sampled_from(sorted(DUREES)), st.integers(1, 200))
@examples(60)
def test_slack_never_grows_when_a_duration_grows(facts: GrapheFacts, kind: str, days: int) -> None:
    before = drawn(facts).planned
    after = drawn(facts, {**DUREES, kind: DUREES[kind] + days * DAY}).planned

    for key, planned in before.items():
        grown = after[key].slack
        assert (planned.slack is None) is (grown is None)
        assert planned.slack is None or (grown is not None and grown <= planned.slack)


@given(any_facts(), st.integers(-2, 400), st.floats(0.1, 10))
@examples(60)
def test_forecast_is_the_day_of_the_seance_once_it_is_fixed(facts: GrapheFacts, days: int, times: float) -> None:
    """Whatever is missing, and however long it lasts."""
    seance_at = AT + days * DAY
    graph = drawn(replace(facts, seance_at=seance_at), times=times)
    without = drawn(replace(facts, seance_at=None), times=times)

    assert graph.forecast == max(seance_at, AT)
    assert all(planned == without.planned[key] for key, planned in graph.planned.items() if key != COLLEGE)


@given(any_facts())
@examples(60)
def test_critical_path_is_a_path_to_the_college(facts: GrapheFacts) -> None:
    graph = drawn(facts)
    path = graph.critical
    if graph.forecast is None:
        assert path == ()
        return
    if facts.seance_at is not None:
        assert path == (graph.planned[COLLEGE],)
        return

    assert path[-1].step.key == COLLEGE
    assert path[0].etat is Etat.CURRENT
    assert all(before.step.key in after.step.after for before, after in itertools.pairwise(path))
    assert all(before.ends_at == after.starts_at for before, after in itertools.pairwise(path))


def test_same_facts_draw_the_same_graph() -> None:
    facts = some_facts()
    assert drawn(facts) == drawn(replace(facts))
