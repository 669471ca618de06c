from datetime import UTC, datetime, timedelta

import pytest

from candidatures.rules.deadlines import Deadline
from preuves.enums import ExigibiliteKind as Kind
from preuves.rules.completude import ChapitreFacts, DepositedPreuve, Unadmitted, obstacles_to_submit, why_not_taken_back
from preuves.rules.exigibilite import Exigibilite
from tests.dates import ASKED

NOON_2 = datetime(2027, 10, 1, 10, 0, tzinfo=UTC)
NOON_3 = datetime(2028, 3, 15, 11, 0, tzinfo=UTC)
DATE_2 = Deadline("Date 2", "", NOON_2, "01/10/2027 à 12 h 00", exigences=ASKED["date-2"])
DATE_3 = Deadline("Date 3", "", NOON_3, "15/03/2028 à 12 h 00", exigences=ASKED["date-3"])
TO_ANSWER = timedelta(days=15)
MICRO, SECOND = timedelta(microseconds=1), timedelta(seconds=1)
EARLY = NOON_2 - timedelta(days=100)


def facts(*kinds: Kind, preuves: dict[str, str] | None = None, **changes: object) -> ChapitreFacts:
    """A chapitre whose preuves are named P1, P2…; `preuves` are the states of those deposited."""
    expected = tuple(Exigibilite(f"P{place}", "X", kind, "…") for place, kind in enumerate(kinds, start=1))
    deposited = {numero: DepositedPreuve(state, 1, "0") for numero, state in (preuves or {}).items()}
    given = {"state": "open", "first_submitted_at": None} | changes
    return ChapitreFacts(code="X", exigibilites=expected, preuves=deposited, **given)


def codes(one: ChapitreFacts, at: datetime = EARLY) -> list[str]:
    found = obstacles_to_submit(one, echeances={"date-2": DATE_2, "date-3": DATE_3}, to_answer=TO_ANSWER, at=at)
    return [obstacle.code for obstacle in found]


FULL = {"preuves": {"P1": "deposited", "P2": "accepted"}}
TWO = (Kind.REQUIRED, Kind.REQUIRED)


def test_complete_chapitre_is_submitted() -> None:
    assert codes(facts(*TWO, **FULL)) == []


def test_every_obstacle_is_said_at_once() -> None:
    one = facts(
        Kind.REQUIRED,
        Kind.REQUIRED,
        Kind.REQUIRED,
        Kind.INHERITED,
        preuves={"P1": "deposited", "P2": "to_correct"},
        unadmitted=(Unadmitted("Formulaire d’éligibilité", was_submitted=False, is_with_the_ans=False),),
        candidature_open=False,
    )

    assert codes(one, NOON_2 + SECOND) == ["candidature_closed", "volet", "late", "missing", "to_correct"]


@pytest.mark.parametrize("state", ["submitted", "under_review", "approved"])
def test_chapitre_in_the_hands_of_the_ans_is_not_submitted_again(state: str) -> None:
    one = facts(*TWO, preuves={"P1": "accepted", "P2": "accepted"}, state=state, first_submitted_at=EARLY)

    assert codes(one) == ["state"]


@pytest.mark.parametrize(
    ("at", "late"),
    [
        (NOON_2 - SECOND, False),
        (NOON_2 - MICRO, False),
        (NOON_2, False),
        (NOON_2 + MICRO, True),
        (NOON_2 + SECOND, True),
    ],
)
def test_date_2_binds_the_first_submission(at: datetime, *, late: bool) -> None:
    assert (codes(facts(*TWO, **FULL), at) == ["late"]) is late


@pytest.mark.parametrize(
    ("at", "late"),
    [
        (NOON_2 + SECOND, False),
        (NOON_3 - SECOND, False),
        (NOON_3 - MICRO, False),
        (NOON_3, False),
        (NOON_3 + MICRO, True),
        (NOON_3 + SECOND, True),
    ],
)
def test_date_3_binds_the_answer_to_a_return(at: datetime, *, late: bool) -> None:
    one = facts(*TWO, **FULL, state="returned", first_submitted_at=EARLY)

    assert (codes(one, at) == ["late"]) is late


@pytest.mark.parametrize(
    ("kinds", "standing"),
    [
        ((Kind.NOT_CONCERNED, Kind.NOT_CONCERNED), "sans_objet"),
        ((), "sans_objet"),
        ((Kind.NOT_CONCERNED, Kind.INHERITED), "acquis"),
        ((Kind.EQUIVALENT, Kind.INHERITED), "acquis"),
        ((Kind.REQUIRED, Kind.INHERITED), "open"),
    ],
)
def test_chapitre_without_anything_to_deposit_has_no_machine(kinds: tuple[Kind, ...], standing: str) -> None:
    one = facts(*kinds)

    assert one.standing == standing
    assert one.is_settled is (standing != "open")


def test_nothing_due_is_not_submitted() -> None:
    assert codes(facts(Kind.INHERITED)) == ["nothing_due"]


def test_approved_chapitre_that_lacks_a_preuve_reads_as_returned() -> None:
    one = facts(*TWO, preuves={"P1": "accepted"}, state="approved", first_submitted_at=EARLY)

    assert one.standing == "returned"
    assert not one.is_settled


def test_complete_and_not_submitted_is_the_trap() -> None:
    assert facts(*TWO, **FULL).is_complete_not_submitted
    assert not facts(*TWO, preuves={"P1": "deposited"}).is_complete_not_submitted
    assert not facts(*TWO, **FULL, state="submitted", first_submitted_at=EARLY).is_complete_not_submitted
    assert not facts(Kind.INHERITED).is_complete_not_submitted


@pytest.mark.parametrize("state", ["open", "submitted", "under_review", "returned", "approved"])
def test_only_a_submitted_chapitre_is_taken_back(state: str) -> None:
    one = facts(*TWO, state=state)

    assert bool(why_not_taken_back(one)) is (state != "submitted")
