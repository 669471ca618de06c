"""The public statistics: a page, and the same as open data in JSON and CSV."""

from __future__ import annotations

import json
from dataclasses import asdict
from io import BytesIO
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from comptes.dates import PARIS
from comptes.requests import PortalRequest
from comptes.rules.tableurs import CONTENT_TYPES, write_csv
from referencement.queries.statistiques import Statistiques, statistiques

COLUMNS = ("dispositif", "mesure", "nombre", "cas", "premier_quart_jours", "mediane_jours", "dernier_quart_jours")
NUMBERS = ("candidatures", "editeurs", "referencements")


@require_safe
@login_not_required
def page(request: PortalRequest) -> HttpResponse:
    """Numbers and delays, by dispositif."""
    return render(request, "referencement/statistiques.html", {"statistiques": statistiques()})


@require_safe
@cache_control(public=True, max_age=3600)
@login_not_required
def as_json(request: PortalRequest) -> HttpResponse:
    """The same for machines. A number that is null is smaller than five."""
    body = json.dumps({"dispositifs": [_row(each) for each in statistiques()]}, ensure_ascii=False)
    return HttpResponse(body, content_type="application/json; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=3600)
@login_not_required
def as_csv(request: PortalRequest) -> HttpResponse:
    """The same for spreadsheets. A number that is left out is smaller than five."""
    file = BytesIO()
    write_csv(file, COLUMNS, [row for each in statistiques() for row in _lines(each)])
    return HttpResponse(file.getvalue(), content_type=CONTENT_TYPES["csv"])


def _row(each: Statistiques) -> dict[str, Any]:
    at = each.measured_at.astimezone(PARIS).isoformat() if each.measured_at else None
    return asdict(each) | {"measured_at": at}


def _lines(each: Statistiques) -> list[list[Any]]:
    numbers = [[each.code, name, getattr(each, name), None, None, None, None] for name in NUMBERS]
    delais = [[each.code, delai.code, None, delai.cases, delai.low, delai.median, delai.high] for delai in each.delais]
    return numbers + delais
