"""What is wrong in a workbook, and where; all problems are reported together, to be corrected together."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing to correct, or to know.

    :param cell: where it is, such as `J118`; for the annotations, the key that names it
    :param sentence: what is wrong, in French
    :param blocks: whether nothing may be published before it is corrected
    :param file: in which file
    :param sheet: in which sheet of it; empty when the file itself is at fault
    """

    cell: str
    sentence: str
    blocks: bool = True
    file: str = ""
    sheet: str = ""


class UnreadableWorkbook(Exception):
    """`problem`: why this file cannot be read as a workbook at all."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.sentence)
        self.problem = problem
