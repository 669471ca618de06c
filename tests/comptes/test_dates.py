from datetime import UTC, date, datetime

import pytest

from comptes.dates import day_in_figures, day_in_words, instant_in_words, time_to_the_second
from comptes.templatetags.dates import iso


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 9, 30, 9, 30, tzinfo=UTC), "30 septembre 2026 à 11 h 30"),
        (datetime(2026, 10, 1, 10, 0, tzinfo=UTC), "1er octobre 2026 à 12 h"),
        (datetime(2028, 3, 15, 11, 0, tzinfo=UTC), "15 mars 2028 à 12 h"),
        (datetime(2026, 6, 30, 22, 5, tzinfo=UTC), "1er juillet 2026 à 0 h 05"),
    ],
)
def test_instant_is_said_in_paris(at, expected):
    assert instant_in_words(at).replace("\u00a0", " ") == expected
    assert day_in_words(at).replace("\u00a0", " ") == expected.partition(" à ")[0]


def test_day_is_said():
    assert day_in_words(date(2026, 10, 1)) == "1er\u00a0octobre 2026"


def test_hour_is_said_to_the_second():
    assert (
        time_to_the_second(datetime(2026, 10, 1, 9, 59, 58, tzinfo=UTC)) == "11\u00a0h\u00a059\u00a0min\u00a058\u00a0s"
    )


def test_day_is_said_in_figures_in_paris():
    assert day_in_figures(datetime(2026, 9, 30, 22, 0, tzinfo=UTC)) == "01/10/2026"
    assert day_in_figures(date(2026, 10, 1)) == "01/10/2026"


def test_instant_is_written_for_machines_in_paris():
    assert iso(datetime(2026, 10, 1, 10, 0, tzinfo=UTC)) == "2026-10-01T12:00:00+02:00"
