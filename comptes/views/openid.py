"""The sign-in by the identity provider: going there, coming back, and doing what was asked."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from comptes import queries
from comptes.operations.arrivees import why_not_arrive
from comptes.operations.identites import IdentiteNotPossible, link_identity
from comptes.requests import PortalRequest
from comptes.rules.identity import ProvenPerson, obstacles_to_enter

from . import arrivals, confirm, provider, resume
from .entrance import let_in, turn_away
from .sign_in import landing, safe_next

DOOR = "openid"
INVITATIONS = "/invitation/"
ERRANDS = "oidc_errands"
SIGN_IN, LINK, CONFIRM = "sign_in", "link", "confirm"
_EXPIRED = "Cette connexion a expiré, a déjà servi, ou n’a pas commencé dans ce navigateur."


@require_POST
@never_cache
@login_not_required
def start(request: HttpRequest) -> HttpResponse:
    """Go to the provider. `geste`: to sign in, to link one's account, or to prove one's identity again."""
    errand = request.POST.get("geste", SIGN_IN)
    if errand not in (SIGN_IN, LINK, CONFIRM):
        raise Http404
    if not provider.is_set() or (errand != SIGN_IN and not request.user.is_authenticated):
        return redirect("comptes:sign_in")
    try:
        state, page = provider.ask(request, again=errand != SIGN_IN)
    except provider.NotBelieved as refused:
        return _refuse(request, refused.sentence, status=503)
    pending = request.session[provider.STATES]
    errands = {waiting: kept for waiting, kept in request.session.get(ERRANDS, {}).items() if waiting in pending}
    carried = request.POST.get(resume.FIELD, "")[: resume.LONGEST]
    request.session[ERRANDS] = errands | {state: {"kind": errand, "next": safe_next(request), "carried": carried}}
    return redirect(page)


@require_safe
@never_cache
@login_not_required
def come_back(request: PortalRequest) -> HttpResponse:
    """Use the provider's answer, once, for what was asked. The only GET that writes (decision 32)."""
    if not provider.is_set():
        raise Http404
    state = request.GET.get("state", "")
    errand = request.session.get(ERRANDS, {}).pop(state, None)
    kept = provider.take_state(request, state)
    if kept is None or errand is None:
        return _refuse(request, _EXPIRED)
    if not request.GET.get("code"):
        return _refuse(request, f"{provider.name()} n’a pas confirmé votre identité, ou vous avez annulé.")
    try:
        proven = provider.prove(code=request.GET["code"], kept=kept, again=errand["kind"] != SIGN_IN)
    except provider.NotBelieved as refused:
        return _refuse(request, refused.sentence)
    if errand["kind"] == SIGN_IN:
        return _sign_in(request, proven, errand)
    if not request.user.is_authenticated:
        return _refuse(request, "Votre session a expiré. Connectez-vous, puis recommencez.")
    return _link(request, proven) if errand["kind"] == LINK else _confirm(request, proven.person, errand)


def _sign_in(request: PortalRequest, proven: provider.Proven, errand: Mapping[str, Any]) -> HttpResponse:
    person = proven.person
    compte = queries.who_is(person)
    if compte is None:
        return _arrive(request, proven, errand)
    if not compte.is_active:
        return _refuse(request, "Ce compte est fermé.")
    if reasons := obstacles_to_enter(person, queries.companies_of(compte), is_ans=compte.is_ans):
        return _refuse(request, reasons[0])
    let_in(request, compte, door=DOOR)
    request.session[provider.ID_TOKEN] = proven.id_token
    waits = not errand["next"] and queries.waits_for_an_answer(compte)
    return redirect("comptes:inscription_own" if waits else _page_to_return_to(request, errand))


def _arrive(request: PortalRequest, proven: provider.Proven, errand: Mapping[str, Any]) -> HttpResponse:
    if request.user.is_authenticated:
        return _refuse(request, "Cette identité n’est pas celle de votre compte.")
    if errand["next"].startswith(INVITATIONS):  # the invitation says who they are here, and the page asks the rest
        arrivals.keep(request, proven)
        return redirect(errand["next"])
    if reason := why_not_arrive(proven.person, provider=provider.name()):
        return _refuse(request, reason)
    arrivals.keep(request, proven)
    return redirect("comptes:arrival")


def _link(request: PortalRequest, proven: provider.Proven) -> HttpResponse:
    reasons = obstacles_to_enter(proven.person, queries.companies_of(request.user), is_ans=request.user.is_ans)
    if reasons:
        return _refuse(request, reasons[0])
    try:
        link_identity(compte_id=request.user.pk, person=proven.person, provider=provider.name(), at=request.at)
    except IdentiteNotPossible as refused:
        return _refuse(request, refused.sentence)
    request.session[provider.ID_TOKEN] = proven.id_token
    messages.success(request, f"Votre compte est relié à votre identité\u00a0: {provider.name()}.")
    return redirect("comptes:account")


def _confirm(request: PortalRequest, person: ProvenPerson, errand: Mapping[str, Any]) -> HttpResponse:
    if queries.who_is(person) != request.user:
        return _refuse(request, "Cette identité n’est pas celle de votre compte.")
    confirm.stamp(request, at_the_provider=True)
    messages.success(
        request, "Votre identité est confirmée. Continuez votre action\u00a0: elle n’est pas encore enregistrée."
    )
    return redirect(_page_to_return_to(request, errand))


def _page_to_return_to(request: HttpRequest, errand: Mapping[str, Any]) -> str:
    """Return the page asked for before the sign-in, with what was typed there."""
    resumed = resume.unpack(request, errand["carried"]) if errand["carried"] else None
    return resumed.page if resumed else errand["next"] or landing(request)


def _refuse(request: HttpRequest, reason: str, *, status: int = 403) -> HttpResponse:
    """Say why nobody was signed in. Somebody already signed in stays so."""
    turn_away(request, door=DOOR, reason=reason)
    context = {"reason": reason, "provider": provider.name()}
    return render(request, "comptes/turned_away.html", context, status=status)
