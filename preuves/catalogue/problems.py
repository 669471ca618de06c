"""The problems of a workbook, each with its place; they are all reported at once, to be corrected at once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

FEW = 3
"""How many problems that say the same of other cells are said one by one."""
CELLS_NAMED = 20
PARTICULAR = re.compile(r"«[^»]*»|\S*\d\S*")


@dataclass(frozen=True)
class Problem:
    """One problem to correct, or one thing to know.

    :param cell: where it is, such as `J118`; for the annotations, the key that names it
    :param sentence: what is wrong, in French
    :param blocks: whether it must be corrected before anything is published
    :param file: the name of the file
    :param sheet: the name of the sheet; empty when the file itself is at fault
    :param there: the other cell, for a problem that is between two
    :param count: how many cells it is about
    :param more: the cells after the first, as many as are named
    """

    cell: str
    sentence: str
    blocks: bool = True
    file: str = ""
    sheet: str = ""
    there: str = ""
    count: int = 1
    more: tuple[str, ...] = ()

    @property
    def others(self) -> str:
        """The cells after the first, as a person reads them."""
        return ", ".join(self.more) + (f" et {self.left} autre{'s' if self.left > 1 else ''}" if self.left else "")

    @property
    def left(self) -> int:
        """How many cells are not named."""
        return self.count - 1 - len(self.more)


class UnreadableWorkbook(Exception):
    """The file cannot be read as a workbook at all; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.sentence)
        self.problem = problem


def gathered(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Say once what is said of many cells: the same sentence, or one that only names another N° or value."""
    groups: dict[tuple[str, bool, str, str], list[Problem]] = {}
    for problem in problems:
        form = PARTICULAR.sub("…", problem.sentence)
        groups.setdefault((form, problem.blocks, problem.file, problem.sheet), []).append(problem)
    return tuple(sentence for group in groups.values() for sentence in _together(group))


def _together(group: list[Problem]) -> list[Problem]:
    first = group[0]
    are_the_same = all(problem.sentence == first.sentence for problem in group)
    if len(group) <= (1 if are_the_same else FEW):
        return group
    others = [f"{other.cell} et {other.there}" if other.there else other.cell for other in group[1 : CELLS_NAMED + 1]]
    end = "" if are_the_same else f" Même problème ailleurs, avec d’autres valeurs : {len(group)} cellules en tout."
    return [replace(first, sentence=f"{first.sentence}{end}", count=len(group), more=tuple(others))]
