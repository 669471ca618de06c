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
from preuves.enums import ExigibiliteKind
from preuves.forms.simulation import SimulationForm
from preuves.operations.dossiers import VersionNotAdoptable, move_to_version
from preuves.queries.autres import hoped_from, others_of
from preuves.queries.dossier import ChapitreDuDossier, Dossier, newer_version
from preuves.queries.suppositions import changes_for, count_by_chapitre, simulate
from preuves.rules.completude import said_of_unadmitted
from preuves.rules.exigibilite import count

from .access import find_dossier, find_dossier_to_fill, trail_to_dossier


@dataclass(frozen=True)
class ChapitreLine:
    """One chapitre in the list of a dossier."""

    label: str
    href: str
    standing: str
    standing_label: str
    words: str
    done: int
    asked: int
    is_first: bool
    is_urgent: bool


@require_safe
def page(request: PortalRequest, nru: str) -> HttpResponse:
    """Show the chapitres of a dossier de preuves, how far each is, and what comes first."""
    dossier = find_dossier(request, nru)
    fills = not request.user.is_ans
    concerned = [chapitre for chapitre in dossier.chapitres if chapitre.facts.standing != "sans_objet"]
    lines = [line_of(chapitre, dossier, fills=fills) for chapitre in concerned]
    context = {
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
        label=chapitre.spec.label,
        href=reverse(address, args=[nru, chapitre.spec.code]),
        standing=facts.shown,
        standing_label=facts.shown_label,
        words=_words(chapitre),
        done=facts.answered,
        asked=len(facts.due),
        is_first=chapitre.spec.code == prerequisite and not facts.is_settled,
        is_urgent=facts.is_complete_not_submitted and facts.candidature_open and dossier.eligibilite_submitted,
    )


def _words(chapitre: ChapitreDuDossier) -> str:
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
        messages.error(request, refused.sentence)
        return redirect("preuves:version", candidature.nru)
    kept, fallen = moved.kept, len(moved.fallen)
    messages.success(
        request,
        "Le dossier suit la nouvelle version du référentiel. "
        f"Vérifications conservées\u00a0: {kept}. Vérifications annulées\u00a0: {fallen}.",
    )
    return redirect("preuves:dossier", candidature.nru)
