"""Say again who one is, before an act that cannot be undone."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from comptes import clock, operations
from comptes.forms import ConfirmForm
from comptes.models import Compte
from comptes.requests import PortalRequest

from . import proofs
from .sign_in import safe_next

RECENT = timedelta(minutes=10)
STAMP = "authenticated_at"


def stamp(request: HttpRequest) -> None:
    """Remember when somebody proved who he is: on signing in, and on confirming."""
    request.session[STAMP] = clock.machine_now().isoformat()


def note_sign_in(request: HttpRequest, user: Compte, **_: Any) -> None:
    """Follow each sign-in, whichever door it came by: it proves who one is, and this browser is known from now on."""
    stamp(request)
    request.signed_in_now = user  # type: ignore[attr-defined]  # for the middleware, which holds the response


def is_recent(request: HttpRequest) -> bool:
    """Whether the person proved who he is less than ten minutes ago, on the machine's clock, as sessions age."""
    proved_at = request.session.get(STAMP)
    return proved_at is not None and clock.machine_now() - datetime.fromisoformat(proved_at) < RECENT


@sensitive_post_parameters("password")
@never_cache
def confirm(request: PortalRequest) -> HttpResponse:
    """Ask for the password of who is signed in, then go back to the act that asked for it."""
    form = ConfirmForm(request.POST or None)
    back = safe_next(request)
    try:
        known = (
            request.method == "POST"
            and form.is_valid()
            and proofs.own_password(request, request.user, form.cleaned_data["password"])
        )
    except operations.TooManyTries as refused:
        return proofs.too_many(request, refused)
    if request.method == "POST" and not known and not form.errors:
        form.add_error("password", "Ce n’est pas votre mot de passe.")
    if known:
        stamp(request)
        messages.success(request, "Votre identité est confirmée.")
        return redirect(back or settings.LOGIN_REDIRECT_URL)
    return render(request, "comptes/confirm.html", {"form": form, "next": back})
