"""A dossier as the collège reads it in two screens: what is met, its chapitres by state, its rounds, its advice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from candidatures.enums import VoletState
from guichets.enums import GateCode

from .blocages import SETTLED, SIGNED
from .facts import DossierFacts

UNFOLDED = 3
"""A group of chapitres that are not settled is unfolded up to this many."""


def met(facts: DossierFacts) -> tuple[str, ...]:
    """Say, one sentence in French each, what a dossier has of what the collège asks; `blocages` says the rest."""
    chapitres, convention = facts.chapitres or (), facts.convention
    settled = sum(chapitre.standing in SETTLED for chapitre in chapitres)
    admitted = [volet.label for volet in facts.volets if volet.state == VoletState.ADMITTED]
    lines = {
        "La charte de référencement est acceptée.": facts.charte_accepted,
        f"Volets recevables\u00a0: {', '.join(admitted)}.": bool(admitted),
        _of_chapitres(settled, len(chapitres)): settled > 0,
        "Autres guichets\u00a0: les demandes exigées sont accordées.": not facts.gates[GateCode.COLLEGE].reasons,
        "La convention est signée par l’éditeur.": bool(
            convention and convention.still_holds and convention.state in SIGNED
        ),
    }
    return tuple(sentence for sentence, is_met in lines.items() if is_met)


def _of_chapitres(settled: int, total: int) -> str:
    if settled == total:
        return "Chapitres\u00a0: tous validés, ou sans preuve à déposer."
    return f"Chapitres\u00a0: {settled} sur {total} validés, ou sans preuve à déposer."


@dataclass(frozen=True)
class GroupeDeChapitres:
    """The chapitres that are in one state, in the order of the REM, as the situation holds them."""

    etat: str
    label: str
    chapitres: tuple[Mapping[str, Any], ...]

    @property
    def retours(self) -> int:
        return sum(retours_of(chapitre) for chapitre in self.chapitres)

    @property
    def is_unfolded(self) -> bool:
        """Whether it is short, and the collège has something to look at in it."""
        return self.etat not in SETTLED and len(self.chapitres) <= UNFOLDED


@dataclass(frozen=True)
class Contestee:
    """A preuve that was inherited, and that the ANS asks for after all."""

    chapitre: str
    numero: str
    motif: str


@dataclass(frozen=True)
class Lecture:
    """What is read of the chapitres at a glance.

    :param retours: how many times a chapitre was returned to the éditeur, in all
    :param returned: the chapitres that were, each with how many times
    """

    groupes: tuple[GroupeDeChapitres, ...]
    attendues: int
    retours: int
    returned: tuple[tuple[str, int], ...]
    heritees: int
    equivalentes: int
    contestees: tuple[Contestee, ...]

    @property
    def total(self) -> int:
        return sum(len(groupe.chapitres) for groupe in self.groupes)


def lecture_of(situation: Mapping[str, Any]) -> Lecture:
    """Read a situation, of today or frozen; one that was frozen long ago says less."""
    chapitres: list[Mapping[str, Any]] = situation["chapitres"]
    labels = {chapitre["etat"]: chapitre["etat_label"] for chapitre in chapitres}
    # What is settled comes last.
    order = sorted(labels, key=lambda etat: (etat in SETTLED, list(labels).index(etat)))
    returned = [(chapitre["label"], retours_of(chapitre)) for chapitre in chapitres if retours_of(chapitre)]
    return Lecture(
        groupes=tuple(
            GroupeDeChapitres(etat, labels[etat], tuple(chapitre for chapitre in chapitres if chapitre["etat"] == etat))
            for etat in order
        ),
        attendues=sum(chapitre["attendues"] for chapitre in chapitres),
        retours=sum(number for _, number in returned),
        returned=tuple(returned),
        heritees=sum(chapitre["heritees"] for chapitre in chapitres),
        equivalentes=sum(chapitre["equivalentes"] for chapitre in chapitres),
        contestees=tuple(
            Contestee(chapitre["label"], preuve["numero"], preuve["motif"])
            for chapitre in chapitres
            for preuve in chapitre["contestees"]
        ),
    )


def retours_of(chapitre: Mapping[str, Any]) -> int:
    """Return how many times a chapitre was returned; before that was frozen, all its rounds but the last were."""
    number: int = chapitre.get("retours", max(0, chapitre["tours"] - 1))
    return number


def tally(advice: Iterable[str]) -> list[tuple[str, int]]:
    """Count the advice without any name: pairs (advice, number), in the order in which it is first met."""
    return list(Counter(advice).items())
