from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """One mistake in a dispositif's file.

    :param line: from 1; where the key is, or where it should be
    :param key: its path, empty for the whole file
    :param sentence: what is wrong, in French, for whoever answers for the dispositif
    """

    line: int
    key: str
    sentence: str

    def __str__(self) -> str:
        return f"ligne {self.line}, {self.key}\u00a0: {self.sentence}" if self.key else self.sentence


class DispositifFileError(ValueError):
    """The file of a dispositif is wrong; it holds every mistake found, or one sentence."""

    def __init__(self, mistakes: Iterable[Mistake] | str) -> None:
        self.mistakes = (Mistake(1, "", mistakes),) if isinstance(mistakes, str) else tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))
