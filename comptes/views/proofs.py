"""The one place where a secret is tried: counted first, then compared."""

from collections.abc import Callable, Collection
from typing import TypeVar

from django.conf import settings
from django.contrib.auth import authenticate
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import get_random_string, salted_hmac

from comptes import clock, journal
from comptes.enums import SecurityEvent
from comptes.models import Compte
from comptes.operations.essais import TooManyTries, charge, forgive, refund
from comptes.requests import client_address
from comptes.rules.emails import canonical
from comptes.rules.essais import Scope, TryCount, counts_of_sign_in, place_of

COOKIE = "appareil"
SALT = "comptes.appareil"
AGE = 180 * 24 * 3600
MOST_ACCOUNTS = 5

Proved = TypeVar("Proved")


def sign_in_by_password(request: HttpRequest, *, email: str, password: str) -> Compte | None:
    """Return whose address and password these are; None when they do not go together.

    :raises operations.TooManyTries: without looking at them
    """
    device = _devices(request).get(_key(canonical(email)), "")
    counts = counts_of_sign_in(email=canonical(email), address=client_address(request), device=device)
    return tried(counts, lambda: _authenticate(request, email=email, password=password))


def own_password(request: HttpRequest, compte: Compte, password: str) -> bool:
    """Say whether this is the password of the person signed in; its tries are counted apart from sign-ins.

    :raises operations.TooManyTries: without looking at it
    """
    proved = bool(tried([TryCount(Scope.OWN.value, compte.email)], lambda: compte.check_password(password)))
    journal.note(SecurityEvent.PROOF_GIVEN if proved else SecurityEvent.PROOF_FAILED, compte=compte)
    return proved


def tried(counts: Collection[TryCount], proof: Callable[[], Proved]) -> Proved:
    """Count a try, check the secret, and forget past tries when it is right; a check that cannot be made costs nothing.

    :raises operations.TooManyTries: without looking
    """
    charge(counts=counts, at=clock.machine_now())
    try:
        proved = proof()
    except BaseException:
        refund(counts=counts)
        raise
    if proved:
        forgive(counts=counts)
    return proved


def count_a_link(request: HttpRequest) -> None:
    """Count a request for a password link: each place may ask for few.

    :raises operations.TooManyTries: when it asked for too many
    """
    charge(counts=[TryCount(Scope.LINK.value, place_of(client_address(request)))], at=clock.machine_now())


def too_many(request: HttpRequest, refused: TooManyTries) -> HttpResponse:
    """Answer a try that comes too early: the secret was not read; the page says when to try again."""
    user = request.user if request.user.is_authenticated else None
    journal.note(SecurityEvent.SLOWED_DOWN, compte=user, email=str(request.POST.get("username", "")))
    seconds = max(1, int((refused.until - clock.machine_now()).total_seconds()) + 1)
    context = {"wait": _wait_in_words(seconds)}
    response = render(request, "comptes/locked_out.html", context, status=429)
    response["Retry-After"] = str(seconds)
    return response


def remember_device(request: HttpRequest, response: HttpResponse, compte: Compte) -> None:
    """Set the cookie of a known browser: wrong passwords typed elsewhere never make the owner wait here."""
    known = _devices(request)
    key = _key(compte.email)
    known = {key: known.get(key) or get_random_string(22)} | {
        other_key: name for other_key, name in known.items() if other_key != key
    }
    kept = dict(list(known.items())[:MOST_ACCOUNTS])
    response.set_cookie(
        COOKIE,
        signing.dumps(kept, salt=SALT),
        max_age=AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _authenticate(request: HttpRequest, *, email: str, password: str) -> Compte | None:
    user = authenticate(request, email=email, password=password)
    return user if isinstance(user, Compte) else None


def _devices(request: HttpRequest) -> dict[str, str]:
    """The accounts that signed in from this browser, each as a fingerprint, with the browser's name for it."""
    try:
        known = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=AGE)
    except signing.BadSignature:
        return {}
    return known if isinstance(known, dict) else {}


def _key(email: str) -> str:
    return salted_hmac(SALT, email, algorithm="sha256").hexdigest()[:32]


def _wait_in_words(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds}\u00a0secondes" if seconds > 1 else "une seconde"
    return f"{-(-seconds // 60)}\u00a0minutes"
