"""What an upper floor knows that answers a preuve: each says, when it is ready, how it is read. This one draws it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from candidatures.models import Candidature
from preuves.catalogue.rem import PreuveSpec


@dataclass(frozen=True)
class Beside:
    """One thing to read beside a preuve, in French.

    :param guichet: the colour of the desk that says it
    :param tone: of the badge that bears `state_label`
    :param lines: the sentences, in order
    :param address: the name of the page of the candidature where more of it is read
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


def register_beside(reader: Reader) -> None:
    if reader not in _readers:
        _readers.append(reader)


def said_beside(candidature: Candidature, preuve: PreuveSpec, *, at: datetime) -> list[Beside]:
    """Ask every floor above what it knows of a preuve; nothing for most of them."""
    return [line for read in _readers for line in read(candidature, preuve, at)]
