"""What Celery workers write in the database: a beat of each queue, and the tasks that failed."""

import logging
from collections.abc import Sequence
from time import monotonic
from typing import Any

from celery.signals import task_failure, task_success
from django.db import DatabaseError

from comptes import clock
from comptes.operations.travaux import forget_failure, note_beat, note_failure
from segur_portal.queues import JOBS

logger = logging.getLogger(__name__)

# Seconds between two beats of one queue by one process.
BETWEEN = 5.0
_last: dict[str, float] = {}


def connect() -> None:
    task_success.connect(_succeeded, weak=False)
    task_failure.connect(_failed, weak=False)


def _succeeded(sender: Any, **_: Any) -> None:
    if sender.request.is_eager:
        return
    _write(sender.name, list(sender.request.args or ()), None)


def _failed(sender: Any, exception: BaseException, args: Sequence[Any] | None = None, **_: Any) -> None:
    if sender.request.is_eager:
        return
    _write(sender.name, list(args or ()), exception)


def _write(task: str, args: list[Any], error: BaseException | None) -> None:
    """Write what became of a task; when the database does not answer, a warning in the log is enough."""
    try:
        if error is None:
            forget_failure(task=task, arguments=args)
        else:
            note_failure(task=task, arguments=args, error=error, at=clock.now())
        _beat(task)
    except DatabaseError as failure:
        logger.warning("What became of %s is not written: %s", task, failure)


def _beat(task: str) -> None:
    job = JOBS.get(task)
    if job is None or monotonic() - _last.get(job.queue, -BETWEEN) < BETWEEN:
        return
    _last[job.queue] = monotonic()
    note_beat(queue=job.queue, task=task, at=clock.machine_now())
