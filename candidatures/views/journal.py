from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comptes import journal
from comptes.queries import journal_of
from comptes.requests import PortalRequest

from .access import find_candidature, trail_to_candidature

LINES = 25


@require_safe
def page(request: PortalRequest, nru: str) -> HttpResponse:
    """Show the acts on this candidature, latest first."""
    candidature = find_candidature(request, nru)
    entries = Paginator(journal_of(candidature.chain), LINES).get_page(request.GET.get("page"))
    context = {
        "candidature": candidature,
        "page": entries,
        "lines": journal.lines(entries),
        "trail": trail_to_candidature(candidature, request),
    }
    return render(request, "candidatures/journal.html", context)
