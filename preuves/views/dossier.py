from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from candidatures.catalogue.dispositifs import spec_of
from candidatures.models import Candidature
from candidatures.rules.dates import still_to_do
from candidatures.rules.deadlines import Deadline
from candidatures.rules.freeze import why_frozen
from candidatures.views.access import find_candidature, sends_to_the_team
from candidatures.views.dates import closed_at, date_for_page, dates_for_page
from comptes.requests import PortalRequest, posted_number
from comptes.views.refusals import refuse
from preuves.enums import ExigibiliteKind
from preuves.forms.simulation import SimulationForm
from preuves.operations.dossiers import VersionNotAdoptable, move_to_version
from preuves.queries.autres import hoped_from, others_of
from preuves.queries.confiees import confiees_of
from preuves.queries.dossier import ChapitreDuDossier, Dossier, newer_version
from preuves.queries.lignes import kept, lines_of_chapitre, told
from preuves.queries.suppositions import changes_for, count_by_chapitre, simulate
from preuves.rules.completude import said_of_unadmitted
from preuves.rules.exigibilite import count
from preuves.rules.tri import Choix

from .access import find_dossier, find_dossier_to_fill, trail_to_dossier
from .tri import choices_for_page, choix_of


@dataclass(frozen=True)
class ChapitreLine:
    """One chapitre in the list of a dossier."""

    code: str
    label: str
    href: str
    standing: str
    standing_label: str
    summary: str
    done: int
    asked: int
    is_first: bool
    is_urgent: bool


@require_safe
def page(request: PortalRequest, nru: str) -> HttpResponse:
    """Show the chapitres of a dossier de preuves, how far each is, and what comes first."""
    fills, choix = not request.user.is_ans, choix_of(request)
    dossier = find_dossier(request, nru, detailed=fills and choix.is_made)
    concerned = [chapitre for chapitre in dossier.chapitres if chapitre.facts.standing != "sans_objet"]
    lines = [line_of(chapitre, dossier, fills=fills) for chapitre in concerned]
    context = {
        **(_preuves(request, dossier, concerned, choix) if fills else {}),
        "candidature": dossier.candidature,
        "trail": trail_to_dossier(dossier.candidature, request)[:-1],
        "dossier": dossier,
        "fills": fills,
        "lines": lines,
        "hidden": [chapitre.spec.label for chapitre in dossier.chapitres if chapitre.facts.standing == "sans_objet"],
        "count": count(dossier.exigibilites.values()),
        "answered": sum(chapitre.facts.answered for chapitre in concerned),
        "urgent": [line for line in lines if line.is_urgent and fills],
        "echeances": deadlines_for_page(request, dossier),
        "unsubmitted": [volet.label for volet in dossier.unadmitted if not volet.was_submitted],
        "expected": " ".join(said_of_unadmitted(dossier.unadmitted)),
        "newer": newer_version(dossier),
        "sources": _sources(dossier),
        "fallen": _fallen(dossier) if fills else "",
    }
    return render(request, "preuves/dossier.html", context)


def _preuves(
    request: PortalRequest, dossier: Dossier, chapitres: list[ChapitreDuDossier], choix: Choix
) -> dict[str, Any]:
    """Return the preuves of all chapitres that somebody looks for; none before they asked something."""
    confiees = confiees_of(dossier.candidature)
    lines = [line for chapitre in chapitres for line in lines_of_chapitre(dossier, chapitre, confiees=confiees)]
    concerned = told(lines, read_by=request.user.pk)
    return {**choices_for_page(choix, concerned), "preuves": kept(concerned, choix) if choix.is_made else []}


def chapitres_around(dossier: Dossier, code: str) -> dict[str, Any]:
    """Return the chapitres that concern the solution, as a menu, with those before and after this one."""
    menu = [
        line_of(chapitre, dossier, fills=True)
        for chapitre in dossier.chapitres
        if chapitre.facts.standing != "sans_objet"
    ]
    place = next(number for number, line in enumerate(menu) if line.code == code)
    return {
        "menu": menu,
        "before": menu[place - 1] if place else None,
        "after": menu[place + 1] if place + 1 < len(menu) else None,
    }


def _sources(dossier: Dossier) -> list[dict[str, Any]]:
    """Return where the equivalents of a dossier were accepted, with the count of each place."""
    held = [exigibilite.equivalent for exigibilite in dossier.exigibilites.values() if exigibilite.equivalent]
    counted = Counter((equivalent.nru, equivalent.dispositif) for equivalent in held)
    return [{"nru": nru, "dispositif": name, "count": count} for (nru, name), count in sorted(counted.items())]


def _fallen(dossier: Dossier) -> str:
    """List the preuves that a fallen équivalence makes due, with the reason, while nothing is deposited for them."""
    facts = [(chapitre.facts.preuves, chapitre.facts.exigibilites) for chapitre in dossier.chapitres]
    due = [
        exigibilite
        for preuves, exigibilites in facts
        for exigibilite in exigibilites
        if exigibilite.fallen and exigibilite.numero not in preuves
    ]
    return " ".join(
        f"{exigibilite.numero}\u00a0: {exigibilite.fallen.why}." for exigibilite in due if exigibilite.fallen
    )


