"""Who acts for whom while people are absent, and how candidatures without a référent are shared out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

# A chain of stand-ins is not followed further: each of them is absent too.
LONGEST_CHAIN = 10


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody who is absent on a day, and who stands in; `stand_in` is None when nobody does."""

    compte: int
    stand_in: int | None


def absent(stand_ins: Mapping[int, int | None], *, team: Collection[int]) -> dict[int, Away]:
    """Return who is absent, by pk; a stand-in who no longer instructs, or whose account is shut, is nobody.

    :param stand_ins: of each absent person, as it was noted
    :param team: the people who instruct
    """
    return {compte: Away(compte, other if other in team else None) for compte, other in stand_ins.items()}


def who_acts(compte: int, away: Mapping[int, Away]) -> int | None:
    """Return who does the work of a person on a day: the person, or the first stand-in who is there; else None."""
    acting: int | None = compte
    for _ in range(LONGEST_CHAIN):
        if acting is None or acting not in away:
            return acting
        acting = away[acting].stand_in
    return None


def acted_for(compte: int, away: Mapping[int, Away]) -> frozenset[int]:
    """Return the people whose work is this person's on a day: their own, and that of those they stand in for."""
    return frozenset({compte, *(other for other in away if who_acts(other, away) == compte)})


def uncovered(away: Mapping[int, Away]) -> tuple[int, ...]:
    """Return the absent people whose work nobody does, in order."""
    return tuple(sorted(compte for compte in away if who_acts(compte, away) is None))


def shared_out(candidatures: Sequence[int], people: Mapping[int, int]) -> dict[int, int]:
    """Give each candidature, in order, to the person who follows the fewest; the lowest pk when several do.

    :param people: how many candidatures each person who may receive one follows already
    :return: the person for each candidature; empty when there is nobody
    """
    loads = dict(people)
    given: dict[int, int] = {}
    for candidature in candidatures if loads else ():
        compte = min(loads, key=lambda person: (loads[person], person))
        given[candidature], loads[compte] = compte, loads[compte] + 1
    return given


def obstacles_to_absence(
    *, from_date: date, until_date: date, stand_in: int | None, compte: int, others: Iterable[tuple[date, date]]
) -> tuple[str, ...]:
    """Say, in French, why an absence cannot be noted.

    :param others: the first and last days of the other absences of this person
    """
    reasons = []
    if until_date < from_date:
        reasons.append("L’absence finit avant de commencer.")
    elif any(start <= until_date and from_date <= end for start, end in others):
        reasons.append("Une autre absence est déjà notée pendant ces jours.")
    if stand_in == compte:
        reasons.append("Une personne absente ne se remplace pas elle-même.")
    return tuple(reasons)


def may_follow(agents: Collection[int], away: Mapping[int, Away]) -> frozenset[int]:
    """Return the people who may receive a candidature by rule: those who are there."""
    return frozenset(agents) - away.keys()
