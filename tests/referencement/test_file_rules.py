"""Durations and forecasts: what is told from cases, and what is told without."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from referencement.rules.durees import Duree, Observed, durees_of, observed
from referencement.rules.file import at_rank
from tests.lengths import examples

AT = datetime(2027, 3, 8, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
EXAMEN = Duree(10 * DAY, 20 * DAY, 40 * DAY)


def test_a_median_is_told_from_five_cases_on() -> None:
    four, five = (observed([number * DAY for number in range(1, count + 1)]) for count in (4, 5))
    assert four
    assert five

    assert five == Observed(5, 2 * DAY, 3 * DAY, 4 * DAY)
    assert durees_of({"volet": 15 * DAY}, {"volet": four}) == {"volet": Duree(7.5 * DAY, 15 * DAY, 30 * DAY)}
    assert durees_of({"volet": 15 * DAY}, {"volet": five}) == {"volet": Duree(2 * DAY, 3 * DAY, 4 * DAY, 5)}
    assert observed([]) is None
    assert observed([DAY]) == Observed(1, DAY, DAY, DAY)


def test_pace_of_the_ans_tells_when_a_rank_is_read() -> None:
    forecast = at_rank(8, since=AT - DAY, concluded=16, examen=EXAMEN, at=AT)

    assert forecast.likely == AT + 14 * DAY  # 16 in 28 days: one in 42 hours
    assert forecast.soon == AT + 28 * DAY * (8 / 24)
    assert forecast.late == AT + 28 * DAY


def test_duration_of_an_examen_tells_when_the_ans_concluded_little() -> None:
    forecast = at_rank(8, since=AT - 5 * DAY, concluded=4, examen=EXAMEN, at=AT)

    assert (forecast.soon, forecast.likely, forecast.late) == (AT + 5 * DAY, AT + 15 * DAY, AT + 35 * DAY)
    assert at_rank(8, since=AT - 90 * DAY, concluded=4, examen=EXAMEN, at=AT).likely == AT + 5 * DAY


@given(st.integers(1, 500), st.integers(0, 500), st.integers(0, 400))
@examples(60)
def test_forecast_is_in_order_and_a_later_rank_never_comes_sooner(rank: int, concluded: int, waited: int) -> None:
    here, next_one = (
        at_rank(each, since=AT - waited * DAY, concluded=concluded, examen=EXAMEN, at=AT) for each in (rank, rank + 1)
    )

    assert AT <= here.soon <= here.likely <= here.late
    assert here.likely <= next_one.likely
