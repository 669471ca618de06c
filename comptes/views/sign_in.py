from typing import Any

from axes.helpers import get_cool_off
from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from comptes.forms import SignInForm

from . import resume


@sensitive_post_parameters("password")
@never_cache
@login_not_required
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with an e-mail address and a password, then go where one was going."""
    if request.user.is_authenticated and request.method == "GET":
        return redirect(_next(request))
    form = SignInForm(request, request.POST or None)
    sealed = request.POST.get(resume.FIELD, "")
    if request.method == "POST" and form.is_valid():
        auth.login(request, form.get_user())
        resumed = resume.unpack(request, sealed) if sealed else None
        if resumed and not resumed.typed_is_there:
            messages.warning(
                request, "Votre session avait expiré : ce que vous demandiez n’a pas été fait. Recommencez."
            )
        return redirect(resumed.page if resumed else _next(request))
    return _page(request, form, sealed)


def sign_in_and_resume(request: HttpRequest) -> HttpResponse:
    """Answer a form that was posted without a session: sign in first, and find again what was typed."""
    sealed = resume.pack(request)
    return _page(request, SignInForm(request), sealed, too_long=not sealed, status=401)


def _page(
    request: HttpRequest, form: SignInForm, sealed: str, *, too_long: bool = False, status: int = 200
) -> HttpResponse:
    context = {"form": form, "carried": sealed, "too_long": too_long, "next": safe_next(request)}
    return render(request, "comptes/sign_in.html", context, status=status)


def safe_next(request: HttpRequest) -> str:
    """The page of ours that `next` names; empty when it names none."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if safe else ""


def _next(request: HttpRequest) -> str:
    return safe_next(request) or resolve_url(settings.LOGIN_REDIRECT_URL)


@require_POST
@login_not_required
def sign_out(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
    messages.success(request, "Vous êtes déconnecté(e).")
    return redirect(settings.LOGOUT_REDIRECT_URL)


def locked_out(request: HttpRequest, response: Any = None, credentials: Any = None, **_: Any) -> HttpResponse:
    """Answer who typed too many wrong passwords."""
    minutes = int(get_cool_off(request).total_seconds() // 60)
    return render(request, "comptes/locked_out.html", {"minutes": minutes}, status=429)
