"""What every request goes through: its instant, the sign-in, and the read-only session of safe methods."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control

from comptes import clock, journal
from comptes.enums import SecurityEvent
from comptes.requests import PortalRequest, client_address, is_a_trusted_proxy
from comptes.views import factor, proofs, regards
from comptes.views.confirm import ask_again
from comptes.views.provider import WAY_BACK
from comptes.views.sign_in import sign_in_and_resume
from segur_portal import health
from segur_portal.acts import grave_act
from segur_portal.hashing import TooManyAtOnce

GetResponse = Callable[[HttpRequest], HttpResponse]

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_STAMP = re.compile(r"(?:t=)?(\d{10})\.?(\d{0,6})\d*")


def readable(get_response: GetResponse) -> GetResponse:
    """Answer that there is nothing at an address that holds a NUL: PostgreSQL has no such text."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info:
            raise Http404
        return get_response(request)

    return middleware


def arrival(get_response: GetResponse) -> GetResponse:
    """Set `request.at`: the instant at which the request reached the portal's first door (aware, UTC)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.META["segur.client_address"] = client_address(request)
        cast("PortalRequest", request).at = clock.as_the_portal_sees(
            arrival_of(request, received_at=clock.machine_now())
        )
        return get_response(request)

    return middleware


def arrival_of(request: HttpRequest, *, received_at: datetime) -> datetime:
    """Return the stamp of a trusted proxy, never in the future; else `received_at`. One too old is brought nearer.

    `X-Request-Start` is `t=` and the seconds since 1970, with or without a fraction (`t=1790848799.900`); without the
    dot, the digits after the tenth are taken for the fraction.
    """
    stamp = _STAMP.fullmatch(request.headers.get("X-Request-Start", "").strip())
    if stamp is None or not is_a_trusted_proxy(request):
        return received_at
    seconds, fraction = stamp.groups()
    stamped_at = datetime.fromtimestamp(int(seconds), UTC) + timedelta(microseconds=int(fraction.ljust(6, "0")))
    oldest = received_at - timedelta(seconds=settings.STAMP_BELIEVED_FOR)
    return min(max(stamped_at, oldest), received_at)


def speaks_utf8(get_response: GetResponse) -> GetResponse:
    """Refuse in a sentence what announces another charset than UTF-8, or one that nobody knows."""

    def middleware(request: HttpRequest) -> HttpResponse:
        charset = (request.content_params or {}).get("charset", "utf-8")
        request.encoding = "utf-8"  # whatever it is called; and what draws the refusal reads the address
        if charset.strip().lower().replace("_", "-") in {"utf-8", "utf8"}:
            return get_response(request)
        return render(request, "415.html", status=415)

    return middleware


def well_guarded(get_response: GetResponse) -> GetResponse:
    """Have browsers lend the portal no sensor, and keep nothing of what a signed-in person reads.

    What says of itself that it is public (the list that anybody downloads) may be kept.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated and not response.get("Cache-Control", "").startswith("public"):
            patch_cache_control(response, private=True, no_store=True)
        return response

    return middleware


class SigningIn:
    """Give who has just signed in, however they did, the cookie by which their account knows this browser.

    Answer 503 when more people sign in at once than hashing allows: the other pages are served meanwhile.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if compte := getattr(request, "signed_in_now", None):
            proofs.remember_device(request, response, compte)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, TooManyAtOnce):
            response = render(request, "503.html", status=503)
            response["Retry-After"] = "3"
            return response
        return None


def says_how_it_is(get_response: GetResponse) -> GetResponse:
    """Answer for the portal's health before anything that could wait: no session, no transaction, no sign-in."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info == "/sante/" and request.method in ("GET", "HEAD"):
            return health.answer()
        return get_response(request)

    return middleware


def security_log(get_response: GetResponse) -> GetResponse:
    """Write in the security log, once the request is over, what it noted, and the file that it gave."""

    def middleware(request: HttpRequest) -> HttpResponse:
        at = cast("PortalRequest", request).at
        with journal.noted_of_a_request(at=at, origin=request.META["segur.client_address"]):
            response = get_response(request)
            if gives_a_file(request, response):
                by = getattr(request, "seen_by", None)
                reader = cast("PortalRequest", request).user
                journal.note(SecurityEvent.FILE_READ, compte=reader, by=by, about=request.path)
            return response

    return middleware


def gives_a_file(request: HttpRequest, response: HttpResponse) -> bool:
    """Say whether somebody reads a file or an export, or any part or drawn page of one, which may be all they want."""
    user = getattr(request, "user", None)
    if request.method != "GET" or user is None or not user.is_authenticated or response.status_code not in (200, 206):
        return False
    return response.has_header("Content-Disposition") or bool(response.streaming)


def in_french(get_response: GetResponse) -> GetResponse:
    """Say which language and time zone are spoken here: unsaid, Django looks for them at each address, date, number."""

    def middleware(request: HttpRequest) -> HttpResponse:
        translation.activate(settings.LANGUAGE_CODE)
        timezone.activate(settings.TIME_ZONE)
        return get_response(request)

    return middleware


class SignInOrKeepWhatWasTyped(LoginRequiredMiddleware):
    """Ask to sign in; a form posted after the session ended is carried through the sign-in, so nothing is lost."""

    def handle_no_permission(  # type: ignore[override]  # ours answers with a page, not only with a redirection
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponse:
        if request.method == "POST":
            return sign_in_and_resume(request)
        return super().handle_no_permission(request, view_func)


class SeeingAs:
    """Let an administrateur who helps see the portal as somebody, and do nothing as them (`comptes.views.regards`)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        regards.look(cast("PortalRequest", request))
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        return regards.refuse(cast("PortalRequest", request))


class AskTheSecondFactor:
    """Lead who has signed in, and whose second step is to come, to that step and nowhere else."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        match = request.resolver_match
        if not request.user.is_authenticated or match is None or match.view_name in factor.DOORS:
            return None
        return factor.lead_there(request) if factor.is_due(request) else None


class ConfirmBeforeGraveActs:
    """Ask who one is again before each act of `segur_portal.acts`, unless it was proved a short while ago."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        match = request.resolver_match
        if request.method in SAFE_METHODS or match is None or not request.user.is_authenticated:
            return None
        gesture = str(kwargs.get("geste") or request.POST.get("geste") or "")
        act = grave_act(match.view_name, gesture)
        return ask_again(cast("PortalRequest", request), act=act.sentence, stronger=act.stronger) if act else None


def read_only_when_safe(get_response: GetResponse) -> GetResponse:
    """Answer safe methods in a read-only transaction: a GET that writes is refused by the database.

    But the way back from the identity provider, which the standard makes a GET: it signs in, and waits for the
    provider, which no transaction may do. State, nonce and verifier stand for its CSRF token (decision 32).
    """
    way_back = f"/{WAY_BACK}"

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE_METHODS or request.path_info == way_back:
            return get_response(request)
        # Now, while writing is allowed: Django empties a session whose password has changed when it looks for its user.
        bool(request.user)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
            return get_response(request)

    return middleware
