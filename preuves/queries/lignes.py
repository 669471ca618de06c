"""The preuves of one chapitre, line by line, as the éditeur reads them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import ClassVar

from preuves.catalogue.rem import ExigenceSpec, ScenarioSpec
from preuves.enums import PreuveState, Reception
from preuves.rules.exigibilite import Exigibilite
from preuves.rules.sondes import BADGES

from .depots import DepositReturn, Depot
from .dossier import Attendu, ChapitreDuDossier, Dossier


@dataclass(frozen=True)
class LigneDePreuve:
    """One expected preuve of a chapitre. Equal lines give equal HTML, which is kept (`drawn_once`).

    :param rem: the sha256 of the version of the REM; with the N°, it identifies texts that never change
    :param depot: None before the first deposit
    """

    drawn_once: ClassVar[bool] = True

    rem: str
    exigibilite: Exigibilite
    attendu: Attendu = field(compare=False)
    depot: Depot | None

    @property
    def state(self) -> str:
        """The state of the preuve; empty before the first deposit."""
        return self.depot.state if self.depot else ""

    @property
    def retour(self) -> DepositReturn | None:
        """What the ANS said of that deposit, if it did."""
        return self.depot.retour if self.depot else None

    @property
    def words_changed(self) -> bool:
        """Whether the words of the REM changed since the deposit."""
        return self.depot is not None and self.depot.empreinte != self.attendu.empreinte

    @property
    def is_awaited(self) -> bool:
        """Whether nothing is deposited, since the ANS has not said yet if a reference dispenses from it."""
        return self.depot is None and self.exigibilite.is_due and bool(self.exigibilite.awaits)

    @property
    def reception(self) -> Reception | None:
        """What keeps its files from being known to open, while nobody judged it; None when nothing does."""
        return self.depot.reception if self.depot and self.state == PreuveState.DEPOSITED else None

    @property
    def unreadable(self) -> str:
        """Which of its files do not open, and why, while nobody judged it."""
        return self.depot.unreadable if self.depot and self.state == PreuveState.DEPOSITED else ""

    @property
    def badge(self) -> str:
        if self.reception:
            return BADGES[self.reception]
        return self.state or ("info" if self.is_awaited else "required")

    @property
    def badge_label(self) -> str:
        if self.is_awaited:
            return "En attente de l’ANS"
        if self.reception:
            return str(self.reception.label)
        return str(PreuveState(self.state).label) if self.state else "À déposer"

    @property
    def explains(self) -> bool:
        """Whether the page says why it is due, or is not: what is asked of everybody needs no word."""
        dispensed = self.exigibilite.is_dispensed or self.exigibilite.fallen is not None
        return dispensed or self.is_contested or self.is_awaited

    @property
    def is_contested(self) -> bool:
        """Whether it is due because the ANS refused its dispense."""
        return self.exigibilite.is_due and self.exigibilite.reason.startswith("Dispense")


@dataclass(frozen=True)
class GroupeDePreuves:
    """The preuves of one exigence. Two groups that are equal are drawn alike.

    :param anchor: where it stands in the page
    """

    drawn_once: ClassVar[bool] = True

    anchor: str
    lines: tuple[LigneDePreuve, ...]

    @property
    def exigence(self) -> ExigenceSpec:
        return self.lines[0].attendu.exigence

    @property
    def title(self) -> str:
        return self.exigence.identifiant

    @property
    def scenarios(self) -> list[tuple[ScenarioSpec, list[LigneDePreuve]]]:
        return [
            (scenario, list(held)) for scenario, held in groupby(self.lines, key=lambda line: line.attendu.scenario)
        ]


def by_exigence(lines: Iterable[LigneDePreuve]) -> list[GroupeDePreuves]:
    """Group preuves under their exigence, in the order of the REM."""
    groups = groupby(lines, key=lambda line: line.attendu.exigence)
    return [GroupeDePreuves(f"exigence-{number}", tuple(held)) for number, (_, held) in enumerate(groups, start=1)]


def lines_of_chapitre(dossier: Dossier, chapitre: ChapitreDuDossier) -> list[LigneDePreuve]:
    """Return every expected preuve of a chapitre with its latest deposit, from a dossier gathered for that chapitre."""
    return [_ligne(dossier, exigibilite.numero) for exigibilite in chapitre.facts.exigibilites]


def _ligne(dossier: Dossier, numero: str) -> LigneDePreuve:
    attendu = dossier.attendu(numero)
    assert attendu is not None, "A chapitre's facts come from the dossier's own REM."
    return LigneDePreuve(dossier.rem.version.sha256, attendu.exigibilite, attendu, dossier.depots.get(numero))
