from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong in a dispositif's file.

    :param line: from 1; where the key is written, else where what should hold it is
    :param key: its path in words, empty when it is of the whole file
    :param sentence: what is wrong, in French: who answers for the dispositif reads it
    """

    line: int
    key: str
    sentence: str

    def __str__(self) -> str:
        return f"ligne {self.line}, {self.key}\u00a0: {self.sentence}" if self.key else self.sentence


class DispositifFileError(ValueError):
    """The file of a dispositif does not say what it must: every mistake that was seen, or one sentence."""

    def __init__(self, mistakes: Iterable[Mistake] | str) -> None:
        self.mistakes = (Mistake(1, "", mistakes),) if isinstance(mistakes, str) else tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))
