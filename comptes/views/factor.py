"""The second step of a sign-in: asked once a session, tied to an application, and to codes for the day without it."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django_otp.plugins.otp_totp.models import TOTPDevice

from comptes import clock, journal, queries
from comptes.documents import qr_of
from comptes.enums import SecurityEvent
from comptes.forms import EnrolForm, FactorForm
from comptes.models import Compte
from comptes.operations.essais import TooManyTries
from comptes.operations.facteurs import FacteurNotPossible, enrol_factor, remove_factor, renew_codes, verify_factor
from comptes.operations.sessions import end_sessions
from comptes.requests import PortalRequest
from comptes.rules.essais import Scope, TryCount
from comptes.rules.facteurs import typed_secret

from . import proofs
from .refusals import refuse, show_form
from .sign_in import landing, safe_next

PROVED = "second_factor_at"
DUE = "second_factor_due"
SALT = "comptes.second_factor"
AGE = 3600
# What may be opened while the second step is due.
DOORS = {"comptes:sign_in", "comptes:sign_out", "comptes:factor", "comptes:factor_enrol", "health"}


def note_sign_in(request: HttpRequest, compte: Compte) -> None:
    """Note, as somebody signs in, whether their second step is still to come in this session."""
    request.session.pop(PROVED, None)
    request.session[DUE] = queries.has_factor(compte)


def is_due(request: HttpRequest) -> bool:
    """Whether the person signed in still has their second step to do, in this session."""
    if request.session.get(PROVED):
        return False
    return bool(request.session.get(DUE)) or _is_mandatory(request)


def _is_mandatory(request: HttpRequest) -> bool:
    return bool(settings.SECOND_FACTOR_REQUIRED) and isinstance(request.user, Compte) and request.user.is_ans


def lead_there(request: HttpRequest) -> HttpResponse:
    """Redirect to the second step, then to the page asked for; a posted form has to be posted again."""
    if request.method == "POST":
        messages.warning(
            request, "Terminez votre connexion, puis recommencez\u00a0: votre demande n’a pas été enregistrée."
        )
    there = "comptes:factor" if request.session.get(DUE) else "comptes:factor_enrol"
    back = request.get_full_path() if request.method == "GET" else reverse("home")
    query = QueryDict(mutable=True)
    query["next"] = back
    return redirect(f"{reverse(there)}?{query.urlencode(safe='/')}")


def proves(request: PortalRequest, code: str) -> bool:
    """Say whether this is a code of the person signed in; it counts for the session.

    :raises operations.TooManyTries: without looking at it
    """
    compte = request.user
    counts = [TryCount(Scope.FACTOR.value, compte.email)]
    known = proofs.tried(
        counts,
        lambda: verify_factor(compte_id=compte.pk, typed=code, machine=clock.machine_now(), at=request.at),
    )
    journal.note(SecurityEvent.PROOF_GIVEN if known else SecurityEvent.FACTOR_FAILED, compte=compte, about="code")
    if known:
        _note_proof(request)
    return bool(known)


def _note_proof(request: HttpRequest) -> None:
    request.session[PROVED] = clock.machine_now().isoformat()
    request.session[DUE] = True  # it is tied: nothing forgets it before the session ends


@sensitive_post_parameters("code")
@never_cache
def ask(request: PortalRequest) -> HttpResponse:
    """Ask for a code of the application, or a recovery code, to end the sign-in."""
    if not is_due(request):
        return redirect(safe_next(request) or landing(request))
    if not request.session.get(DUE):
        return redirect("comptes:factor_enrol")
    form = FactorForm(request.POST or None)
    try:
        if request.method == "POST" and form.is_valid():
            if proves(request, form.cleaned_data["code"]):
                return redirect(safe_next(request) or landing(request))
            form.refuse()
    except TooManyTries as refused:
        return proofs.too_many(request, refused)
    return show_form(request, "comptes/factor.html", {"form": form, "next": safe_next(request), "nav": []})


@sensitive_post_parameters("code", "secret")
@never_cache
def enrol(request: PortalRequest) -> HttpResponse:
    """Tie an application to the account: scan or type, then give a code; recovery codes are shown once."""
    if request.session.get(DUE) and is_due(request):
        return redirect("comptes:factor")  # a present factor is proved before another is tied
    form = EnrolForm(request.POST or None)
    key = _key_of(request) or secrets.token_hex(20)
    if request.method == "POST" and form.is_valid():
        codes = _enrolled(request, form, key)
        if codes is not None:
            return _show_codes(request, codes)
    return _page(request, form, key)


def _enrolled(request: PortalRequest, form: EnrolForm, key: str) -> tuple[str, ...] | None:
    try:
        codes = enrol_factor(
            compte_id=request.user.pk,
            key=key,
            typed=form.cleaned_data["code"],
            machine=clock.machine_now(),
            at=request.at,
        )
    except FacteurNotPossible as refused:
        form.add_error("code", refused.sentence)
        return None
    _note_proof(request)
    # Other sessions were opened without the factor, perhaps by somebody who only had the password.
    end_sessions(compte_id=request.user.pk, but=str(request.session.session_key))
    return codes


def _page(request: PortalRequest, form: EnrolForm, key: str) -> HttpResponse:
    device = TOTPDevice(user=request.user, key=key)
    context: dict[str, Any] = {
        "form": form,
        "qr": qr_of(device.config_url),
        "typed_secret": typed_secret(key),
        "sealed": signing.dumps({"key": key, "compte": request.user.pk}, salt=SALT),
        "has_factor": bool(request.session.get(DUE)),
        "codes_left": queries.codes_left(request.user),
        "is_mandatory": _is_mandatory(request),
        "is_due": is_due(request),
        "next": safe_next(request),
    }
    if context["is_due"]:
        context["nav"] = []
    return show_form(request, "comptes/factor_enrol.html", context)


def _key_of(request: PortalRequest) -> str:
    """The secret that the page showed, sealed for this person; empty when the seal does not hold."""
    try:
        sealed = signing.loads(request.POST.get("secret", ""), salt=SALT, max_age=AGE)
    except signing.BadSignature:
        return ""
    return str(sealed["key"]) if sealed["compte"] == request.user.pk else ""


@require_POST
def renew(request: PortalRequest) -> HttpResponse:
    """Make other recovery codes, and show them once."""
    try:
        return _show_codes(request, renew_codes(compte_id=request.user.pk, at=request.at))
    except FacteurNotPossible as refused:
        return refuse(request, refused.reasons, "comptes:factor_enrol")


@require_POST
def remove(request: PortalRequest) -> HttpResponse:
    try:
        remove_factor(compte_id=request.user.pk, is_mandatory=_is_mandatory(request), at=request.at)
    except FacteurNotPossible as refused:
        return refuse(request, refused.reasons, "comptes:factor_enrol")
    request.session.pop(DUE, None)
    messages.success(request, "La seconde étape de connexion est retirée de votre compte.")
    return redirect("comptes:account")


def _show_codes(request: PortalRequest, codes: tuple[str, ...]) -> HttpResponse:
    context = {"codes": codes, "next": safe_next(request) or landing(request)}
    response = render(request, "comptes/factor_codes.html", context)
    response["Cache-Control"] = "private, no-store"
    return response
