"""The Celery application. Its tasks are the `effects` (after a commit) and `sweeps` (periodic) of each app."""

import os
from time import monotonic
from typing import Any, ClassVar

from celery import Celery, Task
from kombu.exceptions import OperationalError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "segur_portal.settings")

REST = 5.0


class PortalTask(Task):
    """A task that is not published for some seconds after the broker has failed.

    An act that queues ten tasks would otherwise wait for the timeout ten times.
    """

    abstract = True
    _rests_until: ClassVar[float] = 0.0

    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        if monotonic() < PortalTask._rests_until:
            raise OperationalError("The broker has just failed: it is left alone for a few seconds.")
        try:
            return super().apply_async(*args, **kwargs)
        except OperationalError:
            PortalTask._rests_until = monotonic() + REST
            raise


app = Celery("segur_portal", task_cls=PortalTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="effects")
app.autodiscover_tasks(related_name="sweeps")
