"""Foreclosing the candidatures chosen in the photos: first a preview of its effects, then the act."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from candidatures.mails import message_of_foreclosure
from candidatures.permissions import decides_on_echeances
from comptes.requests import PortalRequest, posted_number, posted_text
from comptes.rules.figures import whole
from referencement.operations.forclusions import foreclose_on_photos
from referencement.queries.albums import ToForeclose, to_foreclose

MOST = 100
NO_REASON = "Indiquez le motif de la clôture pour dépôt hors délai."


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: PortalRequest) -> HttpResponse:
    """Show who would be foreclosed and the message they would get; on POST, foreclose each in its own transaction."""
    if not request.user.is_ans:
        raise Http404
    if not decides_on_echeances(request.user):
        raise PermissionDenied("Seul un responsable d’instruction peut clore une candidature pour dépôt hors délai.")
    asked = (request.POST if request.method == "POST" else request.GET).getlist("photo")
    photo_ids = [number for line in asked if (number := whole(line)) is not None][:MOST]
    reason = posted_text(request)
    if request.method == "POST" and photo_ids and reason:
        _foreclose(request, photo_ids, reason)
        lot = posted_number(request, "lot")
        return redirect("referencement:lot", lot) if lot else redirect("referencement:photos")
    chosen = to_foreclose(photo_ids, at=request.at)
    possible = [line for line in chosen if not line.reason]
    context = {
        "possible": possible,
        "lot": whole(request.GET.get("lot", "") or request.POST.get("lot", "")),
        "left": [line for line in chosen if line.reason],
        "messages_sent": sum(len(line.team) for line in possible),
        "example": _example(request, possible[0], reason) if possible else None,
        "fault": NO_REASON if request.method == "POST" else "",
        "trail": [("Constats aux échéances", reverse("referencement:photos"))],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "referencement/photos/foreclose.html", context, status=status)


def _foreclose(request: PortalRequest, photo_ids: list[int], reason: str) -> None:
    outcome = foreclose_on_photos(photo_ids=photo_ids, reason=reason, by=request.user, at=request.at)
    if outcome.done:
        plural = "s" if len(outcome.done) > 1 else ""
        sentence = (
            f"{len(outcome.done)} candidature{plural} close{plural} pour dépôt hors délai : {', '.join(outcome.done)}."
        )
        messages.success(request, sentence)
    for nru, reason_left in outcome.left:
        messages.warning(request, f"{nru} n’est pas close. {reason_left}")


def _example(request: PortalRequest, line: ToForeclose, reason: str) -> dict[str, str]:
    """Return the message that the first team would receive."""
    message = message_of_foreclosure(
        line.candidature, line.deadline, reason=reason or "[le motif que vous écrirez]", at=request.at
    )
    return {"subject": message.subject, "body": message.body}
