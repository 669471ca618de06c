"""The rows of the picture of the coordinated path: what moves forward, and who does each part of it. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from guichets.enums import Owner

from .etapes import COLLEGE, PREPARED, SEGUR, SIGNED
from .graphe import Etat, Graphe, Planned

PHASES = (1, 2, 3)


@dataclass(frozen=True)
class Ligne:
    """One thing that moves forward: a volet, a demande, the convention.

    :param lane: the code of the desk; `segur` for the portal itself
    :param parts: its steps in order, cut where the side that acts changes
    """

    lane: str
    label: str
    parts: tuple[tuple[Planned, ...], ...]

    @property
    def steps(self) -> tuple[Planned, ...]:
        return tuple(step for part in self.parts for step in part)

    @property
    def etat(self) -> Etat:
        etats = {step.etat for step in self.steps}
        return next(iter(etats)) if len(etats) == 1 else Etat.CURRENT

    @property
    def is_many(self) -> bool:
        """Whether it stands for several things: all the chapitres."""
        return len({step.step.address for step in self.steps}) > 1

    @property
    def undone(self) -> tuple[Planned, ...]:
        return tuple(step for step in self.steps if step.etat is not Etat.DONE)

    @property
    def current(self) -> tuple[Planned, ...]:
        """What can be done today; before that, the first step to come."""
        return tuple(step for step in self.undone if step.etat is Etat.CURRENT) or self.undone[:1]

    def ready_for(self, owner: Owner) -> tuple[Planned, ...]:
        """What this side can do today."""
        return tuple(step for step in self.undone if step.etat is Etat.CURRENT and step.step.owner == owner)


def overview(graph: Graphe) -> Iterator[Ligne]:
    """Yield the whole path: the portal's rows in order, then each demande."""
    planned = graph.planned
    yield from _administrative(planned)
    chapitres = [each for each in planned.values() if each.step.address.startswith("chapitre:")]
    if chapitres:
        deposits = tuple(each for each in chapitres if each.step.owner == Owner.EDITEUR)
        examens = tuple(each for each in chapitres if each.step.owner != Owner.EDITEUR)
        yield Ligne(SEGUR, f"Preuves\u00a0: {_counted(deposits)}", (deposits,))
        yield Ligne(SEGUR, f"Examen\u00a0: {_counted(examens)}", (examens,))
    yield Ligne(SEGUR, "Convention", ((planned[PREPARED],), (planned[SIGNED],)))
    yield Ligne(SEGUR, "Collège technique", ((planned[COLLEGE],),))
    yield from _demandes(planned)


def _counted(chapitres: tuple[Planned, ...]) -> str:
    """Return « 10 chapitres », or how many of them are done: « 1 chapitre fait sur 10 »."""
    done, total = sum(each.etat is Etat.DONE for each in chapitres), len(chapitres)
    if not 0 < done < total:
        return f"{total} chapitre{'s' if total > 1 else ''}"
    plural = "s" if done > 1 else ""
    return f"{done} chapitre{plural} fait{plural} sur {total}"


def of_phase(graph: Graphe, phase: int) -> Iterator[Ligne]:
    """Yield one phase in detail: in the second, each chapitre has its row."""
    planned = graph.planned
    if phase == 1:
        yield from _administrative(planned)
    elif phase == 2:
        for key, each in planned.items():
            if each.step.kind == "chapitre":
                yield Ligne(SEGUR, each.step.label, ((each,), (planned[f"{key}:ans"],)))
        yield from _demandes(planned)
    else:
        for key in (PREPARED, SIGNED, COLLEGE):
            yield Ligne(SEGUR, planned[key].step.label, ((planned[key],),))


def _administrative(planned: Mapping[str, Planned]) -> Iterator[Ligne]:
    yield Ligne(SEGUR, "Charte de référencement", ((planned["charte"],),))
    for key, each in planned.items():
        if each.step.kind == "volet":
            yield Ligne(SEGUR, each.step.label, ((each,), (planned[f"{key}:ans"],)))


def _demandes(planned: Mapping[str, Planned]) -> Iterator[Ligne]:
    by_demande: dict[str, list[Planned]] = {}
    for key, each in planned.items():
        if each.step.lane != SEGUR:
            by_demande.setdefault(key.rpartition(":")[0], []).append(each)
    for stages in by_demande.values():
        parts: list[list[Planned]] = []
        for each in stages:
            if parts and (parts[-1][-1].step.owner == Owner.EDITEUR) is (each.step.owner == Owner.EDITEUR):
                parts[-1].append(each)
            else:
                parts.append([each])
        first = stages[0].step
        yield Ligne(first.lane, first.label.partition("\u00a0:")[0], tuple(map(tuple, parts)))
