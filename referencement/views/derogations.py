"""The dérogations of one candidature: asked for by the ANS, decided by another of its people, read by the éditeur."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from candidatures import operations, permissions
from candidatures.enums import CandidatureState, DerogationState
from candidatures.models import Candidature
from candidatures.queries import deadlines_of, derogations_of, why_closed
from candidatures.rules.deadlines import Deadline
from candidatures.views.access import find_candidature, trail_to_candidature
from comptes.requests import PortalRequest
from referencement import queries
from referencement.forms.echeances import DerogationForm


def page(request: PortalRequest, nru: str) -> HttpResponse:
    """Read what was granted to a candidature; for the ANS, ask for more time."""
    candidature = find_candidature(request, nru)
    if request.method == "POST" and not permissions.instructs(request.user):
        raise PermissionDenied("Seule l’instruction de l’ANS demande une dérogation.")
    deadlines = deadlines_of(candidature)
    form = DerogationForm(request.POST or None, echeances=_choices(candidature, deadlines))
    if request.method == "POST" and form.is_valid() and _request(request, candidature, form):
        messages.success(request, "La dérogation est demandée. Une autre personne de l’ANS l’accorde ou la refuse.")
        return redirect("referencement:derogations", nru)
    return _page(request, candidature, deadlines, form)


@require_POST
def decide(request: PortalRequest, nru: str, derogation_id: int) -> HttpResponse:
    """Grant the dérogation, or refuse it with a reason."""
    candidature = find_candidature(request, nru)
    if not permissions.decides_on_echeances(request.user):
        raise PermissionDenied("Seul un responsable d’instruction se prononce sur une dérogation.")
    derogation = get_object_or_404(candidature.derogations, pk=derogation_id)
    try:
        if request.POST.get("geste") == "accorder":
            operations.grant_derogation(derogation_id=derogation.pk, by=request.user, at=request.at)
            messages.success(request, "La dérogation est accordée. L’équipe de l’éditeur en est prévenue.")
        else:
            operations.refuse_derogation(
                derogation_id=derogation.pk,
                reason=request.POST.get("motif", "")[:2000],
                by=request.user,
                at=request.at,
            )
            messages.success(request, "La dérogation est refusée.")
    except operations.DerogationNotPossible as refused:
        messages.error(request, " ".join((*refused.reasons, "Rien n’a été enregistré.")))
    return redirect("referencement:derogations", nru)


def _request(request: PortalRequest, candidature: Candidature, form: DerogationForm) -> bool:
    """Ask, or put what is against it in the form."""
    given = form.cleaned_data
    try:
        operations.request_derogation(
            candidature_id=candidature.pk,
            echeance=given["echeance"],
            to=given["to"],
            motive=given["motive"],
            by=request.user,
            at=request.at,
        )
    except operations.DerogationNotPossible as refused:
        for reason in refused.reasons:
            form.add_error(None, reason)
        return False
    return True


def _choices(candidature: Candidature, deadlines: dict[str, Deadline]) -> list[tuple[str, str]]:
    """The échéances that more time may be given for: one that is foreclosed, for that which it missed."""
    missed = candidature.foreclosure_echeance
    return [
        (code, f"{one.nom} – {one.objet}, le {one.label}")
        for code, one in deadlines.items()
        if one.binds and missed in ("", code)
    ]


def _page(
    request: PortalRequest, candidature: Candidature, deadlines: dict[str, Deadline], form: DerogationForm
) -> HttpResponse:
    is_ans = request.user.is_ans
    every: list[dict[str, Any]] = [
        {"row": one, "nom": deadlines[one.echeance].nom, "is_mine": one.asked_by_id == request.user.pk}
        for one in derogations_of(candidature)
    ]
    waiting = [one for one in every if one["row"].state == DerogationState.REQUESTED]
    may_ask = permissions.instructs(request.user) and candidature.state != CandidatureState.WITHDRAWN
    context = {
        "candidature": candidature,
        "closed": why_closed(candidature),
        "trail": trail_to_candidature(candidature, request),
        "echeances": queries.echeances_for_page(deadlines, at=request.at),
        "waiting": waiting if is_ans else [],
        "decided": [one for one in every if one["row"].state != DerogationState.REQUESTED],
        "may_decide": permissions.decides_on_echeances(request.user),
        "recipients": permissions.people_with_access(candidature.produit).count() if is_ans and waiting else 0,
        "form": form if may_ask and form.fields["echeance"].choices else None,  # type: ignore[attr-defined]  # of choices
    }
    return render(request, "referencement/echeances/derogations.html", context, status=422 if form.errors else 200)
