"""Who holds a chapitre, what is asked this round, and what its reading still lacks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from candidatures.rules.reservations import Claim
from preuves.enums import Avis, ChapitreState, PreuveState
from preuves.rules.instruction import (
    DraftVerdict,
    ReviewFacts,
    goes_back,
    obstacles_to_conclude,
    why_not_contested,
    why_not_read,
)

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
READ, OTHER = "a" * 64, "b" * 64

FACTS = ReviewFacts(
    state=ChapitreState.UNDER_REVIEW,
    candidature_open=True,
    claim=Claim(compte_id=7, ends_at=AT),
    submitted={"P.1": READ, "P.2": READ},
    states={"P.1": PreuveState.DEPOSITED, "P.2": PreuveState.DEPOSITED},
    drafts={},
)


def with_drafts(**drafts: DraftVerdict) -> ReviewFacts:
    return replace(FACTS, drafts={name.replace("_", "."): draft for name, draft in drafts.items()})


@pytest.mark.parametrize(("shift", "expected"), [(-SECOND, True), (0 * SECOND, False), (SECOND, False)])
def test_claim_holds_until_its_end(shift: timedelta, expected: bool) -> None:
    assert Claim(7, AT).holds(AT + shift) is expected


def test_claim_that_ended_is_still_its_holders_to_write_on() -> None:
    """Nobody took it over: what he writes takes nothing from anybody."""
    assert why_not_read(FACTS, by=7) == ""


@pytest.mark.parametrize(
    ("facts", "by", "sentence"),
    [
        (FACTS, 8, "Un autre instructeur"),
        (replace(FACTS, candidature_open=False), 7, "n’est plus ouverte"),
        (replace(FACTS, state=ChapitreState.RETURNED, claim=None), 7, "n’est pas en cours d’examen"),
        (replace(FACTS, claim=None), 7, "n’est pas en cours d’examen"),
    ],
)
def test_reading_is_refused_in_words(facts: ReviewFacts, by: int, sentence: str) -> None:
    assert sentence in why_not_read(facts, by=by)


def test_accepted_preuve_is_not_asked_again() -> None:
    facts = replace(FACTS, states={"P.1": PreuveState.ACCEPTED, "P.2": PreuveState.DEPOSITED})

    assert facts.asked == ("P.2",)


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (DraftVerdict(READ, "", ""), "no_avis"),
        (DraftVerdict(READ, "", "Un motif."), "no_avis"),
        (DraftVerdict(OTHER, Avis.ACCEPTED, ""), "other_revision"),
        (DraftVerdict(READ, Avis.TO_CORRECT, " "), "no_reason"),
    ],
)
def test_conclusion_lacks(draft: DraftVerdict, code: str) -> None:
    obstacles = obstacles_to_conclude(with_drafts(P_1=DraftVerdict(READ, Avis.ACCEPTED, ""), P_2=draft))

    assert [(obstacle.code, obstacle.champ) for obstacle in obstacles] == [(code, "P.2")]


def test_conclusion_lacks_nothing() -> None:
    facts = with_drafts(P_1=DraftVerdict(READ, Avis.ACCEPTED, ""), P_2=DraftVerdict(READ, Avis.TO_CORRECT, "Un motif."))

    assert obstacles_to_conclude(facts) == ()
    assert (facts.accepted, facts.to_correct) == (("P.1",), ("P.2",))


def test_draft_on_what_is_not_asked_counts_for_nothing() -> None:
    facts = replace(
        with_drafts(P_1=DraftVerdict(READ, Avis.TO_CORRECT, "Un motif.")),
        states={"P.1": PreuveState.ACCEPTED, "P.2": PreuveState.DEPOSITED},
    )

    assert facts.to_correct == ()
    assert [obstacle.champ for obstacle in obstacles_to_conclude(facts)] == ["P.2"]


def test_chapitre_goes_back_for_a_correction_or_for_what_became_due() -> None:
    accepted, to_correct = DraftVerdict(READ, Avis.ACCEPTED, ""), DraftVerdict(READ, Avis.TO_CORRECT, "Un motif.")

    assert goes_back(with_drafts(P_1=accepted, P_2=accepted), missing=()) is False
    assert goes_back(with_drafts(P_1=accepted, P_2=to_correct), missing=()) is True
    assert goes_back(with_drafts(P_1=accepted, P_2=accepted), missing=("P.3",)) is True


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, ""),
        ({"candidature_open": False}, "n’est plus ouverte"),
        ({"dispensed": False}, "rien à contester"),
        ({"reason": " "}, "Indiquez pourquoi"),
    ],
)
def test_contestation_is_refused_in_words(changes: dict[str, object], sentence: str) -> None:
    given: dict[str, object] = {"dispensed": True, "candidature_open": True, "reason": "Réécrit."} | changes

    refusal = why_not_contested(**given)  # type: ignore[arg-type]
    assert sentence in refusal
    assert bool(refusal) is bool(sentence)
