"""What may be done of a référencement, and what it is at an instant: without a database, at each boundary."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from referencement.enums import EvenementKind, MesureKind, MesureState, ReferencementState
from referencement.rules import referencement as rules

AT = datetime(2028, 1, 10, 9, 0, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
TODAY = date(2028, 1, 10)
State = ReferencementState
ANNOUNCED = rules.MesureFacts(MesureKind.SUSPENSION, MesureState.PROPOSED, 7, AT + 30 * DAY, None)
FITS = {
    MesureKind.SUSPENSION: {State.IN_FORCE},
    MesureKind.LEVEE: {State.SUSPENDED},
    MesureKind.RETRAIT: {State.IN_FORCE, State.SUSPENDED},
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("kind", MesureKind)
def test_every_mesure_from_every_state(kind: MesureKind, state: State) -> None:
    obstacles = rules.obstacles_to_propose(state, kind, reasons="Une exigence n’est plus tenue.", is_waiting=False)

    assert obstacles == (() if state in FITS[kind] else (rules.WHY_NOT[state],))


@pytest.mark.parametrize(("reasons", "is_waiting", "count"), [("", False, 1), (" ", True, 2), ("Motif", True, 1)])
def test_mesure_says_why_and_comes_alone(reasons: str, is_waiting: bool, count: int) -> None:
    obstacles = rules.obstacles_to_propose(State.IN_FORCE, MesureKind.RETRAIT, reasons=reasons, is_waiting=is_waiting)

    assert len(obstacles) == count


@pytest.mark.parametrize(
    ("mesure", "at", "refused"),
    [
        (ANNOUNCED, AT + 30 * DAY - SECOND, True),
        (ANNOUNCED, AT + 30 * DAY, True),
        (ANNOUNCED, AT + 30 * DAY + SECOND, False),
        (replace(ANNOUNCED, answered_at=AT + DAY), AT + DAY, False),
        (replace(ANNOUNCED, kind=MesureKind.LEVEE, answer_until_at=None), AT, True),
    ],
)
def test_editeur_is_heard_first(mesure: rules.MesureFacts, at: datetime, refused: bool) -> None:
    """The last one is not to be heard, but does not suit what is in force."""
    day = at.date()
    obstacles = rules.obstacles_to_decide(mesure, State.IN_FORCE, by=8, reasons="Motif", effect=day, at=at)

    assert bool(obstacles) is refused


def test_who_proposed_does_not_decide() -> None:
    heard = replace(ANNOUNCED, answered_at=AT)
    (obstacle,) = rules.obstacles_to_decide(heard, State.IN_FORCE, by=7, reasons="Motif", effect=TODAY, at=AT)

    assert "une autre personne" in obstacle


@pytest.mark.parametrize("state", [MesureState.DECIDED, MesureState.ABANDONED])
def test_what_is_decided_moves_no_more(state: MesureState) -> None:
    mesure = replace(ANNOUNCED, state=state)

    assert len(rules.obstacles_to_decide(mesure, State.IN_FORCE, by=8, reasons="x", effect=TODAY, at=AT)) == 1
    assert len(rules.obstacles_to_answer(mesure, answer="x")) == 1
    assert len(rules.obstacles_to_abandon(mesure, reason="x")) == 1


@pytest.mark.parametrize(
    ("mesure", "answer", "refused"),
    [
        (ANNOUNCED, "Nous corrigeons.", False),
        (ANNOUNCED, " ", True),
        (replace(ANNOUNCED, answered_at=AT), "Encore.", True),
        (replace(ANNOUNCED, kind=MesureKind.LEVEE), "Merci.", True),
    ],
)
def test_answer(mesure: rules.MesureFacts, answer: str, refused: bool) -> None:
    assert bool(rules.obstacles_to_answer(mesure, answer=answer)) is refused


@pytest.mark.parametrize(("days", "refused"), [(-1, True), (0, False), (1, False), (366, False), (367, True)])
def test_date_of_effect(days: int, refused: bool) -> None:
    assert bool(tuple(rules.obstacles_to_take_effect(TODAY + days * DAY, at=AT))) is refused


def renounced(state: State, effect: date, *, at: datetime = AT, is_announced: bool = False) -> tuple[str, ...]:
    return rules.obstacles_to_renounce(state, effect=effect, days=30, is_announced=is_announced, at=at)


@pytest.mark.parametrize(
    ("days", "alone", "beside_a_mesure"),
    [(-1, True, True), (0, False, False), (1, False, True), (30, False, True), (31, True, True), (366, True, True)],
)
def test_renonciation_to_come_shelters_from_no_mesure(days: int, alone: bool, beside_a_mesure: bool) -> None:
    refusals = [renounced(State.IN_FORCE, TODAY + days * DAY, is_announced=announced) for announced in (False, True)]

    assert [len(obstacles) for obstacles in refusals] == [alone, beside_a_mesure]


def test_today_is_a_day_in_paris() -> None:
    night = datetime(2028, 1, 10, 23, 30, tzinfo=UTC)  # already the 11th in Paris

    assert renounced(State.IN_FORCE, date(2028, 1, 10), at=night) != ()
    assert rules.takes_effect_at(date(2028, 1, 11), at=night) == night
    assert rules.takes_effect_at(date(2028, 1, 12), at=night) == datetime(2028, 1, 11, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize("state", rules.ENDED)
def test_what_has_ended_is_not_renounced(state: State) -> None:
    assert renounced(state, TODAY) == (rules.WHY_NOT[state],)


def test_delay_to_answer_is_until_the_end_of_a_day_in_paris() -> None:
    assert rules.answer_until(30, at=AT) == datetime(2028, 2, 9, 22, 59, 59, tzinfo=UTC)


SUSPENDED = rules.ReferencementMove(EvenementKind.SUSPENDED, State.SUSPENDED, AT + 10 * DAY)
RESTORED = rules.ReferencementMove(EvenementKind.RESTORED, State.IN_FORCE, AT + 20 * DAY)
AT_ONCE = replace(RESTORED, effect_at=AT + DAY)
WITHDRAWN = rules.ReferencementMove(EvenementKind.WITHDRAWN, State.WITHDRAWN, AT + 5 * DAY)


@pytest.mark.parametrize(
    ("evenements", "after", "state"),
    [
        ([], timedelta(0), State.IN_FORCE),
        ([SUSPENDED], 10 * DAY - SECOND, State.IN_FORCE),
        ([SUSPENDED], 10 * DAY, State.SUSPENDED),
        ([SUSPENDED], 10 * DAY + SECOND, State.SUSPENDED),
        ([SUSPENDED, RESTORED], 15 * DAY, State.SUSPENDED),
        ([SUSPENDED, RESTORED], 20 * DAY, State.IN_FORCE),
        ([SUSPENDED, AT_ONCE], 15 * DAY, State.IN_FORCE),
        ([SUSPENDED, WITHDRAWN], 7 * DAY, State.WITHDRAWN),
        ([SUSPENDED, WITHDRAWN], 15 * DAY, State.WITHDRAWN),
    ],
)
def test_state_at(evenements: list[rules.ReferencementMove], after: timedelta, state: State) -> None:
    assert rules.state_at(evenements, at=AT + after) == state
