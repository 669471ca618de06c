"""Foreclosing those that somebody chose in the photos: read what it does and sends, then do it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from candidatures.mails import message_of_foreclosure
from candidatures.permissions import decides_on_echeances
from comptes.requests import PortalRequest
from referencement.operations.forclusions import foreclose_on_photos
from referencement.queries.albums import ToForeclose, to_foreclose

MOST = 100
NO_REASON = "Une forclusion donne son motif."


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: PortalRequest) -> HttpResponse:
    """Who would be foreclosed, who would be told and in which words; then foreclose each of them for itself."""
    if not request.user.is_ans:
        raise Http404
    if not decides_on_echeances(request.user):
        raise PermissionDenied("Seul un responsable d’instruction prononce une forclusion.")
    asked = (request.POST if request.method == "POST" else request.GET).getlist("photo")
    photo_ids = [int(one) for one in asked if one.isascii() and one.isdigit() and len(one) < 10][:MOST]
    reason = request.POST.get("motif", "").strip()[:1000]
    if request.method == "POST" and photo_ids and reason:
        _foreclose(request, photo_ids, reason)
        return redirect("referencement:photos")
    chosen = to_foreclose(photo_ids, at=request.at)
    possible = [one for one in chosen if not one.reason]
    context = {
        "possible": possible,
        "left": [one for one in chosen if one.reason],
        "messages_sent": sum(len(one.team) for one in possible),
        "example": _example(request, possible[0], reason) if possible else None,
        "fault": NO_REASON if request.method == "POST" else "",
        "trail": [("Photos des échéances", reverse("referencement:photos"))],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "referencement/photos/foreclose.html", context, status=status)


def _foreclose(request: PortalRequest, photo_ids: list[int], reason: str) -> None:
    found = foreclose_on_photos(photo_ids=photo_ids, reason=reason, by=request.user, at=request.at)
    if found.done:
        plural = "s" if len(found.done) > 1 else ""
        said = f"{len(found.done)} candidature{plural} forclose{plural}\u00a0: {', '.join(found.done)}."
        messages.success(request, said)
    for nru, why in found.left:
        messages.warning(request, f"{nru} n’est pas forclose. {why}")


def _example(request: PortalRequest, one: ToForeclose, reason: str) -> dict[str, str]:
    """The message as the first team would receive it."""
    message = message_of_foreclosure(
        one.candidature, one.deadline, reason=reason or "[le motif que vous écrirez]", at=request.at
    )
    return {"subject": message.subject, "body": message.body}
