"""The échéances in one's own calendar: a page for its secret address, and the address itself."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from candidatures.documents.calendar import calendar
from candidatures.operations.calendrier import open_calendar, revoke_calendar
from candidatures.queries.calendrier import calendar_address_of, calendar_at, evenements_of
from comptes.requests import PortalRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: PortalRequest) -> HttpResponse:
    """Show one's calendar address; on POST, open a new one or close it."""
    if request.method == "POST":
        if request.POST.get("geste") == "revoquer":
            revoke_calendar(compte_id=request.user.pk, at=request.at)
            messages.success(request, "Le lien est supprimé\u00a0: votre agenda ne recevra plus vos échéances.")
        else:
            open_calendar(compte_id=request.user.pk, at=request.at)
            messages.success(request, "Votre lien est créé. Copiez-le dans votre agenda.")
        return redirect("candidatures:calendrier")
    abonnement = calendar_address_of(request.user)
    address = (
        settings.PORTAL_URL + reverse("candidatures:calendrier_feed", args=[abonnement.token]) if abonnement else ""
    )
    context = {
        "abonnement": abonnement,
        "address": address,
        "webcal": urlsplit(address)._replace(scheme="webcal").geturl(),
    }
    return render(request, "candidatures/calendrier.html", context)


@require_safe
@login_not_required
def feed(request: PortalRequest, token: str) -> HttpResponse:
    """Send the calendar of this secret address; 404 when it is wrong or closed."""
    abonnement = calendar_at(token)
    if abonnement is None:
        raise Http404
    content = calendar(evenements_of(abonnement.compte, at=request.at), at=request.at)
    headers = {"Cache-Control": "private, max-age=3600", "X-Robots-Tag": "noindex"}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)
