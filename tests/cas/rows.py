"""The rows of the public cases: a number, a kind, an input and the right result; the test gives what it got.

    @cases(5, "K6", {"+33 (0)6 12 34 56 78": "+33612345678"})
    def test_phone(given, got):
        got(shown_after_saving(given))

Each row is an ordinary test; `script/cas` also prints it.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

NUMBERS = range(1, 56)
KEPT = "case"  # under this name, in a report


def case(number: int, kind: str, *, given: str, expected: Any) -> pytest.MarkDecorator:
    """Mark a test as the row of a public case. It takes the fixture `got`, and calls it once.

    :param number: 1 to 55
    :param kind: "K1" to "K11", or "" for a case that always passed
    """
    return pytest.mark.case(number, kind, given, expected)


def cases(number: int, kind: str, rows: Mapping[str, Any]) -> pytest.MarkDecorator:
    """Make one row of each entry, `{given: expected}`; the test takes `given` and `got`."""
    marked = [
        pytest.param(given, marks=case(number, kind, given=given, expected=expected), id=f"{number}-{place}")
        for place, (given, expected) in enumerate(rows.items(), start=1)
    ]
    return pytest.mark.parametrize("given", marked)


@pytest.fixture
def got(request: pytest.FixtureRequest, record_property: Callable[[str, Any], None]) -> Iterator[Callable[[Any], None]]:
    """Give the result, once: it must equal what was expected."""
    mark = request.node.get_closest_marker("case")
    assert mark is not None, "Only the row of a case says what it got: mark it with `case` or `cases`."
    number, kind, given, expected = mark.args
    assert number in NUMBERS, f"There is no case {number}."
    values: list[Any] = []
    record_property(KEPT, (number, kind, given, str(expected), ""))

    def compare(value: Any) -> None:
        assert not values, "A row says what it got only once."
        values.append(value)
        request.node.user_properties.pop()
        record_property(KEPT, (number, kind, given, str(expected), str(value)))
        assert value == expected

    yield compare
    assert values, "The row said nothing of what it got."
