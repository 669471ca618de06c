from datetime import datetime

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from comptes import queries
from comptes.models import Compte


class PortalBackend(ModelBackend):
    """Who asks, found with how many avis they have not read: every page shows it, and none asks for it."""

    def get_user(self, user_id: int) -> Compte | None:
        found = queries.with_unread(Compte.objects.filter(pk=user_id)).first()
        return found if found is not None and self.user_can_authenticate(found) else None


class PortalRequest(HttpRequest):
    """A request as the views read it: signed in, and stamped with the instant of its arrival (aware, UTC)."""

    at: datetime
    htmx: HtmxDetails
    user: Compte  # a page open to anonymous visitors asks `is_authenticated`


def posted_number(request: HttpRequest, name: str) -> int:
    """Return the id or version that a form's hidden field bears, 0 (which nothing bears) when it is no number."""
    typed = request.POST.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
