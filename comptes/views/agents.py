"""The accounts of the agency, for its administrateurs."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.views.decorators.http import require_POST, require_safe

from comptes import permissions, queries
from comptes.forms import AgentForm, RolesForm
from comptes.models import Compte
from comptes.operations.agents import (
    AgentNotChangeable,
    change_roles_ans,
    close_agent,
    holding_of,
    open_agent,
    restore_agent,
    suspend_agent,
)
from comptes.operations.facteurs import FacteurNotPossible, reset_factor
from comptes.requests import PortalRequest
from comptes.rules.figures import whole

from .refusals import refuse, show_form

PER_PAGE = 50
_OPEN = {
    "label": "Inviter une personne de l’ANS",
    "href": reverse_lazy("comptes:agent_new"),
    "kind": "primary",
    "icon": "plus",
}
TRAIL = [("Comptes de l’ANS", reverse_lazy("comptes:agents"))]


def _refuse_who_does_not_administer(request: PortalRequest) -> None:
    if not request.user.is_ans:
        raise Http404
    if not permissions.administers(request.user):
        raise PermissionDenied("Seul un administrateur peut gérer les comptes de l’ANS.")


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """Everybody of the agency, and its experts: active, suspended, then those who left."""
    _refuse_who_does_not_administer(request)
    page = Paginator(queries.agents(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "comptes/agents.html", {"page": page, "actions": [_OPEN]})


def invite(request: PortalRequest) -> HttpResponse:
    """Give somebody of the agency an account."""
    _refuse_who_does_not_administer(request)
    form = AgentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            compte = open_agent(**form.values, by=request.user, at=request.at)
        except AgentNotChangeable as refused:
            form.add_error("email", list(refused.reasons))
        else:
            messages.success(request, f"{compte.full_name} reçoit un lien pour choisir son mot de passe.")
            return redirect("comptes:agent", compte.pk)
    return show_form(request, "comptes/agent_new.html", {"form": form, "trail": TRAIL})


def page(request: PortalRequest, compte_id: int) -> HttpResponse:
    """One account: its roles, what its person holds, and what may be done with it."""
    _refuse_who_does_not_administer(request)
    agent = _agent_or_404(compte_id)
    form = RolesForm(request.POST or None, initial={"roles": agent.roles_ans})
    is_self = agent.pk == request.user.pk
    is_fixed = bool(agent.closed_at) or is_self
    if request.method == "POST" and form.is_valid():
        try:
            change_roles_ans(compte_id=agent.pk, roles=form.wanted, by=request.user, at=request.at)
        except AgentNotChangeable as refused:
            if is_fixed:  # the page has no form to say why
                return refuse(request, refused.reasons, "comptes:agent", agent.pk)
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, f"Les rôles sont enregistrés\u00a0: {agent.full_name}.")
            return redirect("comptes:agent", agent.pk)
    holding = holding_of(compte=agent, at=request.at)
    context = {
        "agent": agent,
        "form": None if is_fixed else form,
        "roles": agent.roles_ans_labels,
        "is_self": is_self,
        "held": holding.sentences,
        "colleagues": holding.colleagues,
        "has_factor": queries.has_factor(agent),
        "trail": TRAIL,
    }
    return show_form(request, "comptes/agent.html", context)


@require_POST
def act(request: PortalRequest, compte_id: int, geste: str) -> HttpResponse:
    """Suspend an account, open it again, close it, or untie a lost phone."""
    _refuse_who_does_not_administer(request)
    if geste not in GESTES:
        raise Http404
    agent = _agent_or_404(compte_id)
    try:
        messages.success(request, GESTES[geste](request, agent))
    except (AgentNotChangeable, FacteurNotPossible) as refused:
        return refuse(request, refused.reasons, "comptes:agent", agent.pk)
    return redirect("comptes:agent", agent.pk)


def _suspend(request: PortalRequest, agent: Compte) -> str:
    suspend_agent(compte_id=agent.pk, by=request.user, at=request.at)
    return f"Compte suspendu et sessions fermées\u00a0: {agent.full_name}."


def _restore(request: PortalRequest, agent: Compte) -> str:
    restore_agent(compte_id=agent.pk, by=request.user, at=request.at)
    return f"Compte rétabli\u00a0: {agent.full_name}."


def _close(request: PortalRequest, agent: Compte) -> str:
    takers = [pk for line in request.POST.getlist("colleague") if (pk := whole(line)) is not None]
    close_agent(compte_id=agent.pk, takers=takers, by=request.user, at=request.at)
    return f"Compte fermé\u00a0: {agent.full_name}."


def _reset(request: PortalRequest, agent: Compte) -> str:
    reset_factor(compte_id=agent.pk, by=request.user, at=request.at)
    return f"La seconde étape de connexion est réinitialisée. {agent.full_name} recevra une notification."


GESTES: dict[str, Callable[[PortalRequest, Compte], str]] = {
    "suspendre": _suspend,
    "retablir": _restore,
    "fermer": _close,
    "reinitialiser": _reset,
}


def _agent_or_404(compte_id: int) -> Compte:
    return get_object_or_404(queries.agents(), pk=compte_id)
