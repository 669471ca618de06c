"""Where a candidature stands and whose turn it is, without a database."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from candidatures.enums import VoletState
from referencement.rules.parcours import OverviewFacts, PreuvesSituation, VoletSituation, steps_of

JULY = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)


def volet(kind: str, state: str = VoletState.DRAFT, done: int = 0) -> VoletSituation:
    return VoletSituation(kind, kind.capitalize(), state, done, 10, None if state == VoletState.DRAFT else JULY)


def situation(first: VoletSituation, second: VoletSituation, *, charte: bool = True) -> OverviewFacts:
    return OverviewFacts(is_open=True, charte_accepted_at=JULY if charte else None, volets=(first, second))


DRAFT = volet("administratif")
COMPLETE = volet("administratif", done=10)
SUBMITTED = volet("administratif", VoletState.SUBMITTED, done=10)
COMPLEMENT = volet("administratif", VoletState.COMPLEMENT_REQUESTED, done=10)
ADMITTED = volet("administratif", VoletState.ADMITTED, done=10)
OTHER = volet("eligibilite", VoletState.ADMITTED, done=10)


@pytest.mark.parametrize(
    ("volet", "state", "hint", "urgent"),
    [
        (DRAFT, "current", "0 réponse sur 10", False),
        (replace(DRAFT, done=1), "current", "1 réponse sur 10", False),
        (replace(DRAFT, done=9), "current", "9 réponses sur 10", False),
        (COMPLETE, "current", "Complet – à soumettre", True),
        (SUBMITTED, "current", "Soumis\u00a0: l’ANS l’examine", False),
        (COMPLEMENT, "current", "L’ANS attend un complément", False),
        (ADMITTED, "done", "Recevable", False),
    ],
)
def test_step_of_a_volet(volet: VoletSituation, state: str, hint: str, urgent: bool) -> None:
    step = steps_of(situation(volet, OTHER))[1]

    assert (step.state, step.hint, step.is_urgent, step.is_late) == (state, hint, urgent, False)
    assert step.at == volet.moved_at


@pytest.mark.parametrize(
    ("volet", "late", "urgent"),
    [
        (DRAFT, True, False),
        (COMPLETE, True, False),
        (SUBMITTED, False, False),
        (COMPLEMENT, False, False),
        (ADMITTED, False, False),
    ],
)
def test_step_after_date_1_is_late_when_it_was_never_handed_over(
    volet: VoletSituation, late: bool, urgent: bool
) -> None:
    step = steps_of(situation(replace(volet, missed="Date 1"), OTHER))[1]

    assert (step.is_late, step.is_urgent) == (late, urgent)


@pytest.mark.parametrize("volet", [DRAFT, COMPLETE, SUBMITTED, COMPLEMENT, ADMITTED])
@pytest.mark.parametrize("missed", ["", "Date 1"])
def test_withdrawn_candidature_is_neither_urgent_nor_late(volet: VoletSituation, missed: str) -> None:
    steps = steps_of(replace(situation(replace(volet, missed=missed), OTHER), is_open=False))

    assert [(step.is_urgent, step.is_late) for step in steps] == [(False, False)] * 3


def test_charte_comes_before_the_volets() -> None:
    steps = steps_of(situation(DRAFT, volet("eligibilite"), charte=False))

    assert [(step.key, step.state) for step in steps] == [
        ("charte", "current"),
        ("administratif", "todo"),
        ("eligibilite", "todo"),
    ]


def test_charte_to_accept_again_leaves_nothing_urgent() -> None:
    steps = steps_of(situation(COMPLETE, OTHER, charte=False))

    assert [step.is_urgent for step in steps] == [False, False, False]


PROVING = PreuvesSituation(is_deposit_open=True, total=14, settled=3, with_ans=2, returned=0, complete=0)


@pytest.mark.parametrize(
    ("preuves", "state", "hint", "urgent", "late"),
    [
        (replace(PROVING, is_deposit_open=False), "todo", "Après la soumission du formulaire d’éligibilité", 0, 0),
        (PROVING, "current", "3 chapitres validés sur 14", 0, 0),
        (replace(PROVING, settled=1), "current", "1 chapitre validé sur 14", 0, 0),
        (replace(PROVING, complete=2), "current", "2 complets – à soumettre\u00a0; 3 chapitres validés sur 14", 1, 0),
        (replace(PROVING, complete=1), "current", "1 complet – à soumettre\u00a0; 3 chapitres validés sur 14", 1, 0),
        (replace(PROVING, returned=2), "current", "2 à corriger, 3 chapitres validés sur 14", 0, 0),
        (replace(PROVING, with_ans=11), "current", "L’ANS examine, 3 chapitres validés sur 14", 0, 0),
        (replace(PROVING, settled=14, with_ans=0), "done", "Tous les chapitres sont validés", 0, 0),
        (replace(PROVING, missed="Date 2"), "current", "3 chapitres validés sur 14", 0, 1),
    ],
)
def test_step_of_the_preuves(preuves: PreuvesSituation, state: str, hint: str, urgent: int, late: int) -> None:
    step = steps_of(replace(situation(ADMITTED, OTHER), preuves=preuves))[-1]

    assert (step.key, step.state, step.hint) == ("preuves", state, hint)
    assert (step.is_urgent, step.is_late) == (bool(urgent), bool(late))
