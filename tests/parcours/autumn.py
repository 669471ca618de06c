"""The WSGI application of the portal, with its clock in the autumn of the factories."""

import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "segur_portal.settings")

from segur_portal.wsgi import application as portal  # isort: skip -- it reads the settings, which the clock needs
from comptes import clock
from tests.factories.preuves import AUTUMN


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    with clock.travel(AUTUMN):
        return portal(environ, start_response)
