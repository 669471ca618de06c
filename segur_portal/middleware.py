"""What every request goes through: its instant, the sign-in, and a read-only transaction for safe methods."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control

from comptes import clock, journal
from comptes.enums import SecurityEvent
from comptes.requests import TYPED, PortalRequest, TextTooLong, client_address, is_a_trusted_proxy
from comptes.views import factor, proofs, regards
from comptes.views.confirm import ask_again
from comptes.views.provider import WAY_BACK
from comptes.views.shorten import shorten
from comptes.views.sign_in import sign_in_and_resume
from segur_portal import health
from segur_portal.acts import grave_act
from segur_portal.hashing import TooManyAtOnce

GetResponse = Callable[[HttpRequest], HttpResponse]

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_STAMP = re.compile(r"(?:t=)?(\d{10})\.?(\d{0,6})\d*")


def refuse_nul_in_the_path(get_response: GetResponse) -> GetResponse:
    """Answer 404 to a path that holds a NUL byte, which PostgreSQL cannot store in a text."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info:
            raise Http404
        return get_response(request)

    return middleware


def arrival(get_response: GetResponse) -> GetResponse:
    """Set `request.at`, the instant at which the request reached the first trusted proxy (aware, UTC)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.META["segur.client_address"] = client_address(request)
        cast("PortalRequest", request).at = clock.as_the_portal_sees(
            arrival_of(request, received_at=clock.machine_now())
        )
        return get_response(request)

    return middleware


def arrival_of(request: HttpRequest, *, received_at: datetime) -> datetime:
    """Return the stamp of a trusted proxy; without one, `received_at`.

    A stamp in the future is read as `received_at`; one older than `STAMP_BELIEVED_FOR`, as that long ago.
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


def utf8_only(get_response: GetResponse) -> GetResponse:
    """Refuse a body in another charset than UTF-8, with a page (415)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        charset = (request.content_params or {}).get("charset", "utf-8")
        request.encoding = "utf-8"  # also for the page of refusal, which reads the query string
        if charset.strip().lower().replace("_", "-") in {"utf-8", "utf8"}:
            return get_response(request)
        return render(request, "415.html", status=415)

    return middleware


def protective_headers(get_response: GetResponse) -> GetResponse:
    """Forbid browsers to lend sensors to the portal, and caches to keep what a signed-in person reads.

    A page that declares itself public (`Cache-Control: public`) may still be kept.
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
    """Give whoever has just signed in the cookie by which their account recognises this browser.

    Answer 503 when more passwords are to be hashed at once than the server allows, so that other pages stay served.
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


def health_first(get_response: GetResponse) -> GetResponse:
    """Answer `/sante/` before anything that could wait: no session, no transaction, no sign-in."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info == "/sante/" and request.method in ("GET", "HEAD"):
            return health.answer()
        return get_response(request)

    return middleware


def security_log(get_response: GetResponse) -> GetResponse:
    """Write the events of the request in the security log, once it is over, and the file that was read, if one was."""

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
    """Whether the response gives a signed-in person a file, an export, a part of a file or one of its drawn pages."""
    user = getattr(request, "user", None)
    if request.method != "GET" or user is None or not user.is_authenticated or response.status_code not in (200, 206):
        return False
    return response.has_header("Content-Disposition") or bool(response.streaming)


def in_french(get_response: GetResponse) -> GetResponse:
    """Activate French and Paris time once: otherwise Django looks them up for each URL, date and number."""

    def middleware(request: HttpRequest) -> HttpResponse:
        translation.activate(settings.LANGUAGE_CODE)
        timezone.activate(settings.TIME_ZONE)
        return get_response(request)

    return middleware


class SignInOrKeepWhatWasTyped(LoginRequiredMiddleware):
    """Ask to sign in; a form posted after the session ended is kept through the sign-in, so nothing is lost."""

    def handle_no_permission(  # type: ignore[override]  # ours answers with a page, not only with a redirection
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponse:
        if request.method == "POST":
            return sign_in_and_resume(request)
        return super().handle_no_permission(request, view_func)


class SeeingAs:
    """Let an administrateur see the portal as somebody else, without acting for them (`comptes.views.regards`)."""

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
    """Redirect whoever has signed in without their second factor yet to that step, and nowhere else."""

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
    """Ask for a proof of identity before each act of `segur_portal.acts`, unless one is fresh."""

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


class KeepWhatWasTyped:
    """Give back a reason that was typed, and refused.

    Too long, it is shown with everything else that was posted: shortened, it is sent to the same address. Refused for
    what has changed meanwhile, it is in the messages of the page that says so.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        typed = vars(request).get(TYPED, "")
        if typed and response.status_code == HTTPStatus.FOUND and _is_refused(request):
            messages.info(request, f"Votre texte est gardé ici\u00a0: «\u00a0{typed}\u00a0»")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return shorten(request, exception.name) if isinstance(exception, TextTooLong) else None


def _is_refused(request: HttpRequest) -> bool:
    """Whether the page to come will say that the act was refused; its messages are not read, so that they are shown."""
    queued = getattr(messages.get_messages(request), "_queued_messages", [])
    return any(message.level >= messages.WARNING for message in queued)


def read_only_when_safe(get_response: GetResponse) -> GetResponse:
    """Answer safe methods in a read-only transaction, so that the database refuses a GET that writes.

    The way back from the identity provider is left out: the standard makes it a GET, but it signs in, and waits for the
    provider, which no transaction may do. State, nonce and verifier replace its CSRF token (decision 32).
    """
    way_back = f"/{WAY_BACK}"

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE_METHODS or request.path_info == way_back:
            return get_response(request)
        # Read the user while writing is allowed: Django then empties a session whose password has changed.
        bool(request.user)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
            return get_response(request)

    return middleware
