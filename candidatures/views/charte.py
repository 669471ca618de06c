from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from candidatures import permissions
from candidatures.enums import CandidatureState
from candidatures.models import AcceptationDeCharte
from candidatures.operations.candidatures import CharteNotAcceptable, accept_charte
from candidatures.queries.candidatures import charte_of, why_closed
from comptes.requests import PortalRequest, posted_number

from .access import find_candidature, trail_to_candidature


def page(request: PortalRequest, nru: str) -> HttpResponse:
    """Show the charte to whoever has the candidature; on POST, accept it, for whoever may engage the éditeur."""
    candidature = find_candidature(request, nru)
    charte = charte_of(candidature.dispositif)
    refusal = ""
    if request.method == "POST":
        try:
            accept_charte(
                candidature_id=candidature.pk,
                charte_id=posted_number(request, "charte"),
                by=request.user,
                at=request.at,
            )
        except CharteNotAcceptable as refused:
            refusal = refused.sentence
        else:
            messages.success(request, "La charte est acceptée : vous pouvez remplir le dossier administratif.")
            return redirect("referencement:candidature", candidature.nru)
    acceptation = (
        AcceptationDeCharte.objects.select_related("accepted_by").filter(candidature=candidature, charte=charte).first()
    )
    context = {
        "candidature": candidature,
        "trail": trail_to_candidature(candidature, request),
        "charte": charte,
        "acceptation": acceptation,
        "is_open": candidature.state == CandidatureState.OPEN,
        "closed": why_closed(candidature),
        "can_engage": permissions.can_engage(request.user, candidature),
        "refusal": refusal,
    }
    return render(request, "candidatures/charte.html", context, status=403 if refusal else 200)
