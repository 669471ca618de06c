"""Replaying the story of the demonstration.

A scene calls an operation at a date of the past, with the portal's clock set to that date: the story obeys the portal's
rules, and fails where it contradicts them. The messages that a scene posts are sent with it.
"""

from functools import partial

from django.db import transaction

from comptes import clock, effects
from comptes.enums import NoticeState
from comptes.models import Notice
from comptes.operations.horloge import move_clock, start_clock

from .moments import MOMENTS
from .story import StoryMoment


class MomentNotReachable(Exception):
    """The story cannot go to that moment; the message says why, in French."""


def names() -> list[str]:
    return [moment.name for moment in MOMENTS]


def replay(name: str) -> int:
    """Play the story up to a moment, from the one that it has reached; return how many scenes were played.

    A moment is played whole or not at all, so a replay that was interrupted can simply be run again.

    :raises MomentNotReachable: when no moment has that name, or the portal is already past it
    """
    if name not in names():
        raise MomentNotReachable(f"Aucun moment ne s’appelle « {name} ». Il y a : {', '.join(names())}.")
    wanted = names().index(name)
    if any(moment.is_reached() for moment in MOMENTS[wanted + 1 :]):
        raise MomentNotReachable(
            f"L’histoire est déjà rejouée plus loin que « {name} ». "
            f"Pour la reprendre : script/demo --reset --moment {name}"
        )
    return sum(_play(moment) for moment in MOMENTS[: wanted + 1] if not moment.is_reached())


@transaction.atomic
def _play(moment: StoryMoment) -> int:
    is_first = moment is MOMENTS[0]
    if not is_first and clock.now() > moment.scenes[0].at:
        raise MomentNotReachable(
            f"L’horloge du portail a dépassé le début de « {moment.name} », et elle ne recule pas. "
            f"Pour reprendre l’histoire : script/demo --reset --moment {moment.name}"
        )
    for played in moment.scenes:
        with clock.travel(played.at):
            played.play(at=played.at)
            _deliver_the_mails()
    set_clock = partial(start_clock, at=moment.at) if is_first else partial(move_clock, to=moment.at)
    set_clock(machine=clock.machine_now())
    return len(moment.scenes)


def _deliver_the_mails() -> None:
    """Send what the scene posted now. Later, a worker would find that an accepted invitation needs no message."""
    posted = (
        Notice.objects.filter(state=NoticeState.PENDING).order_by("posted_at", "pk").values_list("email", flat=True)
    )
    for email in dict.fromkeys(posted):
        effects.deliver_to(email)
