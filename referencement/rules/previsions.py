"""When the phases of a path are expected to end, and between which instants. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from . import durees as lasting
from .durees import Duree
from .etapes import COLLEGE, GrapheFacts
from .file import Forecast, Place
from .graphe import Etat, Graphe, graphe
from .lignes import PHASES


@dataclass(frozen=True)
class Paths:
    """The same path as it is likely to go, and as it goes when everything is quick, or slow.

    :param durees: how long each kind of step lasts
    :param places: the rank in the ANS's queue of each chapitre that waits there, by its code
    """

    likely: Graphe
    soon: Graphe
    late: Graphe
    durees: Mapping[str, Duree] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)

    @property
    def college(self) -> Forecast | None:
        """When the collège is expected to decide; None once it did, or once an échéance was missed.

        A séance that is fixed remains, and is fixed in the forecast.
        """
        if self.likely.forecast is None:
            return None
        return replace(self._forecast([COLLEGE]), is_fixed=self.likely.forecast == self.likely.seance_at)

    @property
    def phases(self) -> dict[int, Forecast | None]:
        """When each phase is expected to end, the last one with the decision of the collège.

        None for one that is over, or once an échéance was missed.
        """
        return {phase: self.college if phase == PHASES[-1] else self._of_phase(phase) for phase in PHASES}

    def _of_phase(self, phase: int) -> Forecast | None:
        planned = self.likely.planned
        undone = [key for key, each in planned.items() if each.step.phase == phase and each.etat is not Etat.DONE]
        return self._forecast(undone) if undone and not self.likely.is_late else None

    def _forecast(self, keys: Iterable[str]) -> Forecast:
        soon, likely, late = (
            max(graph.planned[key].ends_at for key in keys) for graph in (self.soon, self.likely, self.late)
        )
        return Forecast(min(soon, likely), likely, max(likely, late))


def paths_of(
    facts: GrapheFacts,
    durees: Mapping[str, Duree],
    places: Mapping[str, Place],
    *,
    at: datetime,
    starts: Mapping[str, datetime] | None = None,
) -> Paths:
    """Draw the three paths of a candidature.

    :param starts: before when each of these steps does not begin (aware), by its key
    """

    def path(whole: Mapping[str, timedelta], end: Callable[[Forecast], datetime]) -> Graphe:
        expected = {f"chapitre:{code}:ans": end(place.forecast) - at for code, place in places.items()}
        return graphe(facts, whole, at=at, expected=expected, starts=starts or {})

    return Paths(
        path(lasting.likely(durees), lambda forecast: forecast.likely),
        path(lasting.soon(durees), lambda forecast: forecast.soon),
        path(lasting.late(durees), lambda forecast: forecast.late),
        durees,
        places,
    )
