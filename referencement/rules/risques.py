"""What each échéance risks in one candidature: the time left at the usual pace, what holds it up. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from candidatures.rules.deadlines import Deadline

from .graphe import Etat, Graphe, Planned

# An échéance that would be met with less time to spare is to be watched.
NEAR = timedelta(days=15)


@dataclass(frozen=True, slots=True)
class Risque:
    """What one échéance risks.

    :param due_at: the échéance, as it binds the candidature
    :param expected_at: when all that it asks is expected to be done; None when nothing is left
    :param slack: the time left then, negative when the échéance would be missed; None when nothing is left
    :param reason: what is under way and holds it up, in French
    :param owner: the side that has to act
    """

    due_at: datetime
    expected_at: datetime | None = None
    slack: timedelta | None = None
    reason: str = ""
    owner: str = ""


def risques_of(graph: Graphe, echeances: Mapping[str, Deadline]) -> dict[str, Risque]:
    """Return what each échéance that binds the candidature risks, by its code."""
    return {code: _risque(graph, deadline) for code, deadline in echeances.items() if deadline.binds}


def _risque(graph: Graphe, deadline: Deadline) -> Risque:
    left = [
        planned
        for planned in graph.planned.values()
        if planned.etat is not Etat.DONE and planned.step.deadline == deadline
    ]
    if not left:
        return Risque(deadline.at)
    last = max(left, key=lambda planned: planned.ends_at)
    holding = _under_way(graph, last)
    return Risque(
        deadline.at,
        expected_at=last.ends_at,
        slack=deadline.at - last.ends_at,
        reason=holding.step.label,
        owner=holding.step.owner.value,
    )


def _under_way(graph: Graphe, planned: Planned) -> Planned:
    """Return the step that can be done today and on which this one waits the longest; itself when it can be done."""
    here = planned
    while waits := [graph.planned[key] for key in here.step.after if graph.planned[key].etat is not Etat.DONE]:
        here = max(waits, key=lambda before: before.ends_at)
    return here
