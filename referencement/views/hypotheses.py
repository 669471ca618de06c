"""« Et si… »: the path as it is and as it would be, side by side. A form of the address: nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from candidatures.catalogue.dispositifs import spec_of
from candidatures.views.access import trail_to_candidature
from comptes.dates import day_in_words
from comptes.requests import PortalRequest
from referencement.forms.hypotheses import HypotheseForm
from referencement.queries.hypotheses import toggled
from referencement.rules.durees import Duree
from referencement.rules.file import Forecast
from referencement.rules.graphe import Etat
from referencement.rules.hypotheses import least_slack
from referencement.rules.lignes import overview
from referencement.rules.previsions import Paths, paths_of

from .dessin import drawn
from .parcours import Read, in_words, read_path
from .previsions import KINDS, PHASES

NOTHING = "rien à prévoir"


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
        context |= {
            "sentences": form.sentences(),
            "rows": list(compared(read.paths, after)),
            "critical": {"before": in_words(read.paths.likely.critical), "after": in_words(after.likely.critical)},
            "pictures": [
                drawn(paths.likely, overview(paths.likely), echeances, fills=fills, title=title)
                for title, paths in (("Avec ce changement", after), ("Aujourd’hui", read.paths))
            ],
        }
    return render(request, "referencement/hypotheses.html", context)


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
