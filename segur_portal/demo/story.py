"""What the demonstration's story is made of: scenes, and the moments up to which they can be replayed."""

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
    """A named instant of the story: the scenes that lead to it from the one before, and where the clock then stands.

    :param waiting: what then waits for whom, in a sentence
    """

    name: str
    at: datetime
    scenes: tuple[Scene, ...]
    waiting: Mapping[Persona, str] = field(default_factory=dict)

    def is_reached(self) -> bool:
        """Look in the journal, which forgets nothing, for the last scene: an act of that very instant."""
        return JournalEntry.objects.filter(at=self.scenes[-1].at).exists()


def in_paris(civil: str) -> datetime:
    """Read `2026-06-08 09:10` as a civil time in Paris."""
    return datetime.fromisoformat(civil).replace(tzinfo=PARIS)


def scene(civil: str, verb: Callable[..., None], *args: Any, **kwargs: Any) -> Scene:
    """Set an act at its date, a civil time in Paris."""
    return Scene(in_paris(civil), partial(verb, *args, **kwargs))
