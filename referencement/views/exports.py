"""The public list for machines: CSV, JSON, Atom, and the map of the public pages for search engines."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from io import StringIO
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import urlencode
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from candidatures.enums import FicheKind
from candidatures.queries.aide import public_aide
from comptes.dates import PARIS
from comptes.requests import PortalRequest
from referencement.queries.kept import kept
from referencement.queries.publication import dates_1, every_solution, latest_referenced, over, today
from referencement.rules.publication import Solution, Wanted

Door = Callable[[PortalRequest], HttpResponse]
Dates = Mapping[str, datetime]  # the Date 1 of each dispositif, by its code
Make = Callable[[Wanted, Dates, datetime], str]
COLUMNS = (
    "nru",
    "solution",
    "version_technique",
    "editeur",
    "demarche",
    "profils",
    "etat",
    "depuis",
    "page",
    "referencee_le",
    "remplacee_par",
    "dispositif",
)
LATEST = 50
# What search engines are led to, besides the page of each référencement.
SEARCHED = (
    "home",
    "help",
    "guichets:questions",
    "contact",
    "legal_notice",
    "privacy",
    "site_map",
    "candidatures:aide_contacts",
    "candidatures:aide_documents",
    "candidatures:aide_sessions",
    "referencement:solutions",
    "referencement:statistiques",
    "referencement:verifier",
)


def _for_machines(content_type: str) -> Callable[[Make], Door]:
    """Serve a text without an account; caches may keep it, but ask each time whether it has changed.

    `?dispositif=` restricts it to one dispositif; an unknown code is a 404.
    """

    def decorate(make: Make) -> Door:
        @require_safe
        @conditional_page
        @cache_control(public=True, no_cache=True)
        @login_not_required
        def view(request: PortalRequest) -> HttpResponse:
            dates = dates_1()
            wanted = Wanted(dispositif=request.GET.get("dispositif", ""))
            if wanted.dispositif and wanted.dispositif not in dates:
                raise Http404
            instants = (over(dates, at=request.at), today(request.at))
            key = (make.__name__, wanted.dispositif, *instants, settings.PORTAL_URL)
            body = kept(*key, make=lambda: make(wanted, dates, request.at))
            return HttpResponse(body, content_type=f"{content_type}; charset=utf-8")

        return view

    return decorate


@_for_machines("text/csv")
def solutions_csv(wanted: Wanted, dates: Dates, at: datetime) -> str:
    """The list as CSV (UTF-8 with BOM, semicolons); a cell that a spreadsheet would run as a formula gets a quote."""
    written = StringIO()
    table = csv.writer(written, delimiter=";")
    table.writerow(COLUMNS)
    for solution in every_solution(wanted, at=at, dates=dates):
        row = {**_row(solution), "profils": ", ".join(solution.profils)}
        table.writerow([_harmless(str(row[column])) for column in COLUMNS])
    return "\ufeff" + written.getvalue()


@_for_machines("application/json")
def solutions_json(wanted: Wanted, dates: Dates, at: datetime) -> str:
    rows = [
        {column: _row(solution)[column] for column in COLUMNS}
        for solution in every_solution(wanted, at=at, dates=dates)
    ]
    return json.dumps({"solutions": rows}, ensure_ascii=False)


@_for_machines("application/atom+xml")
def solutions_atom(wanted: Wanted, dates: Dates, at: datetime) -> str:
    """The référencements that changed last, each with its present state, as an Atom feed."""
    query = f"?{urlencode(wanted.as_query())}" if wanted.dispositif else ""
    home = _absolute("referencement:solutions") + query
    feed = Atom1Feed(
        title="Solutions référencées – Portail Ségur",
        link=home,
        description="Référencements attribués par le collège technique, avec leur état actuel.",
        language="fr",
        feed_url=_absolute("referencement:solutions_atom") + query,
        author_name="Portail Ségur",
    )
    for solution in latest_referenced(LATEST, dispositif=wanted.dispositif, at=at):
        link = _absolute("referencement:solution", solution.nru)
        feed.add_item(
            title=f"{solution.nom} {solution.version} – {solution.editeur}\u00a0: {solution.state.label.lower()}",
            link=link,
            unique_id=link,
            description=f"{solution.demarche}\u00a0: {', '.join(solution.profils)}",
            pubdate=(solution.referenced_at or solution.since).astimezone(PARIS),
            updateddate=solution.since.astimezone(PARIS),
        )
    return feed.writeString("utf-8")


@_for_machines("application/xml")
def sitemap(wanted: Wanted, dates: Dates, at: datetime) -> str:
    """The public pages, as a sitemap; the page of a référencement has its last date."""
    pages = [{"href": _absolute(name)} for name in SEARCHED]
    pages += [
        {"href": _absolute("candidatures:aide_page", version.fiche.code)}
        for version in public_aide().of_kind(FicheKind.PAGE)
    ]
    pages += [
        {"href": _absolute("referencement:solution", solution.nru), "at": solution.since.astimezone(PARIS).isoformat()}
        for solution in every_solution(wanted, at=at, dates=dates)
        if solution.has_page
    ]
    return render_to_string("referencement/sitemap.xml", {"pages": pages})


def _row(solution: Solution) -> dict[str, Any]:
    return {
        "nru": solution.nru,
        "solution": solution.nom,
        "version_technique": solution.version,
        "editeur": solution.editeur,
        "demarche": solution.demarche,
        "profils": list(solution.profils),
        "etat": solution.state.value,
        "depuis": solution.since.astimezone(PARIS).isoformat(),
        "page": _absolute("referencement:solution", solution.nru) if solution.has_page else "",
        "referencee_le": solution.referenced_at.astimezone(PARIS).isoformat() if solution.referenced_at else "",
        "remplacee_par": solution.successor,
        "dispositif": solution.dispositif,
    }


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _absolute(name: str, *args: str) -> str:
    return f"{settings.PORTAL_URL}{reverse(name, args=args)}"
