"""What the apps above know about a preuve, and show beside it: each registers a function that is called on reading."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from candidatures.models import Candidature
from preuves.catalogue.rem import PreuveSpec


@dataclass(frozen=True)
class Beside:
    """Something to show beside a preuve, in French.

    :param guichet: the colour of its desk
    :param tone: of the badge that shows `state_label`
    :param lines: sentences, in order
    :param address: the name of the URL where the candidature shows more of it
    """

    title: str
    guichet: str
    guichet_label: str
    tone: str
    state_label: str
    lines: tuple[str, ...]
    address: str


Reader = Callable[[Candidature, PreuveSpec, datetime], Sequence[Beside]]
_readers: list[Reader] = []
_namers: list[Callable[[str], str]] = []


def register_beside(reader: Reader) -> None:
    if reader not in _readers:
        _readers.append(reader)


def said_beside(candidature: Candidature, preuve: PreuveSpec, *, at: datetime) -> list[Beside]:
    """Return what the registered functions give for a preuve; nothing for most of them."""
    return [line for read in _readers for line in read(candidature, preuve, at)]


def name_desks_with(name: Callable[[str], str]) -> None:
    """Give the function that names a desk, by the word that a REM has for it."""
    _namers[:] = [name]


def name_of_desk(word: str) -> str:
    """Return the name of the desk that the REM names by a word, such as `EDC_PSC`."""
    return _namers[0](word)
