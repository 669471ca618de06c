"""What an éditeur may end: its candidature, until the collège examines it; then its référencement."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from candidatures import permissions
from candidatures.catalogue.dispositifs import spec_of
from candidatures.models import Candidature
from candidatures.operations.candidatures import CandidatureNotPossible
from candidatures.queries.candidatures import why_closed
from candidatures.views.access import find_candidature, sends_to_the_team, trail_to_candidature
from comptes.dates import PARIS
from comptes.requests import PortalRequest
from comptes.views.refusals import refuse
from referencement.enums import FinKind
from referencement.forms.referencements import RenonciationForm
from referencement.operations.referencements import ReferencementNotPossible, renounce_referencement, why_not_renounced
from referencement.operations.retraits import why_not_withdrawn, withdraw_candidature
from referencement.queries.fins import fins_of
from referencement.queries.seances import on_the_agenda

from .referencements import find_referencement


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: PortalRequest, nru: str) -> HttpResponse:
    """Ask for a confirmation, then withdraw a candidature for good."""
    candidature = _find_to_end(request, nru, "Seule une personne qui peut engager l’éditeur retire une candidature.")
    if request.method == "POST":
        try:
            withdraw_candidature(candidature_id=candidature.pk, by=request.user, at=request.at)
        except CandidatureNotPossible as refused:
            return refuse(request, refused.reasons, "referencement:withdraw", candidature.nru)
        messages.success(request, f"La candidature {candidature} est retirée.")
        return redirect("referencement:candidature", candidature.nru)
    examen = on_the_agenda(candidature)
    fin = fins_of([candidature.pk]).get(candidature.pk)
    closed = why_closed(candidature) or " ".join(why_not_withdrawn(candidature=candidature, examen=examen))
    context = {
        "candidature": candidature,
        "trail": trail_to_candidature(candidature, request),
        "closed": closed,
        "is_listed": examen is not None,
        "renounce": reverse("referencement:renounce", args=[nru]) if fin and fin.kind == FinKind.REFERENCED else "",
        "sends": sends_to_the_team(candidature),
    }
    return render(request, "referencement/withdraw.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def renounce(request: PortalRequest, nru: str) -> HttpResponse:
    """Show what renouncing publishes; on POST, end the référencement for good."""
    candidature = _find_to_end(request, nru, "Seule une personne qui peut engager l’éditeur renonce au référencement.")
    referencement = find_referencement(candidature)
    today = request.at.astimezone(PARIS).date()
    form = RenonciationForm(request.POST or None, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            renounce_referencement(
                candidature_id=candidature.pk,
                reason=form.cleaned_data["reason"],
                effect=form.cleaned_data["effect"],
                by=request.user,
                at=request.at,
            )
        except ReferencementNotPossible as refused:
            for reason in refused.reasons:
                form.add_error(None, reason)
        else:
            messages.success(request, "La renonciation est enregistrée. L’ANS et votre équipe en sont informées.")
            return redirect("referencement:referencement", nru)
    ended = why_not_renounced(referencement=referencement, effect=today, at=request.at)
    context = {
        "candidature": candidature,
        "trail": trail_to_candidature(candidature, request),
        "form": form,
        "closed": " ".join(ended),
        "sends": sends_to_the_team(candidature),
        "days": spec_of(candidature.dispositif_id).days_to_answer,
        "public": reverse("referencement:solution", args=[nru]),
    }
    return render(request, "referencement/renounce.html", context, status=_status(request, form))


def _status(request: PortalRequest, form: RenonciationForm) -> int:
    if request.method != "POST":
        return 200
    return 422 if form.errors else 409


def _find_to_end(request: PortalRequest, nru: str, refusal: str) -> Candidature:
    """Find a candidature for somebody who can engage its éditeur; 403 with this sentence for anybody else."""
    candidature = find_candidature(request, nru)
    if request.user.is_ans or not permissions.can_engage(request.user, candidature):
        raise PermissionDenied(refusal)
    return candidature
