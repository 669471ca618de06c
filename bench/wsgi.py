"""The portal as its server runs it, at an instant of phase 2 whatever the machine's clock says."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
portal = get_wsgi_application()

from bench.moment import AT  # noqa: E402 -- once the settings are read
from comptes import clock  # noqa: E402


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    with clock.travel(AT):
        return portal(environ, start_response)
