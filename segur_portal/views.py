"""The pages that belong to no floor: home, health, robots.txt, security.txt and the pages of errors."""

import secrets
import sys
from datetime import timedelta
from itertools import chain
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.urls import reverse
from django.views.decorators.http import require_safe

from candidatures.catalogue.dispositifs import open_codes, spec_of
from candidatures.models import Dispositif
from candidatures.queries.candidatures import deadlines_by_code
from candidatures.queries.echeances import moved_among
from comptes.requests import PortalRequest
from guichets.enums import RoleDEtape
from referencement.queries.candidatures import echeances_for_page
from segur_portal import health as healthy
from segur_portal.desks import asked_desks
from segur_portal.unavailable import why_unavailable

READ_BY_ROBOTS = (
    "home",
    "help",
    "glossary",
    "accessibility",
    "contact",
    "legal_notice",
    "privacy",
    "site_map",
    "referencement:solutions",
)
# Those that are read with all that stands under them.
READ_WHOLE = ("help", "referencement:solutions")
SECURITY_TXT_HOLDS = timedelta(days=180)


@require_safe
@login_not_required
def home(request: PortalRequest) -> HttpResponse:
    """Show what the portal is, for whom, and the échéances to come."""
    known = Dispositif.objects.filter(pk__in=open_codes()).order_by("opens_at", "pk")
    read = [(dispositif, deadlines_by_code(dispositif)) for dispositif in known]
    dispositifs: list[dict[str, Any]] = [
        {
            "dispositif": dispositif,
            "spec": spec_of(dispositif.pk),
            "is_open": dispositif.opens_at <= request.at,
            "echeances": echeances_for_page(deadlines, at=request.at),
        }
        for dispositif, deadlines in read
    ]
    moved = [moved_among(deadlines.values(), str(dispositif), at=request.at) for dispositif, deadlines in read]
    coming = [
        echeance | {"demarche": row["dispositif"]}
        for row in dispositifs
        for echeance in row["echeances"]
        if echeance["state"] != "late"
    ]
    context = {
        "dispositifs": dispositifs,
        "next_echeance": min(coming, key=itemgetter("at"), default=None),
        "moved": list(chain.from_iterable(moved)),
        "desks": _desks(),
    }
    return render(request, "home.html", context)


def _desks() -> list[dict[str, Any]]:
    """Return the desks that an open dispositif asks for, each with its usual stages and whether the desk must act."""
    return [
        {
            "spec": desk,
            "stages": [
                (etape.label, etape.attend != "editeur")
                for etape in desk.etapes
                if not etape.is_lateral and etape.role is not RoleDEtape.REFUS
            ],
        }
        for desk in asked_desks()
    ]


@require_safe
@login_not_required
def health(request: HttpRequest) -> HttpResponse:
    """Answer with the state of the database and of the queues (`segur_portal.health`).

    The middleware `health_first` answers before this view is reached; the address is still named in `urls.py`.
    """
    return healthy.answer()


@require_safe
@login_not_required
def robots(request: HttpRequest) -> HttpResponse:
    """Let search engines read the public pages, and nothing else."""
    public = [reverse(name) for name in READ_BY_ROBOTS]
    whole = [reverse(name) for name in READ_WHOLE]
    lines = [*(f"Allow: {path}$" for path in public), *(f"Allow: {path}" for path in whole)]
    lines = ["User-agent: *", *lines, "Disallow: /"]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@require_safe
@login_not_required
def security(request: PortalRequest) -> HttpResponse:
    """Give the contact to whom security faults are reported (RFC 9116); 404 when the settings name none."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = (request.at + SECURITY_TXT_HOLDS).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: fr, en",
        f"Canonical: {settings.PORTAL_URL}{request.path}",
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


def broken(request: HttpRequest) -> HttpResponse:
    """Answer an unforeseen failure: 500, or 503 or 507 when something outside the portal is lacking.

    The reference on the page is also on the line of the failure in the log.
    """
    reference = secrets.token_hex(4).upper()
    vars(request)["reference"] = reference
    lacking = why_unavailable(sys.exc_info()[1])
    status = lacking.status if lacking else 500
    try:
        page = get_template("500.html").render({"reference": reference, "lacking": lacking})
    except Exception:  # noqa: BLE001 -- the last page: whatever its own drawing lacks, somebody is answered
        page = f"<!DOCTYPE html><title>Erreur du portail</title><p>Le portail a rencontré une erreur ({reference}).</p>"
    answer = HttpResponse(page, status=status)
    if lacking:
        answer["Retry-After"] = "60"
    return answer


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
