"""Why, at a given moment, an échéance cannot be moved, more time be given, or a candidature be foreclosed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from candidatures.rules.deadlines import Deadline

PAST = "Cette date est déjà passée. Choisissez une date à venir."
SAME = "C’est déjà la date en vigueur."


@dataclass(frozen=True)
class MovedEcheance:
    """An échéance to be moved, among the others of its dispositif.

    :param code: its code
    :param deadlines: all of them by code, in the order of the dispositif, as they are in force
    :param opens_at: when the démarche opened (aware)
    """

    code: str
    deadlines: Mapping[str, Deadline]
    opens_at: datetime

    @property
    def deadline(self) -> Deadline:
        return self.deadlines[self.code]

    def neighbours(self) -> tuple[Deadline | None, Deadline | None]:
        """The échéances just before and just after, if there are."""
        codes = list(self.deadlines)
        place = codes.index(self.code)
        before = self.deadlines[codes[place - 1]] if place else None
        after = self.deadlines[codes[place + 1]] if place + 1 < len(codes) else None
        return before, after


def obstacles_to_move(moved: MovedEcheance, to: datetime, *, at: datetime) -> tuple[str, ...]:
    """Say why an échéance cannot be moved to that instant: it is past, unchanged, or out of order."""
    return tuple(_not_there(moved, to, at))


def obstacles_to_move_opening(
    opens_at: datetime, to: datetime, *, first: Deadline | None, at: datetime
) -> tuple[str, ...]:
    """Say why the opening of a démarche cannot be moved to that instant: it is open, or out of order.

    :param first: its first échéance
    """
    return tuple(_not_opened_there(opens_at, to, first, at))


def _not_opened_there(opens_at: datetime, to: datetime, first: Deadline | None, at: datetime) -> Iterator[str]:
    if opens_at <= at:
        yield "Cette démarche est déjà ouverte\u00a0: son ouverture ne change plus."
        return
    if to <= at:
        yield PAST
    if to == opens_at:
        yield SAME
    if first and to >= first.at:
        yield f"La nouvelle date dépasse la {first.nom} ({first.label})."


def obstacles_to_extend(moved: MovedEcheance, to: datetime, *, at: datetime) -> tuple[str, ...]:
    """Say why one candidature cannot be given until that instant; the échéances are its own."""
    deadline = moved.deadline
    if not deadline.binds:
        return ("Les échéances ne s’appliquent pas à une nouvelle version technique.",)
    if to <= deadline.at and to > at:
        return (f"La dérogation doit donner plus de temps\u00a0: la date en vigueur est le {deadline.label}.",)
    return tuple(_not_there(moved, to, at))


@dataclass(frozen=True)
class AskedDerogation:
    """The éditeur's demande at one échéance.

    :param waiting: when a dérogation at it was asked for, if one still waits for a decision
    :param reopens: whether the candidature was foreclosed for that échéance
    """

    moved: MovedEcheance
    is_open: bool
    reopens: bool
    is_attributed: bool
    waiting: str | None


def obstacles_to_ask(asked: AskedDerogation, *, motive: str, wished: datetime | None, at: datetime) -> tuple[str, ...]:
    """Say why the éditeur cannot ask for more time at an échéance, past or to come."""
    return tuple(_not_asked(asked, motive, wished, at))


def _not_asked(asked: AskedDerogation, motive: str, wished: datetime | None, at: datetime) -> Iterator[str]:
    if asked.is_attributed:
        yield "Le référencement est attribué\u00a0: cette candidature n’a plus d’échéance."
        return
    if not asked.is_open and not asked.reopens:
        yield "Cette candidature n’est plus ouverte."
        return
    if asked.waiting is not None:
        nom = asked.moved.deadline.nom
        yield (
            f"Une dérogation à la {nom} est déjà demandée, depuis le {asked.waiting}\u00a0: attendez la décision de "
            "l’ANS, ou retirez votre demande."
        )
    if not motive.strip():
        yield "Indiquez pourquoi vous demandez plus de temps."
    if not asked.moved.deadline.binds:
        yield "Les échéances ne s’appliquent pas à une nouvelle version technique."
    elif wished is not None:
        yield from obstacles_to_extend(asked.moved, wished, at=at)


def _not_there(moved: MovedEcheance, to: datetime, at: datetime) -> Iterator[str]:
    before, after = moved.neighbours()
    if to <= at:
        yield PAST
    if to == moved.deadline.at:
        yield SAME
    if to <= moved.opens_at:
        yield "La nouvelle date précède l’ouverture de la démarche."
    if before and to <= before.at:
        yield f"La nouvelle date précède la {before.nom} ({before.label})."
    if after and to >= after.at:
        yield f"La nouvelle date dépasse la {after.nom} ({after.label})."


def obstacles_to_foreclose(deadline: Deadline, *, is_open: bool, reason: str, at: datetime) -> tuple[str, ...]:
    """Say why a candidature cannot be foreclosed for that échéance."""
    return tuple(_not_forecloseable(deadline, is_open, reason, at))


def _not_forecloseable(deadline: Deadline, is_open: bool, reason: str, at: datetime) -> Iterator[str]:
    if not is_open:
        yield "Cette candidature n’est plus ouverte."
    if deadline.is_met(at):
        yield f"La {deadline.nom} n’est pas passée pour cette candidature\u00a0: c’est le {deadline.label}."
    if not reason.strip():
        yield "Indiquez le motif de la clôture."


Moves = Sequence[tuple[datetime, datetime]]
"""When each move of an échéance was approved, and to which instant it went, in order."""


def instant_in_force(first: datetime, moves: Moves, *, at: datetime) -> datetime:
    """Return the instant at which an échéance stood, at another instant.

    :param first: where it was before it was ever moved
    """
    approved = [to for decided_at, to in moves if decided_at <= at]
    return approved[-1] if approved else first


def instants_that_come(first: datetime, moves: Moves) -> tuple[datetime, ...]:
    """Return the instants at which an échéance passes: those at which it still stood when they came."""
    known = dict.fromkeys((first, *(to for _, to in moves)))
    return tuple(instant for instant in known if instant_in_force(first, moves, at=instant) == instant)
