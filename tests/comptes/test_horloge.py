"""The demonstration's clock: it starts once, moves forward, stops and starts again, and never goes back."""

from datetime import datetime, timedelta

import pytest

from comptes import clock
from comptes.models import HorlogeDeDemonstration
from comptes.operations.horloge import (
    ClockAlreadyStarted,
    ClockOnlyMovesForward,
    freeze_clock,
    move_clock,
    start_clock,
    unfreeze_clock,
)
from tests.comptes.conftest import AT

SECOND = timedelta(seconds=1)
STORY = datetime.fromisoformat("2026-09-30T11:30:00+02:00")

pytestmark = pytest.mark.django_db


def reads(machine: datetime) -> datetime:
    return HorlogeDeDemonstration.current().translate(machine)


def test_clock_that_nobody_set_reads_as_the_machine() -> None:
    assert reads(AT) == AT


@pytest.mark.parametrize("away", [timedelta(days=90), timedelta(days=-90)])
def test_clock_starts_anywhere_and_runs(away: timedelta) -> None:
    start_clock(at=AT + away, machine=AT)

    assert [reads(AT), reads(AT + SECOND)] == [AT + away, AT + away + SECOND]


@pytest.mark.parametrize("touch", [freeze_clock, unfreeze_clock])
def test_clock_once_touched_does_not_start_again(touch: object) -> None:
    touch(machine=AT)  # type: ignore[operator]

    with pytest.raises(ClockAlreadyStarted):
        start_clock(at=STORY, machine=AT)


def test_clock_moves_forward_and_runs_on() -> None:
    move_clock(to=STORY, machine=AT)

    assert [reads(AT), reads(AT + SECOND)] == [STORY, STORY + SECOND]


@pytest.mark.parametrize("frozen", [False, True])
def test_clock_never_goes_back(frozen: bool) -> None:
    start_clock(at=STORY, machine=AT)
    if frozen:
        freeze_clock(machine=AT)

    with pytest.raises(ClockOnlyMovesForward):
        move_clock(to=STORY - timedelta(microseconds=1), machine=AT)

    assert reads(AT) == STORY
    move_clock(to=STORY, machine=AT)
    assert reads(AT) == STORY


def test_clock_that_runs_does_not_go_back_to_an_instant_passed_since() -> None:
    start_clock(at=STORY, machine=AT)

    with pytest.raises(ClockOnlyMovesForward):
        move_clock(to=STORY + SECOND, machine=AT + 2 * SECOND)


def test_clock_frozen_stands_whatever_the_machine_says() -> None:
    start_clock(at=STORY, machine=AT)
    freeze_clock(machine=AT + SECOND)
    freeze_clock(machine=AT + 9 * SECOND)

    assert [reads(AT + 9 * SECOND), reads(AT + timedelta(days=9))] == [STORY + SECOND] * 2


def test_clock_frozen_then_moved_stands_there() -> None:
    freeze_clock(machine=AT)
    move_clock(to=STORY, machine=AT + SECOND)

    assert reads(AT + timedelta(days=9)) == STORY


def test_clock_unfrozen_runs_from_where_it_stood() -> None:
    freeze_clock(machine=AT)
    move_clock(to=STORY, machine=AT + SECOND)
    for machine in (AT + 60 * SECOND, AT + 61 * SECOND):
        unfreeze_clock(machine=machine)

    assert [reads(AT + 60 * SECOND), reads(AT + 62 * SECOND)] == [STORY, STORY + 2 * SECOND]


@pytest.mark.parametrize(("demo", "reading"), [(True, STORY), (False, AT)])
def test_clock_is_obeyed_in_the_demonstration_only(settings: object, demo: bool, reading: datetime) -> None:
    settings.DEMO = demo  # type: ignore[attr-defined]
    start_clock(at=STORY, machine=AT)

    assert clock.as_the_portal_sees(AT) == reading
