"""The shape of every refusal: an act that was asked for and not done, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Generic, Protocol, TypeVar


class Refused(Exception):
    """Nothing was changed. `reasons`: why, in French, one sentence each, for the person who asked.

    Each operation raises a kind of its own, defined beside it.
    """

    def __init__(self, *reasons: str) -> None:
        super().__init__(*reasons)
        self.reasons = reasons

    @property
    def sentence(self) -> str:
        """All the reasons, one after the other."""
        return " ".join(self.reasons)


class HasSentence(Protocol):
    """One missing thing, with the French sentence that names it."""

    @property
    def sentence(self) -> str: ...


AnyObstacle = TypeVar("AnyObstacle", bound=HasSentence)


class Obstructed(Refused, Generic[AnyObstacle]):
    """Refused because something is missing. `obstacles`: all of them, so that a page can link to each."""

    def __init__(self, obstacles: Sequence[AnyObstacle]) -> None:
        super().__init__(*(obstacle.sentence for obstacle in obstacles))
        self.obstacles = tuple(obstacles)


class Misfilled(Refused):
    """Refused because of what was typed.

    `faults`: French sentences by name of field; under the empty name, those about no single field.
    """

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(*faults.values())
        self.faults = faults
