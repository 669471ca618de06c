from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render

from candidatures import operations, permissions, queries
from candidatures.enums import VoletKind, VoletState
from comptes.requests import PortalRequest, posted_number

from .access import find_volet_to_review, trail_to_candidature


def review(request: PortalRequest, nru: str, kind: VoletKind) -> HttpResponse:
    """A volet as the ANS reads it, once submitted; an instructeur declares it recevable."""
    volet = find_volet_to_review(request, nru, kind)
    if request.method == "POST":
        if not permissions.instructs(request.user):
            raise PermissionDenied("Seuls les instructeurs se prononcent sur un dossier.")
        try:
            operations.admit_volet(
                volet_id=volet.pk, seen_version=posted_number(request, "version"), by=request.user, at=request.at
            )
        except operations.Conflict as conflict:
            messages.warning(request, f"{conflict.sentence} Rien n’a été décidé.")
            return redirect("candidatures:volet_review", nru, kind)
        messages.success(request, f"{volet.get_kind_display()} : déclarée recevable.")
        return redirect("referencement:instruction")
    soumission = volet.soumissions.select_related("submitted_by").order_by("-number").first()
    context = {
        "volet": volet,
        "candidature": volet.candidature,
        "trail": trail_to_candidature(volet.candidature, request),
        "soumission": soumission,
        "sections": queries.summary_of(volet, version=soumission.version) if soumission else [],
        "may_decide": permissions.instructs(request.user) and volet.state == VoletState.SUBMITTED,
        "moved": queries.who_moved(volet),
    }
    return render(request, "candidatures/volet_review.html", context)
