"""The portal's Celery just after the séance of the factories, whatever the machine's clock says."""

import tests.surroundings  # noqa: F401 -- first of all  # isort: skip
from comptes import clock
from segur_portal.celery import app
from tests.factories.referencement import COLLEGE

TRAVEL = clock.travel(COLLEGE)
TRAVEL.__enter__()

__all__ = ["app"]
