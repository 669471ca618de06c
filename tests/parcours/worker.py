"""The portal's Celery with its clock at the instant of `WORKER_NOW`; its forks inherit it."""

import tests.surroundings  # noqa: F401 -- first of all  # isort: skip
import os
from datetime import datetime

from comptes import clock
from segur_portal.celery import app

TRAVEL = clock.travel(datetime.fromisoformat(os.environ["WORKER_NOW"]))
TRAVEL.__enter__()

__all__ = ["app"]
