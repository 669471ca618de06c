"""The security log, as an auditor reads it."""

from datetime import date, datetime, time, timedelta

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from comptes import journal, permissions, queries
from comptes.dates import PARIS
from comptes.enums import SecurityEvent
from comptes.forms import SecurityFilterForm
from comptes.requests import PortalRequest

PER_PAGE = 50


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """The events of the security log, latest first; reading them is itself an event."""
    if not permissions.reads_security(request.user):
        raise PermissionDenied("Seul un auditeur de la sécurité peut lire ce journal.")
    form = SecurityFilterForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    events = queries.security_events(
        since=_midnight(wanted.get("du")),
        until=_midnight(wanted.get("au"), days=1),
        person=wanted.get("personne", ""),
        kind=wanted.get("nature", ""),
    )
    page = Paginator(events if wanted else events.none(), PER_PAGE).get_page(request.GET.get("page"))
    filters = {name: request.GET[name] for name in form.fields if request.GET.get(name)}
    journal.note(SecurityEvent.SECURITY_READ, compte=request.user, about=urlencode(filters))
    context = {"form": form, "page": page, "query": urlencode(filters), "filtered": bool(filters)}
    return render(request, "comptes/security.html", context, status=422 if form.errors else 200)


def _midnight(day: date | None, *, days: int = 0) -> datetime | None:
    return datetime.combine(day + timedelta(days=days), time(), PARIS) if day else None
