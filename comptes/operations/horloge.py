from datetime import datetime

from django.db import transaction

from comptes.models import HorlogeDeDemonstration


class ClockOnlyMovesForward(Exception):
    """The demonstration's clock was asked to go back: what was already stamped would become the future."""


class ClockAlreadyStarted(Exception):
    """The demonstration's clock was set once; from then on it can only be moved forward."""


@transaction.atomic
def start_clock(*, at: datetime, machine: datetime) -> HorlogeDeDemonstration:
    """Set the demonstration's clock for the first time, in the past or in the future, and let it run.

    :param machine: the machine's own present instant, from which the offset is counted
    :raises ClockAlreadyStarted: when it was set or moved before
    """
    if HorlogeDeDemonstration.objects.filter(pk=1).exists():
        raise ClockAlreadyStarted
    return HorlogeDeDemonstration.objects.create(pk=1, offset=at - machine)


@transaction.atomic
def move_clock(*, to: datetime, machine: datetime) -> HorlogeDeDemonstration:
    """Move the demonstration's clock forward to that instant; frozen, it stays frozen there.

    :param machine: the machine's own present instant, from which the offset is counted
    :raises ClockOnlyMovesForward: when `to` is before the clock's present instant
    """
    horloge = _locked()
    if to < horloge.translate(machine):
        raise ClockOnlyMovesForward
    if horloge.frozen_at:
        horloge.frozen_at = to
    horloge.offset = to - machine
    horloge.save()
    return horloge


@transaction.atomic
def freeze_clock(*, machine: datetime) -> HorlogeDeDemonstration:
    horloge = _locked()
    horloge.frozen_at = horloge.translate(machine)
    horloge.save()
    return horloge


@transaction.atomic
def unfreeze_clock(*, machine: datetime) -> HorlogeDeDemonstration:
    """Let the clock run again from the instant at which it stood."""
    horloge = _locked()
    if horloge.frozen_at:
        horloge.offset, horloge.frozen_at = horloge.frozen_at - machine, None
        horloge.save()
    return horloge


def _locked() -> HorlogeDeDemonstration:
    HorlogeDeDemonstration.objects.bulk_create([HorlogeDeDemonstration(pk=1)], ignore_conflicts=True)
    return HorlogeDeDemonstration.objects.select_for_update().get(pk=1)
