"""« Et si… »: the path as it is and as it would be, side by side. A form of the address: nothing is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from candidatures.catalogue.dispositifs import spec_of
from candidatures.rules.deadlines import Deadline
from candidatures.views.access import trail_to_candidature
from comptes.dates import day_in_words
from comptes.requests import PortalRequest
from referencement.forms.hypotheses import HypotheseForm
from referencement.queries.hypotheses import toggled
from referencement.rules.durees import Duree
from referencement.rules.file import Forecast
from referencement.rules.graphe import Etat, Graphe
from referencement.rules.hypotheses import least_slack
from referencement.rules.image import HALF
from referencement.rules.lignes import overview
from referencement.rules.previsions import Paths, paths_of

from .dessin import drawn, rows_by_date
from .lignes import DONE
from .parcours import Read, in_words, read_path
from .previsions import KINDS, PHASES

NOTHING = "rien à prévoir"
FIXED = "La date du collège est celle de la séance\u00a0: elle ne dépend plus des durées."


@require_safe
def page(request: PortalRequest, nru: str) -> HttpResponse:
    """Show what a change of one duration, one start or one profil would move."""
    read = read_path(request, nru)
    if read is None:
        return redirect("referencement:candidature", nru)
    candidature, fills = read.candidature, not request.user.is_ans
    form = HypotheseForm(
        request.GET or None,
        graph=read.paths.likely,
        kinds=KINDS,
        spec=spec_of(candidature.dispositif_id),
        has=read.complet.guichets.architecture.profils,
    )
    context: dict[str, Any] = {
        "candidature": candidature,
        "trail": [*trail_to_candidature(candidature, request), _to_path(nru)],
        "form": form,
    }
    if form.supposes:
        after = _supposed(read, form)
        echeances = list(read.complet.facts.echeances.values())
        lines = compared(read.paths, after)
        context |= {
            "sentences": form.sentences(),
            "moved": [line for line in lines if line["change"]],
            "fixed": FIXED if after.college is not None and after.college.is_fixed else "",
            "same": [line for line in lines if not line["change"]],
            "critical": [
                ("Aujourd’hui", in_words(read.paths.likely.critical)),
                ("Avec ce changement", in_words(after.likely.critical)),
            ],
            "pictures": [
                _picture(title, paths.likely, beside.likely, echeances, fills=fills)
                for title, paths, beside in (
                    ("Aujourd’hui", read.paths, after),
                    ("Avec ce changement", after, read.paths),
                )
            ],
        }
    return render(request, "referencement/hypotheses.html", context)


def _picture(
    title: str, graph: Graphe, beside: Graphe, echeances: Iterable[Deadline], *, fills: bool
) -> dict[str, Any]:
    """Return a picture of half a page, on the axis of both; for a telephone, what is left to do, as it begins."""
    picture = drawn(graph, overview(graph), echeances, fills=fills, title=title, frame=HALF, beside=beside)
    left = [row for row in picture["rows"] if row.mark != DONE]
    return {"drawn": picture, "falling": rows_by_date(left, picture["image"], graph.at)}


def _to_path(nru: str) -> tuple[str, str]:
    return "Parcours", reverse("referencement:parcours", args=[nru])


def _supposed(read: Read, form: HypotheseForm) -> Paths:
    given = form.cleaned_data
    facts = toggled(read.complet, read.facts, given["profil"]) if given["profil"] else read.facts
    durees: Mapping[str, Duree] = read.paths.durees
    if given["etape"]:
        days = timedelta(days=given["jours"])
        durees = {**durees, given["etape"]: Duree(days, days, days)}
    concerned = {chapitre.code for chapitre in facts.dossier.chapitres or ()}
    ruled = given["etape"] == "examen-chapitre"
    places = {code: place for code, place in read.paths.places.items() if code in concerned and not ruled}
    return paths_of(facts, durees, places, at=read.paths.likely.at, starts=form.starts)


def compared(before: Paths, after: Paths) -> list[dict[str, str]]:
    """Return each thing that may move, before and after, and whether it moves."""
    pairs = [
        ("Décision du collège", _college(before), _college(after)),
        *(
            (f"Fin de la phase «\u00a0{label}\u00a0»", _phase(before, number), _phase(after, number))
            for number, label in PHASES.items()
        ),
        ("Plus petite marge avant une échéance", _margin(before), _margin(after)),
        ("Étapes à faire", _left(before), _left(after)),
    ]
    return [
        {"label": label, "before": was, "after": becomes, "change": "" if was == becomes else "change"}
        for label, was, becomes in pairs
    ]


def _college(paths: Paths) -> str:
    return _in_words(paths.college)


def _phase(paths: Paths, number: int) -> str:
    return _in_words(paths.phases[number])


def _in_words(forecast: Forecast | None) -> str:
    if forecast is None:
        return NOTHING
    if forecast.is_fixed:
        return f"le {day_in_words(forecast.likely)}, date de la séance"
    return (
        f"vers le {day_in_words(forecast.likely)} "
        f"(entre le {day_in_words(forecast.soon)} et le {day_in_words(forecast.late)})"
    )


def _margin(paths: Paths) -> str:
    slack = least_slack(paths)
    if slack is None:
        return "aucune échéance ne s’applique"
    days = abs(slack.days)
    counted = f"{days}\u00a0jour{'s' if days > 1 else ''}"
    return f"dépassement de {counted}" if slack < timedelta(0) else counted


def _left(paths: Paths) -> str:
    return str(sum(each.etat is not Etat.DONE for each in paths.likely.planned.values()))
