"""« Et si… »: the path of a solution with other profils, or before any candidature. Pure functions; nothing is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from candidatures.rules.deadlines import Deadline
from guichets.rules.architecture import Requis
from guichets.rules.gates import DemandeFacts, GateFacts, gates
from preuves.enums import ChapitreState
from preuves.rules.exigibilite import Exigibilite

from .etapes import GrapheFacts
from .facts import ChapitreStanding, DossierFacts, VoletStanding
from .previsions import Paths

ACQUIS = "acquis"
DRAFT = "draft"


@dataclass(frozen=True)
class Asked:
    """What some profils ask for.

    :param chapitres: the labels of those that concern the solution, by code
    :param due: by code, the N° of the preuves to bring
    """

    chapitres: Mapping[str, str]
    due: Mapping[str, frozenset[str]]
    demandes: Requis


def asked(labels: Mapping[str, str], exigibilites: Mapping[str, Exigibilite], demandes: Requis) -> Asked:
    """:param labels: of every chapitre of the REM, by code, in order; `exigibilites`, by N°"""
    concerned: dict[str, set[str]] = {}
    for numero, exigibilite in exigibilites.items():
        if exigibilite.is_due or exigibilite.is_dispensed:
            due = concerned.setdefault(exigibilite.chapitre, set())
            if exigibilite.is_due:
                due.add(numero)
    return Asked(
        {code: label for code, label in labels.items() if code in concerned},
        {code: frozenset(due) for code, due in concerned.items()},
        demandes,
    )


def typical(
    asks: Asked, volets: Mapping[str, str], echeances: Mapping[str, Deadline], *, prerequis: str, to_answer: timedelta
) -> GrapheFacts:
    """Return the facts of a candidature where nothing is done.

    :param volets: their labels, by kind
    """
    demandes = _demandes(asks.demandes, {})
    chapitres = tuple(_chapitre(code, asks, None) for code in asks.chapitres)
    dossier = DossierFacts(
        is_open=True,
        charte_accepted=False,
        volets=tuple(VoletStanding(kind, label, DRAFT, None) for kind, label in volets.items()),
        chapitres=chapitres,
        gates={},
        convention=None,
        echeances=echeances,
        to_answer=to_answer,
    )
    return _with_gates(GrapheFacts(dossier, demandes, prerequis))


def with_profils(facts: GrapheFacts, before: Asked, after: Asked) -> GrapheFacts:
    """Return the facts of a candidature if its profils asked for `after` instead of `before`.

    A chapitre that would ask for more preuves is to submit again; what the éditeur has at the desks stays.
    """
    known = {chapitre.code: chapitre for chapitre in facts.dossier.chapitres or ()}
    chapitres = tuple(
        known[code]
        if code in known and after.due[code] <= before.due.get(code, frozenset())
        else _chapitre(code, after, known.get(code))
        for code in after.chapitres
    )
    changed = replace(facts, dossier=replace(facts.dossier, chapitres=chapitres))
    return _with_gates(replace(changed, demandes=_demandes(after.demandes, facts.demandes)))


def _chapitre(code: str, asks: Asked, known: ChapitreStanding | None) -> ChapitreStanding:
    state = ChapitreState.OPEN.value if asks.due[code] else ACQUIS
    label = known.label if known else asks.chapitres[code]
    return ChapitreStanding(code, label, state, was_submitted=False)


def _demandes(required: Requis, known: Mapping[str, DemandeFacts]) -> dict[str, DemandeFacts]:
    return {
        each.key: known.get(each.key)
        or DemandeFacts(
            each.label, each.guichet, each.guichet.initial.code, recorded=False, is_third_party=each.is_third_party
        )
        for each in required.demandes
    }


def _with_gates(facts: GrapheFacts) -> GrapheFacts:
    standings = {chapitre.code: chapitre.standing for chapitre in facts.dossier.chapitres or ()}
    known = GateFacts(standings.get(facts.prerequis, ""), profils_known=True, demandes=tuple(facts.demandes.values()))
    doors = {gate.code: gate for gate in gates(known)}
    return replace(facts, dossier=replace(facts.dossier, gates=doors))


def least_slack(paths: Paths) -> timedelta | None:
    """Return the time that may still be lost on the whole path; None when no échéance binds what is left."""
    return min(_slacks(paths), default=None)


def _slacks(paths: Paths) -> Iterable[timedelta]:
    return (each.slack for each in paths.likely.planned.values() if each.slack is not None)