def line_of(chapitre: ChapitreDuDossier, dossier: Dossier, *, fills: bool) -> ChapitreLine:
    facts, nru = chapitre.facts, dossier.candidature.nru
    prerequisite = spec_of(dossier.candidature.dispositif_id).chapitre_prerequis
    address = "preuves:chapitre" if fills else "preuves:examen"
    return ChapitreLine(
        code=chapitre.spec.code,
        label=chapitre.spec.label,
        href=reverse(address, args=[nru, chapitre.spec.code]),
        standing=facts.shown,
        standing_label=facts.shown_label,
        summary=_summary(chapitre),
        done=facts.answered,
        asked=len(facts.due),
        is_first=chapitre.spec.code == prerequisite and not facts.is_settled,
        is_urgent=facts.is_complete_not_submitted and facts.candidature_open and dossier.eligibilite_submitted,
    )


def _summary(chapitre: ChapitreDuDossier) -> str:
    """Say in a few words how far a chapitre is."""
    facts = chapitre.facts
    if facts.standing == "acquis":
        return "Aucune preuve à déposer"
    parts = [f"{facts.answered} déposée{'s' if facts.answered > 1 else ''} sur {len(facts.due)}"]
    if facts.to_correct:
        parts.append(f"{len(facts.to_correct)} à corriger")
    if inherited := facts.number_of(ExigibiliteKind.INHERITED):
        parts.append(f"{inherited} par reprise de la vague 1")
    if equivalent := facts.number_of(ExigibiliteKind.EQUIVALENT):
        parts.append(f"{equivalent} par équivalence")
    return ", ".join(parts)


def deadlines_for_page(request: PortalRequest, dossier: Dossier) -> list[dict[str, Any]]:
    """Return the Dates that limit the preuves, as every page shows them: those that ask for more than the volets."""
    return dates_for_page(request, dossier.candidature, of_preuves=True)


def deadline_for_page(request: PortalRequest, candidature: Candidature, deadline: Deadline) -> dict[str, Any]:
    """Return the Date that limits the next submission of a chapitre, as every page shows one."""
    date = still_to_do("", deadline, ended_at=closed_at(candidature), at=request.at)
    return date_for_page(date, at=request.at)


@require_safe
def simulation(request: PortalRequest, nru: str) -> HttpResponse:
    """Show what would be due with other profils, and what would be inherited, before they are chosen."""
    candidature = find_candidature(request, nru)
    dossier = find_dossier(request, nru)
    spec = spec_of(candidature.dispositif_id)
    others = others_of(candidature)
    form = SimulationForm(request.GET or None, spec=spec, presentation=dossier.presentation, others=others)
    presentation = form.presentation()
    exigibilites = simulate(dossier.rem, presentation)
    context = {
        "candidature": candidature,
        "trail": trail_to_dossier(candidature, request),
        "form": form,
        "count": count(exigibilites.values()),
        "now": count(dossier.exigibilites.values()),
        "changed": presentation != form.starting,
        "profils": [spec.profils.get(code, code) for code in sorted(presentation.profils)],
        "chapitres": count_by_chapitre(dossier.rem, exigibilites),
        "hoped": hoped_from(others, form.chosen, exigibilites, presentation.profils),
    }
    return render(request, "preuves/simulation.html", context)


def version(request: PortalRequest, nru: str) -> HttpResponse:
    """Show what the next version of the REM changes for this dossier; on POST, move to it."""
    dossier = find_dossier_to_fill(request, nru)
    if request.method == "POST":
        return _move(request, dossier)
    newer = newer_version(dossier)
    context = {
        "candidature": dossier.candidature,
        "trail": trail_to_dossier(dossier.candidature, request),
        "dossier": dossier,
        "newer": newer,
        "changes": changes_for(dossier, newer) if newer else None,
        "frozen": why_frozen(dossier.candidature.gel),
        "sends": sends_to_the_team(dossier.candidature) if newer else None,
    }
    return render(request, "preuves/version.html", context)


def _move(request: PortalRequest, dossier: Dossier) -> HttpResponse:
    candidature = dossier.candidature
    try:
        moved = move_to_version(
            candidature_id=candidature.pk,
            version_id=posted_number(request, "version"),
            by=request.user,
            at=request.at,
        )
    except VersionNotAdoptable as refused:
        return refuse(request, refused.reasons, "preuves:version", candidature.nru)
    kept, fallen = moved.kept, len(moved.fallen)
    messages.success(
        request,
        "Le dossier suit la nouvelle version du référentiel. "
        f"Vérifications conservées\u00a0: {kept}. Vérifications annulées\u00a0: {fallen}.",
    )
    return redirect("preuves:dossier", candidature.nru)
