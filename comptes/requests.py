from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.db.models import BigIntegerField, DateField
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from comptes import clock
from comptes.dates import PARIS
from comptes.models import Compte
from comptes.models.prepared import Prepared
from comptes.queries.asking import with_unread
from comptes.rules import texts
from comptes.rules.figures import whole

# Every request asks it: the query is compiled once.
_SIGNED_IN = Prepared(
    lambda compte, day: with_unread(Compte.objects.filter(pk=compte), day=day).order_by("pk"),
    compte=BigIntegerField(),
    day=DateField(),
)


class PortalBackend(ModelBackend):
    """The person who asks, with the number of their unread notifications, so that no page queries it again.

    Django gives a session's account and no request: this is a door, and reads the clock for what depends on the day.
    """

    def get_user(self, user_id: int) -> Compte | None:
        compte = _SIGNED_IN.first(compte=user_id, day=clock.now().astimezone(PARIS).date())
        return compte if compte is not None and self.user_can_authenticate(compte) else None


class PortalRequest(HttpRequest):
    """A request as the views read it: signed in, and stamped with the instant of its arrival (aware, UTC)."""

    at: datetime
    htmx: HtmxDetails
    user: Compte  # a page open to anonymous visitors asks `is_authenticated`
    # Set by `views.regards.look`: the administrateur who sees the portal as `user`, and until when (aware).
    seen_by: Compte | None
    seen_until: datetime
    regard_ended: bool


def posted_number(request: HttpRequest, name: str) -> int:
    """Return the id or version in a form's hidden field; 0, which no row has, when it is no number."""
    return whole(request.POST.get(name, "")) or 0


TYPED = "typed_text"
"""Where a request keeps the reason that was posted, for the page that refuses it."""


class TextTooLong(Exception):
    """A text, posted in the only field of its form, is too long: the middleware shows it again, to be shortened."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def keep_typed(request: HttpRequest, text: str) -> None:
    """Have a text given back by the page to come, if it says that the act was refused."""
    vars(request)[TYPED] = text


def posted_text(request: HttpRequest, name: str = "motif") -> str:
    """Return the reason that a person typed in a form that has no other field.

    :raises TextTooLong: when it has more than `LONGEST_MOTIF` characters; nothing is cut
    """
    text = texts.paragraph(request.POST.get(name, ""))
    if len(text) > texts.LONGEST_MOTIF:
        raise TextTooLong(name)
    if name in request.POST:
        keep_typed(request, text)
    return text


Address = IPv4Address | IPv6Address


def client_address(request: HttpRequest) -> str:
    """Return where a request comes from, in its canonical form; empty when nobody can tell.

    Each of our proxies appends the address of its client to `X-Forwarded-For`: whatever stands before these was written
    by the browser, and is not read. The header is ignored when the neighbour is none of `TRUSTED_PROXIES`.
    """
    neighbour = _parsed(request.META.get("REMOTE_ADDR", ""))
    if neighbour is None or not is_a_trusted_proxy(request):
        return str(neighbour or "")
    forwarded = [
        _parsed(address) for address in request.headers.get("X-Forwarded-For", "").split(",") if address.strip()
    ]
    believed = forwarded[-settings.PROXIES_IN_A_ROW :] if settings.PROXIES_IN_A_ROW > 0 else []
    return str((believed[0] if believed else None) or neighbour)


def is_a_trusted_proxy(request: HttpRequest) -> bool:
    """Say whether the neighbour that sent this request is a proxy whose headers are believed."""
    neighbour = _parsed(request.META.get("REMOTE_ADDR", ""))
    return neighbour is not None and any(neighbour in network for network in settings.TRUSTED_PROXIES)


def _parsed(text: str) -> Address | None:
    """Read an address, with or without a port; an IPv4 one written as IPv6 is that IPv4."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
