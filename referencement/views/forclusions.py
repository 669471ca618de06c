"""Foreclosing one candidature on its photo: first a preview of its effects, then the act."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from candidatures.mails import message_of_foreclosure
from candidatures.operations.derogations import ForeclosureNotPossible
from candidatures.permissions import decides_on_echeances
from comptes.requests import PortalRequest, posted_number, posted_text
from comptes.rules.figures import whole
from comptes.views.refusals import refuse
from referencement.operations.forclusions import foreclose_on_photo
from referencement.queries.albums import ToForeclose, to_foreclose

NO_PHOTO = "Aucune candidature n’est close\u00a0: ce constat n’existe plus. Choisissez-en un autre."
NO_REASON = "Indiquez le motif de la clôture pour dépôt hors délai."


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: PortalRequest) -> HttpResponse:
    """Show what would be foreclosed and the message that its team would get; on POST, foreclose it."""
    if not request.user.is_ans:
        raise Http404
    if not decides_on_echeances(request.user):
        raise PermissionDenied("Seul un responsable d’instruction peut clore une candidature pour dépôt hors délai.")
    asked = request.POST if request.method == "POST" else request.GET
    photo_id, reason = whole(asked.get("photo", "")), posted_text(request)
    chosen = [] if photo_id is None else to_foreclose([photo_id], at=request.at)
    line = chosen[0] if chosen else None
    if request.method == "POST":
        lot = posted_number(request, "lot")
        if line is None:
            return refuse(request, [NO_PHOTO], "referencement:photos")
        if not reason:
            here = reverse("referencement:foreclose")
            return refuse(request, [NO_REASON], f"{here}?{urlencode({'photo': line.photo.pk, 'lot': lot or ''})}")
        return _foreclose(request, line, reason, to=("referencement:lot", lot) if lot else ("referencement:photos",))
    context = {
        "line": line,
        "lot": whole(request.GET.get("lot", "")),
        "messages_sent": len(line.team) if line else 0,
        "example": _example(request, line, reason) if line else None,
        "trail": [("Constats aux échéances", reverse("referencement:photos"))],
    }
    return render(request, "referencement/photos/foreclose.html", context)


def _foreclose(
    request: PortalRequest, line: ToForeclose, reason: str, *, to: tuple[str, *tuple[int, ...]]
) -> HttpResponse:
    nru = line.candidature.nru
    try:
        foreclose_on_photo(photo_id=line.photo.pk, reason=reason, by=request.user, at=request.at)
    except ForeclosureNotPossible as refused:
        return refuse(request, [f"{nru} n’est pas close. {refused.sentence}"], *to)
    messages.success(request, f"La candidature {nru} est close pour dépôt hors délai.")
    return redirect(*to)


def _example(request: PortalRequest, line: ToForeclose, reason: str) -> dict[str, str]:
    """Return the message that the team would receive."""
    message = message_of_foreclosure(
        line.candidature, line.deadline, reason=reason or "[le motif que vous écrirez]", at=request.at
    )
    return {"subject": message.subject, "body": message.body}
