from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render

from candidatures import operations, permissions, queries
from candidatures.enums import CandidatureState
from comptes.requests import PortalRequest

from .access import find_candidature, sends_to_the_team, trail_to_candidature


def page(request: PortalRequest, nru: str) -> HttpResponse:
    """Ask, then withdraw a candidature for good."""
    candidature = find_candidature(request, nru)
    if not permissions.can_engage(request.user, candidature):
        raise PermissionDenied("Seule une personne qui peut engager l’éditeur retire une candidature.")
    reasons: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            operations.withdraw_candidature(candidature_id=candidature.pk, by=request.user, at=request.at)
        except operations.CandidatureNotPossible as refused:
            reasons = refused.reasons
        else:
            messages.success(request, f"La candidature {candidature} est retirée.")
            return redirect("candidatures:produit", candidature.produit_id)
    context = {
        "candidature": candidature,
        "trail": trail_to_candidature(candidature, request),
        "reasons": reasons,
        "is_open": candidature.state == CandidatureState.OPEN,
        "closed": queries.why_closed(candidature),
        "sends": sends_to_the_team(candidature),
    }
    return render(request, "candidatures/withdraw.html", context, status=409 if reasons else 200)
