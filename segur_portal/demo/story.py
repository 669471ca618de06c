"""The parts of the demonstration's story: scenes, and the moments up to which it can be replayed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from comptes.dates import PARIS
from comptes.models import JournalEntry
from segur_portal.demo.cast import Persona


@dataclass(frozen=True)
class Scene:
    """One act of the story; `play` takes the instant `at` (aware)."""

    at: datetime
    play: Callable[..., None]


@dataclass(frozen=True)
class StoryMoment:
    """A named moment of the story.

    :param at: where the clock stands then (aware)
    :param scenes: the acts that lead to it from the moment before, in order of time
    :param waiting: by persona, a French sentence about what they have done or must do
    """

    name: str
    at: datetime
    scenes: tuple[Scene, ...]
    waiting: Mapping[Persona, str] = field(default_factory=dict)

    def is_reached(self) -> bool:
        """Whether the journal holds an act at the instant of the last scene, which no other act has."""
        return JournalEntry.objects.filter(at=self.scenes[-1].at).exists()


def in_paris(civil: str) -> datetime:
    """Read `2026-06-08 09:10` as a civil time in Paris."""
    return datetime.fromisoformat(civil).replace(tzinfo=PARIS)


def scene(civil: str, verb: Callable[..., None], *args: Any, **kwargs: Any) -> Scene:
    """Make a scene: an act and its date, a civil time in Paris."""
    return Scene(in_paris(civil), partial(verb, *args, **kwargs))
