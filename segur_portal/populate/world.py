"""What everything that is made shares: the tables, the dice, the démarche, the clock's present instant."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from candidatures.catalogue.specs import DispositifSpec
from candidatures.enums import ExigenceDEcheance
from candidatures.models import Charte

from .copying import Tables
from .files import Stored


@dataclass
class World:
    """The surroundings of a run.

    :param at: the present instant of the portal: nothing that is made happens later
    :param nru: the numbers of the NRU, from the portal's own sequence
    :param instructeurs: ids of comptes
    :param finished: whether every candidature is admitted, and all its chapitres approved
    """

    tables: Tables
    dice: Random
    spec: DispositifSpec
    charte: Charte
    at: datetime
    nru: Iterator[int]
    instructeurs: tuple[int, ...]
    files: dict[str, Stored]
    finished: bool = False

    @property
    def opening(self) -> datetime:
        return self.spec.opens_at

    @property
    def until_date_1(self) -> datetime:
        return self._until(ExigenceDEcheance.VOLETS_SOUMIS)

    @property
    def until_date_2(self) -> datetime:
        return self._until(ExigenceDEcheance.CHAPITRES_SOUMIS)

    def _until(self, asked: ExigenceDEcheance) -> datetime:
        return min(self.at, next(one.at for one in self.spec.echeances if one.exigences.ask(asked)))

    def instant(self, start: datetime, end: datetime, early: float = 0.0, late: float = 1.0) -> datetime:
        """Choose an instant between two, or between two fractions of the time that separates them."""
        seconds = (end - start).total_seconds() * self.dice.uniform(early, late)
        return start + timedelta(seconds=int(seconds))

    def luck(self, chance: float) -> bool:
        return self.dice.random() < chance
