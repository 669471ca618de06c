"""At which instants an échéance is recalled, across both changes of clock; without a database."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from comptes.dates import PARIS
from referencement.rules.rappels import Occurrence, Palier, left, occurrence_of, reached

DATE_1 = datetime(2026, 10, 1, 12, tzinfo=PARIS)
DATE_2 = datetime(2027, 10, 1, 12, tzinfo=PARIS)
DATE_3 = datetime(2028, 3, 15, 12, tzinfo=PARIS)
MICRO, SECOND = timedelta(microseconds=1), timedelta(seconds=1)
YEARS = datetime(2029, 1, 1, tzinfo=UTC) - datetime(2026, 1, 1, tzinfo=UTC)
INSTANTS = some.timedeltas(timedelta(0), YEARS).map(lambda since: datetime(2026, 1, 1, tzinfo=UTC) + since)


@pytest.mark.parametrize("echeance", [DATE_1, DATE_2, DATE_3])
def test_palier_of_days_falls_at_the_same_hour_in_paris(echeance: datetime) -> None:
    for palier in [palier for palier in Palier if palier.days]:
        civil = palier.before(echeance).astimezone(PARIS)

        assert (civil.hour, civil.minute) == (12, 0)
        assert (echeance.date() - civil.date()).days == palier.days


@pytest.mark.parametrize(
    ("echeance", "wanted"),
    [
        # In March the clocks of Paris go forward: 167 hours from noon to noon; in October, 169.
        (datetime(2027, 3, 31, 12, tzinfo=PARIS), 7 * 24 - 1),
        (datetime(2027, 11, 2, 12, tzinfo=PARIS), 7 * 24 + 1),
        (DATE_3, 7 * 24),
    ],
)
def test_seven_days_are_civil_days_across_both_changes_of_clock(echeance: datetime, wanted: int) -> None:
    assert echeance.astimezone(UTC) - Palier.J_7.before(echeance) == timedelta(hours=wanted)


def test_four_hours_are_hours_even_in_the_night_of_the_change() -> None:
    echeance = datetime(2027, 3, 28, 5, tzinfo=PARIS)

    assert Palier.H_4.before(echeance).astimezone(PARIS) == datetime(2027, 3, 28, 0, tzinfo=PARIS)


@pytest.mark.parametrize("palier", Palier)
@pytest.mark.parametrize("echeance", [DATE_1, DATE_2, DATE_3])
@pytest.mark.parametrize("shift", [-SECOND, -MICRO, timedelta(0), MICRO, SECOND])
def test_palier_is_reached_at_its_instant(palier: Palier, echeance: datetime, shift: timedelta) -> None:
    paliers = reached(echeance, at=palier.before(echeance) + shift)

    assert (palier == paliers.latest if paliers else False) is (shift >= timedelta(0))


@pytest.mark.parametrize("echeance", [DATE_1, DATE_2, DATE_3])
@pytest.mark.parametrize(
    ("shift", "is_recalled"),
    [
        (timedelta(seconds=-1), True),
        (-MICRO, True),
        (timedelta(0), True),
        (MICRO, False),
        (timedelta(seconds=1), False),
    ],
)
def test_nothing_is_recalled_after_the_instant(echeance: datetime, shift: timedelta, is_recalled: bool) -> None:
    assert (reached(echeance, at=echeance + shift) is not None) is is_recalled


@given(echeance=INSTANTS)
def test_paliers_come_one_after_the_other_and_before_the_instant(echeance: datetime) -> None:
    instants = [palier.before(echeance) for palier in Palier]

    assert all(former < later for former, later in pairwise([*instants, echeance]))


@given(echeance=INSTANTS, before=some.timedeltas(timedelta(days=-3), timedelta(days=90)))
def test_one_palier_holds_until_the_next(echeance: datetime, before: timedelta) -> None:
    at = echeance - before
    behind = [palier for palier in Palier if palier.before(echeance) <= at <= echeance]
    paliers = reached(echeance, at=at)

    assert ([*paliers.former, paliers.latest] if paliers else []) == behind


@pytest.mark.parametrize(
    ("before", "label"),
    [
        (timedelta(days=60), "J-60"),
        (timedelta(days=7), "J-7"),
        (timedelta(days=6, hours=23), "J-7"),
        (timedelta(days=6, hours=11), "J-6"),
        (timedelta(days=1), "J-1"),
        (timedelta(hours=4), "H-4"),
        (timedelta(hours=3, minutes=58), "H-4"),
        (timedelta(hours=2), "H-2"),
        (timedelta(seconds=1), "H-1"),
        (timedelta(0), "H-1"),
    ],
)
def test_what_is_left_is_said_as_one_counts_it(before: timedelta, label: str) -> None:
    assert left(DATE_1, at=DATE_1 - before) == label


@given(echeance=INSTANTS, palier=some.sampled_from(Palier))
def test_occurrence_is_read_again_as_it_was_written(echeance: datetime, palier: Palier) -> None:
    occurrence = Occurrence(echeance, palier)

    assert occurrence_of(str(occurrence)) == occurrence
    assert str(Occurrence(echeance.astimezone(PARIS), palier)) == str(occurrence)
    assert len(str(occurrence)) <= 80
