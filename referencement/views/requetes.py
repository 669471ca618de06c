"""The dérogations that éditeurs ask for, and the ANS's list of those to instruct, to decide or to propose itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from candidatures import permissions
from candidatures.models import Candidature, Derogation
from candidatures.operations.derogations import DerogationNotPossible
from candidatures.operations.requetes import ask_derogation, withdraw_derogation
from candidatures.queries.candidatures import deadlines_of, why_closed
from candidatures.queries.echeances import derogations_waiting
from candidatures.rules.deadlines import spell
from candidatures.views.access import Trail, find_candidature, trail_to_candidature
from candidatures.views.dates import dates_for_page
from comptes.requests import PortalRequest
from comptes.views.refusals import refuse, show_form
from referencement.forms.echeances import DemandeDeDerogationForm
from referencement.queries.derogations import derogations_to_consider, names_of_echeances

from .derogations import choices_of, considered_for_page, may_be_asked

FILES_AGAIN = "La demande n’est pas envoyée : choisissez de nouveau vos fichiers, puis envoyez-la."


def ask(request: PortalRequest, nru: str) -> HttpResponse:
    """Ask for more time in the éditeur's name, for an échéance past or to come."""
    candidature = _find_own(request, nru)
    deadlines = deadlines_of(candidature)
    form = DemandeDeDerogationForm(
        request.POST or None, request.FILES or None, echeances=choices_of(candidature, deadlines)
    )
    if request.method == "POST" and form.is_valid() and _ask(request, candidature, form):
        messages.success(request, "Votre demande de dérogation est transmise à l’ANS. Deux personnes en décident.")
        return redirect("referencement:derogations", nru)
    if form.errors and request.FILES:
        form.add_error("joined", FILES_AGAIN)
    context = {
        "candidature": candidature,
        "closed": why_closed(candidature),
        "trail": trail_to_derogations(candidature, request),
        "form": form,
        "may_ask": may_be_asked(candidature),
        "echeances": dates_for_page(request, candidature),
    }
    return show_form(request, "referencement/echeances/derogation_ask.html", context)


@require_POST
def withdraw(request: PortalRequest, nru: str, derogation_id: int) -> HttpResponse:
    """Withdraw a demande de dérogation."""
    candidature = _find_own(request, nru)
    derogation = get_object_or_404(candidature.derogations, pk=derogation_id)
    try:
        withdraw_derogation(derogation_id=derogation.pk, by=request.user, at=request.at)
    except DerogationNotPossible as refused:
        return refuse(request, refused.reasons, "referencement:derogations", nru)
    messages.success(request, "Votre demande de dérogation est retirée.")
    return redirect("referencement:derogations", nru)


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """List the dérogations that wait for the ANS, the oldest first, and those that it may propose of its own accord."""
    if not request.user.is_ans:
        raise Http404
    waiting = list(derogations_waiting())
    named = names_of_echeances(waiting)
    considered = derogations_to_consider(at=request.at)
    context = {
        "trail": [("Instruction", reverse("referencement:instruction"))],
        "waiting": [_line(derogation, named[derogation.pk], request) for derogation in waiting],
        "considered": [considered_for_page(line) for line in considered],
        "may_ask": permissions.instructs(request.user),
    }
    return render(request, "referencement/echeances/derogations_waiting.html", context)


def _line(derogation: Derogation, nom: str, request: PortalRequest) -> dict[str, Any]:
    return {"row": derogation, "nom": nom, "age": spell(request.at - derogation.asked_at)}


def _ask(request: PortalRequest, candidature: Candidature, form: DemandeDeDerogationForm) -> bool:
    """Ask for the dérogation; when it is refused, put the reasons in the form and return False."""
    given = form.cleaned_data
    try:
        ask_derogation(
            candidature_id=candidature.pk,
            echeance=given["echeance"],
            motive=given["motive"],
            wished=given["wished"],
            uploads=given["joined"],
            by=request.user,
            at=request.at,
        )
    except DerogationNotPossible as refused:
        for reason in refused.reasons:
            form.add_error(None, reason)
        return False
    return True


def _find_own(request: PortalRequest, nru: str) -> Candidature:
    candidature = find_candidature(request, nru)
    if not permissions.fills(request.user, candidature):
        raise Http404
    return candidature


def trail_to_derogations(candidature: Candidature, request: PortalRequest) -> Trail:
    here = ("Dérogations", reverse("referencement:derogations", args=[candidature.nru]))
    return [*trail_to_candidature(candidature, request), here]
