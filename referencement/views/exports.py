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


def _for_machines(content_type: str) -> Callable[[Make], Door]:
    """Serve a text to anybody, by any cache, which asks each time whether it has changed.

    It is of one dispositif when the address names one; a name that is none of theirs leads nowhere.
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
            words = (make.__name__, wanted.dispositif, *instants, settings.PORTAL_URL)
            body = kept(*words, make=lambda: make(wanted, dates, request.at))
            return HttpResponse(body, content_type=f"{content_type}; charset=utf-8")

        return view

    return decorate


@_for_machines("text/csv")
def solutions_csv(wanted: Wanted, dates: Dates, at: datetime) -> str:
    """The list as a table; a name that a spreadsheet would take for a formula is quoted for it."""
    written = StringIO()
    table = csv.writer(written, delimiter=";")
    table.writerow(COLUMNS)
    for one in every_solution(wanted, at=at, dates=dates):
        row = {**_row(one), "profils": ", ".join(one.profils)}
        table.writerow([_harmless(str(row[column])) for column in COLUMNS])
    return "\ufeff" + written.getvalue()


@_for_machines("application/json")
def solutions_json(wanted: Wanted, dates: Dates, at: datetime) -> str:
    rows = [{column: _row(one)[column] for column in COLUMNS} for one in every_solution(wanted, at=at, dates=dates)]
    return json.dumps({"solutions": rows}, ensure_ascii=False)


@_for_machines("application/atom+xml")
def solutions_atom(wanted: Wanted, dates: Dates, at: datetime) -> str:
    """The référencements that were attributed, suspended, restored or ended last, each with what it is now."""
    query = f"?{urlencode(wanted.as_query())}" if wanted.dispositif else ""
    home = _absolute("referencement:solutions") + query
    feed = Atom1Feed(
        title="Solutions référencées – Portail Ségur",
        link=home,
        description="Les référencements attribués par le collège technique, et ce qu’ils sont devenus.",
        language="fr",
        feed_url=_absolute("referencement:solutions_atom") + query,
        author_name="Portail Ségur",
    )
    for one in latest_referenced(LATEST, dispositif=wanted.dispositif, at=at):
        link = _absolute("referencement:solution", one.nru)
        feed.add_item(
            title=f"{one.nom} {one.version} – {one.editeur}\u00a0: {one.state.label.lower()}",
            link=link,
            unique_id=link,
            description=f"{one.demarche}\u00a0: {', '.join(one.profils)}",
            pubdate=(one.referenced_at or one.since).astimezone(PARIS),
            updateddate=one.since.astimezone(PARIS),
        )
    return feed.writeString("utf-8")


@_for_machines("application/xml")
def sitemap(wanted: Wanted, dates: Dates, at: datetime) -> str:
    """The public pages; those of a référencement with the day of it."""
    pages = [
        {"href": _absolute(name)} for name in ("home", "help", "referencement:solutions", "referencement:verifier")
    ]
    pages += [
        {"href": _absolute("referencement:solution", one.nru), "at": one.since.astimezone(PARIS).isoformat()}
        for one in every_solution(wanted, at=at, dates=dates)
        if one.has_page
    ]
    return render_to_string("referencement/sitemap.xml", {"pages": pages})


def _row(one: Solution) -> dict[str, Any]:
    return {
        "nru": one.nru,
        "solution": one.nom,
        "version_technique": one.version,
        "editeur": one.editeur,
        "demarche": one.demarche,
        "profils": list(one.profils),
        "etat": one.state.value,
        "depuis": one.since.astimezone(PARIS).isoformat(),
        "page": _absolute("referencement:solution", one.nru) if one.has_page else "",
        "referencee_le": one.referenced_at.astimezone(PARIS).isoformat() if one.referenced_at else "",
        "remplacee_par": one.successor,
        "dispositif": one.dispositif,
    }


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _absolute(name: str, *words: str) -> str:
    return f"{settings.PORTAL_URL}{reverse(name, args=words)}"
