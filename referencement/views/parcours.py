"""The coordinated path of a candidature: the picture, the same as a table, and what decides the date of the collège."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from candidatures.views.access import trail_to_candidature
from comptes.requests import PortalRequest
from guichets.enums import Owner
from referencement.queries.blocages import DossierComplet, dossier_complet
from referencement.queries.graphes import graphe_facts
from referencement.queries.previsions import paths_of_candidature
from referencement.queries.tours import overview_of
from referencement.rules.etapes import GrapheFacts
from referencement.rules.graphe import Planned
from referencement.rules.lignes import Ligne, of_phase, overview
from referencement.rules.previsions import Paths

from .actes import Acte, acts_of, href_of_act, path_as_expected, portes_of
from .blocages import href_of
from .dessin import drawn, rows_by_date
from .previsions import previsions_shown

PHASES = {
    0: "Vue d’ensemble",
    1: "Phase 1\u00a0: dossier administratif",
    2: "Phase 2\u00a0: preuves et guichets",
    3: "Phase 3\u00a0: convention et collège",
}


@dataclass(frozen=True)
class Read:
    """What a page of the path is made of, read once."""

    candidature: Any
    complet: DossierComplet
    facts: GrapheFacts
    paths: Paths


def read_path(request: PortalRequest, nru: str) -> Read | None:
    """Read the path of a candidature; None once it is over.

    :raises Http404: when this person may not see it
    """
    shown = overview_of(nru, request.user)
    if shown is None:
        raise Http404
    complet = dossier_complet(shown, at=request.at, ends=shown, with_history=False)
    if complet.facts.fin is not None and complet.facts.fin.is_over:
        return None
    facts = graphe_facts(complet)
    return Read(shown, complet, facts, paths_of_candidature(complet, facts, at=request.at))


@require_safe
def page(request: PortalRequest, nru: str) -> HttpResponse:
    """Show the path, from the charte to the collège."""
    read = read_path(request, nru)
    if read is None:
        return redirect("referencement:candidature", nru)
    fills, phase = not request.user.is_ans, phase_asked(request)
    graph = read.paths.likely
    picture = picture_of(read, phase, fills=fills)
    context = {
        "candidature": read.candidature,
        "trail": trail_to_candidature(read.candidature, request),
        "drawn": picture,
        "falling": rows_by_date(picture["rows"], picture["image"], request.at),
        "phases": phase_links(phase),
        "query": f"phase={phase}" if phase else "",
        "acts": _acts(read, request.at, fills=fills),
        "derogation": reverse("referencement:derogation_ask", args=[nru]) if fills else "",
        "is_mine": fills,
        "previsions": previsions_shown(read.paths, read.facts.dossier),
        "critical": in_words(graph.critical),
        "profils_known": bool(read.complet.guichets.architecture.profils),
    }
    return render(request, "referencement/parcours.html", context)


def _acts(read: Read, at: datetime, *, fills: bool) -> list[Acte]:
    """Return the next acts of the reader's side, in the order of the start page and of the candidature."""
    expected = path_as_expected(read.complet, read.facts, at=at)
    owner = Owner.EDITEUR if fills else Owner.ANS
    return acts_of(expected, read.complet.facts, read.candidature, portes_of(read.complet), owner=owner)


def phase_asked(request: PortalRequest) -> int:
    """Return the phase that the address names; 0, the whole path, when it names none."""
    return next((phase for phase in PHASES if str(phase) == request.GET.get("phase")), 0)


def phase_links(asked: int) -> list[dict[str, Any]]:
    return [
        {"label": label, "href": f"?phase={phase}#image" if phase else "?#image", "is_here": phase == asked}
        for phase, label in PHASES.items()
    ]


def picture_of(read: Read, phase: int, *, fills: bool, leads: bool = True) -> dict[str, Any]:
    """Return what the template of the picture is given, for one candidature.

    :param leads: whether its rows lead to pages; not in a file
    """

    portes, reader = portes_of(read.complet), Owner.EDITEUR if fills else Owner.ANS

    def href(ligne: Ligne) -> str:
        if not leads:
            return ""
        mine = ligne.ready_for(reader)
        if len(mine) == 1:
            return href_of_act(mine[0].step, read.candidature.nru, portes)
        step = ligne.current[0].step if ligne.current else ligne.steps[0].step
        is_many = step.address.startswith("chapitre:") and not phase
        return href_of("dossier:" if is_many else step.address, step.owner, read.candidature, fills=fills)

    graph = read.paths.likely
    lignes = of_phase(graph, phase) if phase else overview(graph)
    title = f"{PHASES[phase]}, {read.candidature.produit.nom}"
    return drawn(graph, lignes, read.complet.facts.echeances.values(), fills=fills, href=href, title=title)


def in_words(path: Iterable[Planned]) -> list[str]:
    """Say the steps of a path, each with its owner."""
    return [f"{planned.step.label} ({planned.step.owner.inside})" for planned in path]
