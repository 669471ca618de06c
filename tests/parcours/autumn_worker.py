"""The portal's Celery on the morning of the factories, whatever the machine's clock says; its forks inherit it."""

import tests.surroundings  # noqa: F401 -- first of all  # isort: skip
from comptes import clock
from segur_portal.celery import app
from tests.factories.guichets import MORNING

TRAVEL = clock.travel(MORNING)
TRAVEL.__enter__()

__all__ = ["app"]
