"""What the ANS asked so near an échéance that it considers more time by itself."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from candidatures.rules.deadlines import Deadline


@dataclass(frozen=True)
class Sent:
    """Something that the ANS asked, and that the éditeur has not answered.

    :param label: what, in French: « un complément sur le formulaire d’éligibilité »
    """

    label: str
    at: datetime


@dataclass(frozen=True)
class ToConsider:
    """More time that the ANS may give by itself.

    :param code: of the échéance
    :param sentence: why, in French
    :param to_at: the instant that leaves what was not left
    """

    code: str
    sentence: str
    to_at: datetime


def to_consider(
    sent: Iterable[Sent], deadlines: Mapping[str, Deadline], *, before: timedelta, at: datetime
) -> tuple[ToConsider, ...]:
    """Say each thing that was asked so near an échéance that more time is due, the latest last.

    :param deadlines: those of the candidature that are not met, in their order
    :param before: how near (data of the dispositif)
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
    """The same hour on a day that is to come."""
    while instant <= at:
        instant += before
    return instant
