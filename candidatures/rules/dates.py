"""One Date of a candidature as everybody reads it: where it stands, since when, and in which sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from candidatures.enums import EtatDeDate
from comptes.dates import instant_in_words

from .deadlines import Deadline, spell

RUNNING = (EtatDeDate.TO_COME, EtatDeDate.PUT_OFF)


@dataclass(frozen=True, slots=True)
class DateDite:
    """One Date of one candidature; `referencement` derives it, from all that is known.

    :param deadline: as it binds that candidature today: what is still to do after a return may have more time
    :param at: when it was done, even too late; None when no row tells
    :param is_ended: whether the candidature has ended: nothing is counted down, and nothing is late
    """

    code: str
    deadline: Deadline
    etat: EtatDeDate
    at: datetime | None = None
    is_ended: bool = False

    @property
    def label(self) -> str:
        return f"{self.deadline.nom} – {self.deadline.objet}"

    @property
    def is_running(self) -> bool:
        """Whether something is still to do for it, in time."""
        return self.etat in RUNNING

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do for it, even if it was done too late or still has to be read by the ANS."""
        return self.etat in (EtatDeDate.MET, EtatDeDate.IN_HAND) or self.is_done_late

    @property
    def is_done_late(self) -> bool:
        return self.etat is EtatDeDate.MISSED and self.at is not None

    def tone(self, at: datetime) -> str:
        """Return how it is shown: `done`, `late`, `soon`, `neutral` or `closed`."""
        match self.etat:
            case EtatDeDate.MET:
                return "done"
            case EtatDeDate.MISSED:
                return "closed" if self.is_ended else "late"
            case EtatDeDate.WITHOUT_OBJECT:
                return "closed"
            case EtatDeDate.IN_HAND:
                return "neutral"
        return self.deadline.state(at)

    def counts_down(self, at: datetime) -> bool:
        return self.is_running and self.deadline.is_met(at)

    def remaining(self, at: datetime) -> str:
        """Say in French what became of it, or how much time is left."""
        since = f" le {instant_in_words(self.at)}" if self.at else ""
        match self.etat:
            case EtatDeDate.MET:
                return f"Faite{since}"
            case EtatDeDate.IN_HAND:
                is_late = self.at is not None and self.at > self.deadline.at
                return f"Remis{'' if is_late else ' à temps'}{since}, en attente de l’ANS"
            case EtatDeDate.MISSED if self.is_done_late:
                return f"Faite en retard,{since}"
            case EtatDeDate.MISSED:
                return "Manquée" if self.is_ended else f"Manquée depuis {spell(at - self.deadline.at)}"
            case EtatDeDate.WITHOUT_OBJECT:
                return "Non applicable" if self.deadline.binds else self.deadline.remaining(at)
        return self.deadline.remaining(at)

    def brief(self, at: datetime) -> str:
        """Say it in one line of a list: `Date 2 : dans 12 jours`."""
        remaining = self.remaining(at)
        return f"{self.deadline.nom}\u00a0: {remaining[0].lower()}{remaining[1:]}"


def still_to_do(code: str, deadline: Deadline, *, ended_at: datetime | None, at: datetime) -> DateDite:
    """Return a Date for which something is to do, or was when the candidature ended.

    A Date that came after the end is not late.

    :param deadline: as it binds what is to do
    """
    if not deadline.binds or (ended_at and deadline.is_met(ended_at)):
        return DateDite(code, deadline, EtatDeDate.WITHOUT_OBJECT, is_ended=ended_at is not None)
    if ended_at or not deadline.is_met(at):
        return DateDite(code, deadline, EtatDeDate.MISSED, is_ended=ended_at is not None)
    return DateDite(code, deadline, EtatDeDate.PUT_OFF if deadline.extended else EtatDeDate.TO_COME)
