"""The portal as its server runs it, at an instant of phase 2 whatever the machine's clock says."""

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
