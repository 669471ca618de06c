"""Celery: effects follow a commit, sweeps follow the clock. Both are found by the name of their room."""

import os
from time import monotonic
from typing import Any, ClassVar

from celery import Celery, Task
from kombu.exceptions import OperationalError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "segur_portal.settings")

REST = 5.0


class Echo(Task):
    """A task that is not published to a broker that has just failed: an act with ten echoes does not wait ten times."""

    abstract = True
    _rests_until: ClassVar[float] = 0.0

    def apply_async(self, *words: Any, **named: Any) -> Any:
        if monotonic() < Echo._rests_until:
            raise OperationalError("The broker has just failed: it is left alone for a few seconds.")
        try:
            return super().apply_async(*words, **named)
        except OperationalError:
            Echo._rests_until = monotonic() + REST
            raise


app = Celery("segur_portal", task_cls=Echo)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="effects")
app.autodiscover_tasks(related_name="sweeps")
