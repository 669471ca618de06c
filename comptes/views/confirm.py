"""Say again who one is, before an act that cannot be undone."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from comptes import clock
from comptes.forms import ConfirmForm
from comptes.requests import PortalRequest

from .sign_in import safe_next

RECENT = timedelta(minutes=10)
STAMP = "authenticated_at"


def stamp(request: HttpRequest, **_: Any) -> None:
    """Remember when somebody proved who he is: on signing in, and on confirming."""
    request.session[STAMP] = clock.machine_now().isoformat()


def is_recent(request: HttpRequest) -> bool:
    """Whether the person proved who he is less than ten minutes ago, on the machine's clock, as sessions age."""
    proved_at = request.session.get(STAMP)
    return proved_at is not None and clock.machine_now() - datetime.fromisoformat(proved_at) < RECENT


@sensitive_post_parameters("password")
@never_cache
def confirm(request: PortalRequest) -> HttpResponse:
    """Ask for the password of who is signed in, then go back to the act that asked for it."""
    form = ConfirmForm(request, request.POST or None, compte=request.user)
    back = safe_next(request)
    if request.method == "POST" and form.is_valid():
        stamp(request)
        messages.success(request, "Votre identité est confirmée.")
        return redirect(back or settings.LOGIN_REDIRECT_URL)
    return render(request, "comptes/confirm.html", {"form": form, "next": back})
