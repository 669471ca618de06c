"""Where a candidature stands, and whose turn it is. Pure functions over frozen data."""

from collections.abc import Iterator
from dataclasses import dataclass

from candidatures.enums import VoletState


@dataclass(frozen=True)
class VoletSituation:
    kind: str
    label: str
    state: str
    version: int
    done: int
    asked: int


@dataclass(frozen=True)
class Situation:
    """What the overview of a candidature is derived from."""

    charte_accepted: bool
    volets: tuple[VoletSituation, ...]


@dataclass(frozen=True)
class Step:
    """One step of the parcours.

    :param key: `charte`, or a volet's kind
    :param state: `done`, `current` or `todo`
    :param owner: who must act now, empty when nobody must
    """

    key: str
    label: str
    state: str
    hint: str
    owner: str


def steps_of(situation: Situation) -> tuple[Step, ...]:
    """Say each step in order, with its state and whose turn it is."""
    return (_charte(situation), *_volets(situation))


def _charte(situation: Situation) -> Step:
    if situation.charte_accepted:
        return Step("charte", "Charte de référencement", "done", "Acceptée", "")
    hint = "À lire et à accepter par une personne qui peut engager l’éditeur"
    return Step("charte", "Charte de référencement", "current", hint, "éditeur")


def _volets(situation: Situation) -> Iterator[Step]:
    for volet in situation.volets:
        match volet.state:
            case VoletState.ADMITTED:
                yield Step(volet.kind, volet.label, "done", "Recevable", "")
            case VoletState.SUBMITTED:
                yield Step(volet.kind, volet.label, "current", "Soumise : l’ANS l’examine", "ANS")
            case _ if not situation.charte_accepted:
                yield Step(volet.kind, volet.label, "todo", "Après la charte", "")
            case _:
                yield Step(volet.kind, volet.label, "current", _what_is_left(volet), "éditeur")


def _what_is_left(volet: VoletSituation) -> str:
    if volet.done == volet.asked:
        return "Complète, mais pas encore soumise"
    return f"{volet.done} réponses sur {volet.asked}"
