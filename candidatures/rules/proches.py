"""The demandes that the ANS made so near an échéance that it should consider giving more time."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from candidatures.rules.deadlines import Deadline


@dataclass(frozen=True)
class Sent:
    """A demande of the ANS that the éditeur has not answered.

    :param label: what it is, in French: « un complément sur le formulaire d’éligibilité »
    """

    label: str
    at: datetime


@dataclass(frozen=True)
class ToConsider:
    """A dérogation that the ANS may propose of its own accord.

    :param code: of the échéance
    :param sentence: why, in French
    :param to_at: the instant to propose
    """

    code: str
    sentence: str
    to_at: datetime


def to_consider(
    sent: Iterable[Sent], deadlines: Mapping[str, Deadline], *, before: timedelta, at: datetime
) -> tuple[ToConsider, ...]:
    """Return a dérogation to consider for each demande that was made too near an échéance, the latest last.

    :param deadlines: those of the candidature that are not met, in order
    :param before: how near is too near (data of the dispositif)
    """
    return tuple(_to_consider(sent, deadlines, before, at))


def _to_consider(
    sent: Iterable[Sent], deadlines: Mapping[str, Deadline], before: timedelta, at: datetime
) -> Iterator[ToConsider]:
    for request in sorted(sent, key=lambda request: request.at):
        for code, deadline in deadlines.items():
            if deadline.binds and request.at <= deadline.at < request.at + before:
                yield ToConsider(code, _sentence(request, deadline), _later_than(at, request.at + before, before))


def _sentence(request: Sent, deadline: Deadline) -> str:
    days = (deadline.at - request.at).days
    left = f"{days} jour{'s' if days > 1 else ''}" if days else "moins d’un jour"
    return f"L’ANS a demandé {request.label}, {left} avant la {deadline.nom}\u00a0: c’est trop peu pour répondre."


def _later_than(at: datetime, instant: datetime, before: timedelta) -> datetime:
    """Return the first instant after another one that has the same hour of the day."""
    while instant <= at:
        instant += before
    return instant
