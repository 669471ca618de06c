"""The coordinated path of a candidature: the picture, the same as a table, and what decides the date of the collège."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from candidatures.catalogue.dispositifs import spec_of
from candidatures.models import Candidature
from candidatures.views.access import trail_to_candidature
from comptes.dates import day_in_words
from comptes.requests import PortalRequest
from guichets.catalogue.guichets import every_guichet
from guichets.enums import Owner
from referencement.enums import ObjetDAttente
from referencement.queries.blocages import dossier_complet
from referencement.queries.graphes import graphe_facts
from referencement.queries.tours import overview_of
from referencement.rules.etapes import SEGUR, GrapheFacts, Step
from referencement.rules.graphe import Etat, Graphe, Planned, graphe
from referencement.rules.image import Image, Row, image_of

from .blocages import href_of

NEXT = 3
MISSED = "La date limite est dépassée."
WORDS = {Etat.DONE: "Fait", Etat.CURRENT: "En cours", Etat.TODO: "À venir"}
MARKS = {Etat.DONE: "✓", Etat.CURRENT: "●", Etat.TODO: "○"}
ACTS: Mapping[str, str] = {
    ObjetDAttente.CHAPITRE_TO_CORRECT: "Corriger le chapitre «\u00a0{label}\u00a0»",
    ObjetDAttente.COMPLEMENT: "Répondre à la demande de compléments\u00a0: {label}",
    "charte": "Lire et accepter la charte",
    "volet": "Soumettre\u00a0: {label}",
    "chapitre": "Soumettre le chapitre «\u00a0{label}\u00a0»",
    "signature": "Signer la convention",
    "examen-volet": "Se prononcer sur\u00a0: {label}",
    "examen-chapitre": "Examiner le chapitre «\u00a0{label}\u00a0»",
    "convention": "Préparer la convention",
    "college": "Inscrire la candidature à l’ordre du jour du collège",
}
LABEL = 23  # from the top of a row to the foot of its words, in pixels
BADGES = {Etat.DONE: "success", Etat.CURRENT: "info", Etat.TODO: "neutral"}


@require_safe
def page(request: PortalRequest, nru: str) -> HttpResponse:
    """Show the path, from the charte to the collège."""
    shown = overview_of(nru, request.user)
    if shown is None:
        raise Http404
    complet = dossier_complet(shown, at=request.at, ends=shown, with_history=False)
    if complet.facts.fin is not None and complet.facts.fin.is_over:
        return redirect("referencement:candidature", nru)
    fills = not request.user.is_ans
    facts, durees = graphe_facts(complet), spec_of(shown.dispositif_id).durees
    graph = graphe(facts, durees, at=request.at)
    desks = [desk for desk in every_guichet() if desk.is_shown]
    drawn = image_of(graph, complet.facts.echeances.values(), [desk.code for desk in desks], at=request.at)
    names = {SEGUR: "Guichet Ségur"} | {desk.code: desk.label for desk in desks}
    colours = {SEGUR: SEGUR} | {desk.code: desk.couleur for desk in desks}
    table = _Table(graph, drawn, shown, fills=fills)
    context = {
        "candidature": shown,
        "trail": trail_to_candidature(shown, request),
        "image": drawn,
        "lanes": [
            {"lane": lane, "label": names[lane.code], "colour": colours[lane.code], "rows": table.rows_of(lane.rows)}
            for lane in drawn.lanes
        ],
        "next": [table.act(planned) for planned in graph.next_acts(Owner.EDITEUR if fills else Owner.ANS)[:NEXT]],
        "is_mine": fills,
        "forecast": _forecast(facts, durees, graph, request.at),
        "critical": _in_words(graph.critical),
        "profils_known": bool(complet.guichets.architecture.profils),
    }
    return render(request, "referencement/parcours.html", context)


def _forecast(
    facts: GrapheFacts, durees: Mapping[str, timedelta], graph: Graphe, at: datetime
) -> dict[str, str] | None:
    """Say when the collège is expected to meet, and between which days; None once it decided."""
    if graph.forecast is None:
        return None
    soon, late = (graphe(facts, durees, at=at, times=times).forecast for times in (0.5, 2))
    assert soon is not None
    assert late is not None
    return {"likely": day_in_words(graph.forecast), "soon": day_in_words(soon), "late": day_in_words(late)}


def _in_words(path: Iterable[Planned]) -> list[str]:
    return [
        f"{planned.step.label} ({planned.step.owner.label[0].lower()}{planned.step.owner.label[1:]})"
        for planned in path
    ]


def _act_in_words(step: Step) -> str:
    """Say what to do: « Soumettre le chapitre « Annuaire santé » »; at another desk, the stage to reach."""
    words = ACTS.get(step.objet or "", ACTS.get(step.kind, "{label}"))
    return words.format(label=step.label.removeprefix("Examen\u00a0: "))


def _margin_in_words(slack: timedelta | None) -> str:
    """Say how many days may still be lost, or are missing; empty when no échéance depends on the act."""
    if slack is None:
        return ""
    days = abs(slack.days)
    counted = f"{days}\u00a0jour{'s' if days > 1 else ''}"
    if slack < timedelta(0):
        return f"Au rythme habituel, une échéance serait manquée de {counted}."
    return f"Marge\u00a0: {counted} avant l’échéance."


class _Table:
    """The rows of the picture in words, for one reader."""

    def __init__(self, graph: Graphe, image: Image, candidature: Candidature, *, fills: bool) -> None:
        self.graph, self.candidature, self.fills = graph, candidature, fills
        rows = [row for lane in image.lanes for row in lane.rows]
        self.labels = {each.step.key: row.label for row in rows for each in row.steps}

    def rows_of(self, rows: Iterable[Row]) -> list[dict[str, Any]]:
        return [
            {
                "row": row,
                "etat": WORDS[row.etat],
                "badge": BADGES[row.etat],
                "mark": MARKS[row.etat],
                "label_y": row.y + LABEL,
                "href": self._href(row),
                **self._told(row),
            }
            for row in rows
        ]

    def act(self, planned: Planned) -> dict[str, Any]:
        """Return a next act: what, how many days may still be lost, and the page where it is done."""
        return {
            "label": _act_in_words(planned.step),
            "href": href_of(planned.step.address, planned.step.owner, self.candidature, fills=self.fills),
            "margin": MISSED if self.graph.is_missed(planned) else _margin_in_words(planned.slack),
        }

    def _href(self, row: Row) -> str:
        step = next((each.step for each in row.steps if each.etat is Etat.CURRENT), row.steps[0].step)
        address = "dossier:" if step.address.startswith("chapitre:") else step.address
        return href_of(address, step.owner, self.candidature, fills=self.fills)

    def _told(self, row: Row) -> dict[str, Any]:
        """Say who has the row, since or until when, what it waits for, and what it threatens."""
        undone = [each for each in row.steps if each.etat is not Etat.DONE]
        if not undone:
            return {"who": "", "when": f"le {day_in_words(max(each.ends_at for each in row.steps))}"}
        now = [each for each in undone if each.etat is Etat.CURRENT] or undone[:1]
        awaited = [
            self.labels[key]
            for each in undone
            for key in each.step.after
            if self.labels[key] != row.label and self.graph.planned[key].etat is not Etat.DONE
        ]
        slack = min((each.slack for each in undone if each.slack is not None), default=None)
        return {
            "who": ", ".join(dict.fromkeys(each.step.owner.label for each in now)),
            "when": f"prévu vers le {day_in_words(max(each.ends_at for each in undone))}",
            "awaited": tuple(dict.fromkeys(awaited)),
            "days": None if slack is None else slack.days,
        }
