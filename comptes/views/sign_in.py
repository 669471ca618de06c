from typing import cast

from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from comptes import journal
from comptes.enums import SecurityEvent
from comptes.forms import SignInForm
from comptes.models import Compte
from comptes.operations.essais import TooManyTries
from comptes.requests import PortalRequest
from comptes.rules.emails import canonical

from . import proofs, provider, resume
from .entrance import let_in, turn_away
from .refusals import show_form

DOOR = "password"


@sensitive_post_parameters("password")
@never_cache
@login_not_required
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with an e-mail address and a password, then go on to the page asked for."""
    if request.user.is_authenticated and request.method == "GET":
        return redirect(_next(request))
    form = SignInForm(request.POST or None)
    sealed = request.POST.get(resume.FIELD, "")
    try:
        compte = _proved(request, form) if request.method == "POST" else None
    except TooManyTries as refused:
        return proofs.too_many(request, refused)
    return _page(request, form, sealed) if compte is None else _enter(request, compte, sealed)


def _proved(request: HttpRequest, form: SignInForm) -> Compte | None:
    if not form.is_valid():
        return None
    typed = form.cleaned_data
    compte = proofs.sign_in_by_password(request, email=typed["username"], password=typed["password"])
    if compte is None:
        form.refuse()
        turn_away(
            request,
            door=DOOR,
            reason="Adresse e-mail ou mot de passe incorrect.",
            email=canonical(typed["username"]),
        )
    return compte


def _enter(request: HttpRequest, compte: Compte, sealed: str) -> HttpResponse:
    let_in(request, compte, door=DOOR)
    resumed = resume.unpack(request, sealed) if sealed else None
    if resumed and not resumed.typed_is_there:
        messages.warning(
            request, "Votre session avait expiré. Votre demande n’a pas été enregistrée\u00a0: recommencez."
        )
    return redirect(resumed.page if resumed else _next(request))


def sign_in_and_resume(request: HttpRequest) -> HttpResponse:
    """Answer a form that was posted without a session: sign in first, then give back what was typed."""
    sealed = resume.pack(request)
    return _page(request, SignInForm(), sealed, too_long=not sealed, status=401)


def _page(
    request: HttpRequest, form: SignInForm, sealed: str, *, too_long: bool = False, status: int = 200
) -> HttpResponse:
    context = {"form": form, "carried": sealed, "too_long": too_long, "next": safe_next(request)}
    context["provider"] = provider.name() if provider.is_set() else ""
    return show_form(request, "comptes/sign_in.html", context, status=status)


def safe_next(request: HttpRequest) -> str:
    """The page of ours that `next` names by its address; empty when it names none, or says anything else."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if safe and asked.startswith(("/", f"{request.scheme}://")) else ""


def _next(request: HttpRequest) -> str:
    return safe_next(request) or landing(request)


def landing(request: HttpRequest) -> str:
    """Return the page where somebody who has just signed in arrives."""
    is_ans = isinstance(request.user, Compte) and request.user.is_ans
    return resolve_url(settings.ANS_LANDING_URL if is_ans else settings.LOGIN_REDIRECT_URL)


@require_POST
@login_not_required
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out here, then at the provider used to sign in."""
    came_by_provider = provider.ID_TOKEN in request.session
    elsewhere = provider.page_after_sign_out(request)
    if request.user.is_authenticated:
        journal.note(SecurityEvent.SIGNED_OUT, compte=cast("PortalRequest", request).user)
    auth.logout(request)
    messages.success(request, "Votre session est fermée.")
    if came_by_provider and not elsewhere:
        messages.warning(
            request, f"{provider.name()} n’a pas fermé votre session\u00a0: fermez-la aussi auprès de ce service."
        )
    return redirect(elsewhere or settings.LOGOUT_REDIRECT_URL)
