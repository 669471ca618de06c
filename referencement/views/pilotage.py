"""Steering, for responsables: what will miss an échéance and why, what waits, who has too much, what lasts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from candidatures.views.demarches import WantedDispositif, wanted_dispositif
from comptes.dates import day_in_words
from comptes.requests import PortalRequest
from guichets.catalogue.guichets import every_owner
from referencement import permissions
from referencement.models import RisqueDEcheance
from referencement.queries.durees import known_durees
from referencement.queries.file import Queue, queue_of
from referencement.queries.mesures import Mesures, Verifications
from referencement.queries.pilotage import (
    EcheanceMenacee,
    dossiers_menaces,
    echeances_menacees,
    first_menaces,
    mesures_of,
    owners_of,
)
from referencement.queries.risques import counted_by_echeance
from referencement.rules.durees import Duree
from referencement.rules.graphique import graphique

PER_PAGE = 25
SERIES = (("received", "Reçus"), ("returned", "Retournés"), ("approved", "Validés"))
STAGES: Mapping[str, str] = {
    "charte": "Accepter la charte",
    "volet": "Remplir un volet",
    "examen-volet": "Examen d’un volet par l’ANS",
    "chapitre": "Préparer un chapitre",
    "examen-chapitre": "Examen d’un chapitre par l’ANS",
    "convention": "Préparer la convention",
    "signature": "Signer la convention",
    "college": "Passer au collège",
    "etape-editeur": "Étape de l’éditeur auprès d’un guichet",
    "etape-guichet": "Étape d’un guichet",
}


@require_safe
def page(request: PortalRequest) -> HttpResponse:
    """Show one dispositif, the first when none is asked for."""
    wanted = _wanted(request)
    mesures, measured_at = mesures_of(wanted.code)
    echeances = echeances_menacees(wanted.code, mesures.echeances)
    known = known_durees(wanted.code)
    nearest = _nearest(echeances, request.at)
    context = {
        "wanted": wanted,
        "mesures": mesures,
        "measured_at": measured_at,
        "echeances": echeances,
        "nearest": nearest,
        "first": _lines(first_menaces(wanted.code, nearest.code)) if nearest and nearest.watched else [],
        "queue": _queue(queue_of(wanted.code, at=request.at, known=known), mesures, measured_at, request.at),
        "flux": _flux(mesures),
        "stages": _stages(known[0]),
        "desks": [_desk(desk) for desk in mesures.guichets],
    }
    return render(request, "referencement/pilotage/page.html", context)


@require_safe
def echeance(request: PortalRequest, dispositif: str, code: str) -> HttpResponse:
    """The candidatures to watch before one échéance, the least time left first, with what holds each up."""
    _refuse_others(request)
    counts = counted_by_echeance(dispositif)
    shown = next((menace for menace in echeances_menacees(dispositif, counts) if menace.code == code), None)
    if shown is None:
        raise Http404
    owners = owners_of(dispositif, code)
    asked = request.GET.get("a", "")
    owner = asked if asked in dict(owners) else ""
    rows = dossiers_menaces(dispositif, code, owner=owner)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "echeance": shown,
        "trail": [("Pilotage", f"{reverse('referencement:pilotage')}?{urlencode({'dispositif': dispositif})}")],
        "page": page,
        "lines": _lines(page.object_list),
        "owners": [(value, _label(value), count, value == owner) for value, count in owners],
        "owner": owner,
        "query": urlencode({"a": owner}) if owner else "",
        "exported": urlencode({"dispositif": dispositif, "echeance": code} | ({"a": owner} if owner else {})),
    }
    return render(request, "referencement/pilotage/echeance.html", context)


def _wanted(request: PortalRequest) -> WantedDispositif:
    _refuse_others(request)
    wanted = wanted_dispositif(request)
    if wanted.code or not wanted.options:
        return wanted
    first = wanted.options[0][0]
    return WantedDispositif(first, tuple((code, title, code == first) for code, title, _ in wanted.options))


def _refuse_others(request: PortalRequest) -> None:
    if not request.user.is_ans:
        raise Http404
    if not permissions.steers(request.user):
        raise PermissionDenied


def _nearest(echeances: Iterable[EcheanceMenacee], at: datetime) -> EcheanceMenacee | None:
    """Return the next échéance, the last one once all have passed."""
    left = list(echeances)
    coming = [echeance for echeance in left if echeance.at >= at] or left[-1:]
    return coming[0] if coming else None


def _lines(rows: Iterable[RisqueDEcheance]) -> list[dict[str, Any]]:
    return [
        {
            "nru": row.candidature.nru,
            "solution": row.candidature.produit.nom,
            "editeur": row.candidature.produit.editeur.raison_sociale,
            "reason": row.reason,
            "owner": _label(row.owner),
            "slack": _days(row.slack),
            "is_missed": row.slack is not None and row.slack < timedelta(0),
            "expected_at": row.expected_at,
        }
        for row in rows
    ]


def _label(owner: str) -> str:
    return next((known.label for known in every_owner() if known.value == owner), owner)


def _days(slack: timedelta | None) -> str:
    if slack is None:
        return ""
    days = abs(slack.days)
    counted = f"{days}\u00a0jour{'s' if days > 1 else ''}"
    return f"dépassée de {counted}" if slack < timedelta(0) else f"{counted} de marge"


def _queue(queue: Queue, mesures: Mesures, measured_at: datetime | None, at: datetime) -> dict[str, Any]:
    derniers = mesures.derniers if measured_at else {}
    read = {code: queue.read_by(row.rank, row.submitted_at, at=measured_at or at) for code, row in derniers.items()}
    rows = [
        {
            "label": mesures.chapitres.get(code, code),
            "count": waiting.count,
            "oldest_at": waiting.oldest_at,
            "days": (at - waiting.oldest_at).days,
            "read_by": read.get(code),
        }
        for code, waiting in queue.chapitres.items()
    ]
    forecast = queue.empties
    return {
        "total": queue.total,
        "concluded": queue.concluded,
        "rows": sorted(rows, key=lambda row: row["oldest_at"]),
        "forecast": {
            "likely": day_in_words(forecast.likely),
            "soon": day_in_words(forecast.soon),
            "late": day_in_words(forecast.late),
        }
        if forecast
        else None,
    }


def _flux(mesures: Mesures) -> dict[str, Any]:
    weeks = mesures.semaines
    names = [f"{date.fromisoformat(week.monday):%d/%m}" for week in weeks]
    series = {serie: [getattr(week, serie) for week in weeks] for serie, _ in SERIES}
    return {
        "chart": graphique(names, series),
        "legend": SERIES,
        "rows": [
            {
                "monday": date.fromisoformat(week.monday),
                "received": week.received,
                "returned": week.returned,
                "approved": week.approved,
            }
            for week in weeks
        ],
    }


def _desk(desk: Verifications) -> dict[str, Any]:
    return {
        "label": desk.label,
        "last_at": datetime.fromisoformat(desk.last_at) if desk.last_at else None,
        "successes": desk.successes,
        "failures": desk.failures,
        "due": desk.due,
    }


def _stages(durees: Mapping[str, Duree]) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "cases": durees[kind].cases,
            "soon": durees[kind].soon.days,
            "likely": durees[kind].likely.days,
            "late": durees[kind].late.days,
        }
        for kind, label in STAGES.items()
        if kind in durees
    ]
