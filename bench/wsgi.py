"""The WSGI application of the portal, with its clock at `bench.moment.AT`."""

import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

from segur_portal.wsgi import application as portal  # isort: skip -- it reads the settings, which the clock needs
from bench.moment import AT
from comptes import clock


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    with clock.travel(AT):
        return portal(environ, start_response)
