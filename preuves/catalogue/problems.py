"""The problems of a workbook, each with its place; they are all reported at once, to be corrected at once."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One problem to correct, or one thing to know.

    :param cell: where it is, such as `J118`; for the annotations, the key that names it
    :param sentence: what is wrong, in French
    :param blocks: whether it must be corrected before anything is published
    :param file: the name of the file
    :param sheet: the name of the sheet; empty when the file itself is at fault
    """

    cell: str
    sentence: str
    blocks: bool = True
    file: str = ""
    sheet: str = ""


class UnreadableWorkbook(Exception):
    """The file cannot be read as a workbook at all; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.sentence)
        self.problem = problem
