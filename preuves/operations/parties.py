"""The parts of a declared file come, one or several in a request: each is compared, kept, and noted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from celery import Task
from django.db import transaction
from django.db.models import Max

from candidatures.operations.telling import after_commit
from comptes.rules.refusals import Refused
from preuves.connectors.arrivals import HeldPart, Source, held_part
from preuves.models import Envoi, PartieRecue
from preuves.queries.envois import count_received, locked_envoi
from preuves.rules import envois as rules

from .reception import NotIdentical, arrivals, sha256_before

if TYPE_CHECKING:
    from hashlib import _Hash

NOTED_TOGETHER = 8
"""How many parts of one request are noted at once: what a killed process loses is sent again."""

WRONG_LENGTH = "Cette partie n’a pas la taille qui a été annoncée\u00a0: choisissez de nouveau le fichier."

_verifying: list[Task[..., None]] = []


def verify_with(*, task: Task[..., None]) -> None:
    """Give the task that verifies a file which has arrived: it stands above the operations, and calls one of them."""
    _verifying[:] = [task]


class PartieRefused(Refused):
    """This part was not kept: it is not the one that was declared, or no part is awaited."""


class PartieCut(Exception):
    """The request ended before its last part did; the parts that came whole are kept."""


def receive_parts(*, envoi: Envoi, first: int, length: int, content: Source, at: datetime) -> Envoi:
    """Keep the parts that a request brings, each once it was found to be the one that was declared.

    Sent twice, it is the same part. They are written before anything is locked: a process that dies before their rows
    are there leaves them to be sent again.

    :param envoi: as it was read for this request
    :param first: the number of the first part; those that follow it are the rest of the `length` bytes
    :raises PartieRefused: with the French reason
    :raises PartieCut: when less came
    """
    if envoi.upload_id:
        raise PartieRefused("Les parties de ce fichier s’envoient au serveur de fichiers\u00a0: rechargez la page.")
    numbers = rules.parts_that_weigh(length=length, first=first, part_size=envoi.part_size, size=envoi.size)
    if not numbers:
        raise PartieRefused(
            "Cette partie n’a pas la taille qui a été annoncée\u00a0: choisissez de nouveau le fichier."
        )
    if envoi.arrived_at is not None:
        return envoi
    whole = _sha256_that_they_end(envoi, numbers)
    kept: list[int] = []
    with arrivals().writing(envoi.stored_as, whole=whole) as writing:
        try:
            for number in numbers:
                if len(kept) == NOTED_TOGETHER:
                    writing.wait()
                    note_parts(envoi_id=envoi.pk, numbers=kept, at=at)
                    kept = []
                writing.put(_the_part(envoi, number, content), offset=(number - 1) * envoi.part_size)
                kept.append(number)
        except (PartieRefused, PartieCut, OSError):
            writing.wait()
            kept = kept[:-1] if writing.failed else kept  # what the disk refused is the last that it was given
            if kept:
                note_parts(envoi_id=envoi.pk, numbers=kept, at=at)
            raise
    sha256 = whole.hexdigest() if whole else ""
    return note_parts(envoi_id=envoi.pk, numbers=kept, at=at, sha256=sha256)


def _the_part(envoi: Envoi, number: int, content: Source) -> HeldPart:
    length = envoi.length_of(number)
    part = held_part(content, length=length)
    if part.size < length:
        raise PartieCut
    is_the_one = part.sha256 == envoi.parts[number - 1]
    if reason := rules.why_not_the_part(number=number, of=len(envoi.parts), is_the_one=is_the_one):
        while content.read(envoi.part_size):
            pass  # a browser that is still sending hears no answer
        raise PartieRefused(reason)
    return part


def _sha256_that_they_end(envoi: Envoi, numbers: range) -> _Hash | None:
    """Return the sha256 of what is before the last parts of a file, read again; these parts then make it the whole's.

    None when something is missing, when other parts end the file, or when more is there than comes: whoever verifies
    the file then reads it all.
    """
    before = numbers[0] - 1
    if numbers[-1] != len(envoi.parts) or before > len(numbers):
        return None
    if before and envoi.received.filter(number__lte=before).count() < before:
        return None
    try:
        return sha256_before(number=numbers[0], envoi=envoi)
    except NotIdentical:
        return None


@transaction.atomic
def note_parts(*, envoi_id: int, numbers: Iterable[int], at: datetime, sha256: str = "") -> Envoi:
    """Write down that some parts have come, and that the file has arrived once all of them are there.

    :param sha256: that of the whole, when these parts end it and it is known; empty, the file is read again
    :raises PartieRefused: when it was abandoned meanwhile
    """
    envoi = locked_envoi(envoi_id=envoi_id)
    if envoi is None:
        raise PartieRefused("Cet envoi a été abandonné.")
    rows = [PartieRecue(envoi=envoi, number=number, received_at=at) for number in numbers]
    PartieRecue.objects.bulk_create(rows, ignore_conflicts=True)
    if envoi.arrived_at is None and count_received(envoi) == len(envoi.parts):
        _arrive(envoi, sha256=sha256)
    return envoi


def _arrive(envoi: Envoi, *, sha256: str) -> None:
    """Note that the last part of a locked envoi has come, once the disk holds them all, and have the whole verified."""
    if not envoi.upload_id:
        arrivals().keep(envoi.stored_as)
    envoi.arrived_at = envoi.received.aggregate(last=Max("received_at"))["last"]
    envoi.sha256 = sha256
    envoi.save(update_fields=["arrived_at", "sha256"])
    for task in _verifying:
        after_commit(effect=task, key=envoi.pk)
