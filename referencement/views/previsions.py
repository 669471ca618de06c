"""The forecasts of a path in words: each phase, each chapitre that waits for the ANS, and what they are told from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from comptes.dates import day_in_words
from referencement.rules.durees import Duree
from referencement.rules.etapes import COLLEGE
from referencement.rules.facts import DossierFacts
from referencement.rules.file import Forecast
from referencement.rules.graphe import Etat, Graphe
from referencement.rules.previsions import Paths

PHASES = {1: "Dossier administratif", 2: "Preuves et autres guichets", 3: "Convention et collège"}
KINDS = {
    "charte": "Accepter la charte",
    "volet": "Remplir et soumettre un volet",
    "examen-volet": "Examen d’un volet par l’ANS",
    "chapitre": "Déposer les preuves d’un chapitre",
    "examen-chapitre": "Examen d’un chapitre par l’ANS",
    "etape-editeur": "Étape à un autre guichet, à faire par l’éditeur",
    "etape-guichet": "Étape à un autre guichet, à faire par ce guichet",
    "convention": "Préparation de la convention par l’ANS",
    "signature": "Signature de la convention par l’éditeur",
    "college": "De la signature à la décision du collège",
}


def forecast_in_words(forecast: Forecast | None) -> dict[str, Any] | None:
    """Say when something is expected, and between which days."""
    if forecast is None:
        return None
    between = f"le {day_in_words(forecast.soon)} et le {day_in_words(forecast.late)}"
    return {
        "likely": day_in_words(forecast.likely),
        "between": "Date fixée" if forecast.is_fixed else between,
        "is_fixed": forecast.is_fixed,
    }


def previsions_shown(paths: Paths, dossier: DossierFacts) -> dict[str, Any]:
    """Return the `previsions` of `referencement/parcours_previsions.html`."""
    labels = {chapitre.code: chapitre.label for chapitre in dossier.chapitres or ()}
    return {
        "college": forecast_in_words(paths.college),
        "missing": _missing(paths.likely),
        "phases": [
            {"label": PHASES[phase], "forecast": forecast_in_words(forecast)}
            for phase, forecast in paths.phases.items()
            if forecast
        ],
        "places": [
            {
                "label": labels.get(code, code),
                "rank": place.rank,
                "total": place.total,
                "since": place.submitted_at,
                "forecast": forecast_in_words(place.forecast),
            }
            for code, place in sorted(paths.places.items(), key=lambda each: each[1].rank)
        ],
        "durees": durees_shown(paths.durees),
    }


def _missing(graph: Graphe) -> str:
    """Say what is left before the collège can attribute the référencement; empty when nothing is."""
    left = sum(each.etat is not Etat.DONE and key != COLLEGE for key, each in graph.planned.items())
    if not left:
        return ""
    are = f"{left}\u00a0étapes ne sont pas faites" if left > 1 else "Une étape n’est pas faite"
    return f"{are}\u00a0: tant qu’il en reste, le référencement ne peut pas être attribué."


def durees_shown(durees: Mapping[str, Duree]) -> list[dict[str, str]]:
    """Say how long each kind of step lasts, and from what it is known."""
    return [
        {"label": KINDS.get(kind, kind), "likely": days_in_words(duree.likely), "source": source_of(duree)}
        for kind, duree in durees.items()
    ]


def source_of(duree: Duree) -> str:
    if duree.cases is None:
        return "durée prévue par la démarche"
    return f"médiane de {duree.cases}\u00a0dossiers"


def days_in_words(duration: timedelta) -> str:
    days = round(duration / timedelta(days=1))
    return f"{days}\u00a0jour{'s' if days > 1 else ''}" if days else "moins d’un jour"
