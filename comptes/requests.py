from datetime import datetime

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from comptes.models import Compte


class PortalRequest(HttpRequest):
    """A request as the views read it: signed in, and stamped with the instant of its arrival (aware, UTC)."""

    at: datetime
    htmx: HtmxDetails
    user: Compte  # a page open to anonymous visitors asks `is_authenticated`


def posted_number(request: HttpRequest, name: str) -> int:
    """Return the id or version that a form's hidden field bears, 0 (which nothing bears) when it is no number."""
    typed = request.POST.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
