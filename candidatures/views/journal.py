from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comptes import journal
from comptes.queries import entries_of, journal_of
from comptes.requests import PortalRequest
from comptes.views.journals import page_of_journal

from .access import find_candidature, trail_to_candidature


@require_safe
def page(request: PortalRequest, nru: str) -> HttpResponse:
    """Show the acts on this candidature, latest first."""
    candidature = find_candidature(request, nru)
    shown = page_of_journal(request, journal_of(candidature.chain))
    context = {
        "candidature": candidature,
        "page": shown,
        "lines": journal.lines(entries_of(shown.keys)),
        "trail": trail_to_candidature(candidature, request),
    }
    return render(request, "candidatures/journal.html", context)
