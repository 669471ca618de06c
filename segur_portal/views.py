"""The pages of nobody's floor: home, help, health, what robots and researchers are told, and refusals."""

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

from candidatures.catalogue.dispositifs import every_spec, open_codes
from candidatures.models import Dispositif
from candidatures.queries.candidatures import deadlines_by_code
from candidatures.queries.echeances import moved_among
from comptes.requests import PortalRequest
from guichets.catalogue.guichets import every_guichet
from guichets.enums import RoleDEtape
from referencement.queries.candidatures import echeances_for_page
from segur_portal import health as healthy
from segur_portal.unavailable import why_unavailable

SECURITY_TXT_HOLDS = timedelta(days=180)


@require_safe
@login_not_required
def home(request: PortalRequest) -> HttpResponse:
    """What the portal is, for whom, what comes next and when."""
    known = Dispositif.objects.filter(pk__in=open_codes()).order_by("opens_at", "pk")
    read = [(dispositif, deadlines_by_code(dispositif)) for dispositif in known]
    dispositifs: list[dict[str, Any]] = [
        {
            "dispositif": dispositif,
            "is_open": dispositif.opens_at <= request.at,
            "echeances": echeances_for_page(deadlines, at=request.at),
        }
        for dispositif, deadlines in read
    ]
    moved = [moved_among(deadlines.values(), str(dispositif), at=request.at) for dispositif, deadlines in read]
    coming = [echeance for one in dispositifs for echeance in one["echeances"] if echeance["state"] != "late"]
    context = {
        "dispositifs": dispositifs,
        "next_echeance": min(coming, key=itemgetter("at"), default=None),
        "moved": list(chain.from_iterable(moved)),
        "desks": _desks(),
    }
    return render(request, "home.html", context)


def _desks() -> list[dict[str, Any]]:
    """The other desks that a dispositif asks for, with the stages through which everything there goes."""
    asked = {code for spec in every_spec() for code in spec.guichets}
    return [
        {
            "spec": desk,
            "stages": [
                (etape.label, etape.attend != "editeur")
                for etape in desk.etapes
                if not etape.is_lateral and etape.role is not RoleDEtape.REFUS
            ],
        }
        for desk in every_guichet()
        if desk.code in asked
    ]


@require_safe
@login_not_required
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "help.html", {"desks": _desks()})


@require_safe
@login_not_required
def health(request: HttpRequest) -> HttpResponse:
    """Say of the database and of the queues how they are. The first middleware answers for it, to wait for nothing."""
    return healthy.answer()


@require_safe
@login_not_required
def robots(request: HttpRequest) -> HttpResponse:
    """Let search engines read what is public, and nothing else."""
    public = [reverse(name) for name in ("home", "help", "referencement:solutions")]
    lines = ["User-agent: *", *(f"Allow: {path}$" for path in public), f"Allow: {public[-1]}", "Disallow: /"]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@require_safe
@login_not_required
def security(request: PortalRequest) -> HttpResponse:
    """Say to whom a fault in the portal's security is told (RFC 9116); nothing when nobody is named."""
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
    """Answer what failed without being foreseen; the reference is written in the log, on the line of the failure."""
    reference = secrets.token_hex(4).upper()
    vars(request)["reference"] = reference
    lacking = why_unavailable(sys.exc_info()[1])
    status = lacking.status if lacking else 500
    try:
        said = get_template("500.html").render({"reference": reference, "lacking": lacking})
    except Exception:  # noqa: BLE001 -- the last page: whatever its own drawing lacks, somebody is answered
        said = f"<!DOCTYPE html><title>Erreur du portail</title><p>Le portail a rencontré une erreur ({reference}).</p>"
    answer = HttpResponse(said, status=status)
    if lacking:
        answer["Retry-After"] = "60"
    return answer


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
