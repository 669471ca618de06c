"""The page of notifications: grouped by solution, alike ones of an hour in one line."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptes.rules.alike import ONE_HOUR, Told, grouped, read

NOON = datetime(2026, 9, 30, 10, 0, tzinfo=UTC)
SOLUTIONS = ("Alizé Foyer (DUI-2026-00042-B)", "Mistral (ESS-2026-00001-3)")


def told(number: int, minutes: float, solution: str = SOLUTIONS[0], kind: str = "preuves.chapitre_submitted") -> Told:
    text = f"{solution}\u00a0: chapitre {number} soumis" if solution else f"Quelqu’un a rejoint l’équipe {number}"
    return Told(number, kind, text, NOON - timedelta(minutes=minutes), is_unread=number % 2 == 0)


def test_five_alike_in_a_minute_are_one_line() -> None:
    [group] = grouped([told(number, number / 10) for number in range(5)])

    assert (group.solution, [len(line.notices) for line in group.lines]) == (SOLUTIONS[0], [5])
    assert (group.lines[0].fact, group.lines[0].unread) == ("Chapitre 0 soumis", 3)


@pytest.mark.parametrize(("minutes", "lines"), [(59.9, 1), (60, 2), (60.1, 2)])
def test_alike_ends_with_the_hour(minutes: float, lines: int) -> None:
    [group] = grouped([told(1, 0), told(2, minutes)])

    assert len(group.lines) == lines


def test_each_solution_has_its_group_and_the_latest_comes_first() -> None:
    groups = grouped([told(1, 0, ""), told(2, 1, SOLUTIONS[1]), told(3, 2), told(4, 3, SOLUTIONS[1], "other")])

    assert [group.solution for group in groups] == ["", SOLUTIONS[1], SOLUTIONS[0]]
    assert [len(group.lines) for group in groups] == [1, 2, 1]


def test_oldest_first_is_the_same_turned_round() -> None:
    notices = [told(1, 0, ""), told(2, 1, SOLUTIONS[1]), told(3, 2), told(4, 3, SOLUTIONS[1], "other")]
    turned = grouped(notices[::-1], latest_first=False)

    assert [[line.fact for line in group.lines] for group in turned] == [
        [line.fact for line in group.lines][::-1] for group in grouped(notices)[::-1]
    ]


def test_subject_without_a_solution_is_read_whole() -> None:
    assert read("Portail Ségur\u00a0: votre mot de passe") == ("", "Portail Ségur\u00a0: votre mot de passe")
    assert read("A (1)\u00a0: b (DUI-2026-00042-B)\u00a0: retirée") == ("A (1)\u00a0: b (DUI-2026-00042-B)", "Retirée")


@given(st.lists(st.tuples(st.integers(0, 300), st.sampled_from((*SOLUTIONS, "")), st.sampled_from("ab"))))
def test_nothing_is_lost_nor_told_twice(drawn: list[tuple[int, str, str]]) -> None:
    """Whatever arrives, every notification is in one line, and a line lasts less than an hour."""
    notices = [told(n, m, solution, kind) for n, (m, solution, kind) in enumerate(sorted(drawn, key=lambda d: d[0]))]
    lines = [line for group in grouped(notices) for line in group.lines]

    assert sorted(notice.id for line in lines for notice in line.notices) == [notice.id for notice in notices]
    assert all(line.latest.posted_at - line.notices[-1].posted_at < ONE_HOUR for line in lines)
    assert all(len({notice.kind for notice in line.notices}) == 1 for line in lines)
