"""The pages of nobody's floor: the public home, the help, the health of the service, and refusals."""

from itertools import chain
from operator import itemgetter
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from candidatures.models import Dispositif
from candidatures.queries import deadlines_by_code, moved_among
from comptes.requests import PortalRequest
from referencement.queries import echeances_for_page


@require_safe
@login_not_required
def home(request: PortalRequest) -> HttpResponse:
    """What the portal is, for whom, what comes next and when."""
    read = [(one, deadlines_by_code(one)) for one in Dispositif.objects.order_by("opens_at", "pk")]
    dispositifs: list[dict[str, Any]] = [
        {"dispositif": dispositif, "echeances": echeances_for_page(deadlines, at=request.at)}
        for dispositif, deadlines in read
    ]
    moved = [moved_among(deadlines.values(), str(dispositif), at=request.at) for dispositif, deadlines in read]
    coming = [echeance for one in dispositifs for echeance in one["echeances"] if echeance["state"] != "late"]
    context = {
        "dispositifs": dispositifs,
        "next_echeance": min(coming, key=itemgetter("at"), default=None),
        "moved": list(chain.from_iterable(moved)),
    }
    return render(request, "home.html", context)


@require_safe
@login_not_required
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "help.html")


@require_safe
@login_not_required
def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the portal can read its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
