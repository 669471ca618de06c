"""Say again who one is, before an act that cannot be undone; what was typed goes on with it."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_cache_control

from comptes import clock, journal, operations, queries
from comptes.enums import SecurityEvent
from comptes.forms import CodeConfirmForm, ConfirmForm
from comptes.models import Compte
from comptes.requests import PortalRequest

from . import factor, proofs, provider, resume, sessions

STAMP = "authenticated_at"
OWN_FIELDS = ("csrfmiddlewaretoken", ConfirmForm.prefix)


def stamp(request: HttpRequest, *, proved_at: datetime | None = None) -> None:
    """Remember when somebody proved who they are, now unless another door says when."""
    request.session[STAMP] = (proved_at or clock.machine_now()).isoformat()


def note_sign_in(request: HttpRequest, user: Compte, **_: Any) -> None:
    """Follow each sign-in, whichever door it came by: it proves who one is, and this browser is known from now on."""
    stamp(request)
    factor.note_sign_in(request, user)
    sessions.note_session(request, user)
    journal.note(SecurityEvent.SIGNED_IN, compte=user)
    request.signed_in_now = user  # type: ignore[attr-defined]  # for the middleware, which holds the response


def is_recent(request: HttpRequest) -> bool:
    """Whether the person proved who they are a short while ago, on the machine's clock, as sessions age."""
    proved_at = request.session.get(STAMP)
    fresh_for = timedelta(seconds=settings.PROOF_IS_FRESH_FOR)
    return proved_at is not None and clock.machine_now() - datetime.fromisoformat(proved_at) < fresh_for


def ask_again(request: PortalRequest, *, act: str) -> HttpResponse | None:
    """Ask who one is before an act that was posted; None when it is known, and the act goes on.

    The page holds all that was posted: once the secret is right, the same request does the act.

    :param act: what will be done, in French
    """
    if is_recent(request):
        return None
    asked = ConfirmForm.was_posted(request.POST)
    kind = CodeConfirmForm if queries.has_factor(request.user) else ConfirmForm
    form = kind(request.POST if asked else None)
    try:
        proved = asked and _proves(request, form)
    except operations.TooManyTries as refused:
        return proofs.too_many(request, refused)
    if proved:
        stamp(request)
        return None
    return _page(request, form, act)


Proof = ConfirmForm | CodeConfirmForm


def _proves(request: PortalRequest, form: Proof) -> bool:
    """Whether the secret is right; who has a second factor proves that one."""
    if _enters_freely(request.user, form):
        return True
    if not form.is_valid():
        return False
    if isinstance(form, CodeConfirmForm):
        known = factor.proves(request, form.cleaned_data["code"])
        if not known:
            form.refuse()
        return known
    if proofs.own_password(request, request.user, form.cleaned_data["password"]):
        return True
    form.add_error("password", "Ce n’est pas votre mot de passe.")
    return False


def _enters_freely(compte: Compte, form: Proof) -> bool:
    """In the demonstration nobody has a secret: pressing the button is enough."""
    return bool(settings.DEMO) and isinstance(form, ConfirmForm) and not compte.has_usable_password()


def _page(request: PortalRequest, form: Proof, act: str) -> HttpResponse:
    typed = [
        (name, value) for name, values in request.POST.lists() if not name.startswith(OWN_FIELDS) for value in values
    ]
    context = {
        "form": form,
        "act": act,
        "typed": typed,
        "here": request.get_full_path(),
        "back": resume.page_before(request) or resolve_url("home"),
        "is_free": _enters_freely(request.user, form),
        "has_secret": isinstance(form, CodeConfirmForm) or request.user.has_usable_password(),
        "provider": provider.name() if provider.knows(request.user) else "",
        "carried": resume.pack(request),
    }
    response = render(request, "comptes/confirm.html", context, status=401)
    patch_cache_control(response, private=True, no_store=True)
    return response
