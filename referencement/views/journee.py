"""« Ma journée »: where somebody of the ANS arrives."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from candidatures import permissions
from candidatures.queries.echeances import moved_lately
from candidatures.queries.referents import mine
from candidatures.queries.suivi import notes_mentioning
from comptes.requests import PortalRequest
from referencement.queries.journee import journee_of
from referencement.queries.projections import passed_tours


@require_safe
def page(request: PortalRequest) -> HttpResponse:
    """Show what waits for the person who reads: what they follow first, then what waits for whoever takes it."""
    if not request.user.is_ans:
        raise Http404
    mien, passed = mine(request.user, at=request.at), passed_tours(at=request.at)
    context = {
        "day": journee_of(request.user, mien=mien, passed=passed, at=request.at),
        "moved": moved_lately(at=request.at),
        "notes": notes_mentioning(request.user),
        "instructs": permissions.instructs(request.user),
    }
    return render(request, "referencement/journee.html", context)
