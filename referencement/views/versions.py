from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render

from candidatures import permissions
from candidatures.views.access import find_candidature, trail_to_candidature
from comptes.requests import PortalRequest
from referencement.operations.versions import VersionNotPossible, present_new_version


def page(request: PortalRequest, nru: str) -> HttpResponse:
    """Ask for a confirmation, then open the candidature of the next version technique."""
    former = find_candidature(request, nru)
    if not permissions.manages_produits(request.user, former.produit.editeur):
        raise PermissionDenied("Seuls les mandataires et les représentants présentent une nouvelle version.")
    reasons: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            candidature = present_new_version(candidature_id=former.pk, by=request.user, at=request.at)
        except VersionNotPossible as refused:
            reasons = refused.reasons
        else:
            messages.success(request, f"La candidature {candidature} est ouverte.")
            return redirect("referencement:candidature", candidature.nru)
    context = {"candidature": former, "trail": trail_to_candidature(former, request), "reasons": reasons}
    return render(request, "referencement/version_new.html", context, status=409 if reasons else 200)
