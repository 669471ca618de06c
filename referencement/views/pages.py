from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from candidatures import permissions
from candidatures.enums import EtatDeDate
from candidatures.models import Candidature
from candidatures.queries.echeances import moved_among
from candidatures.views.access import trail_to_candidature
from candidatures.views.dates import date_for_page
from comptes.requests import PortalRequest
from guichets.catalogue.guichets import every_guichet
from guichets.catalogue.specs import GuichetSpec
from guichets.queries.situation import LigneDeDemande
from referencement.enums import ExamenState
from referencement.queries.blocages import DossierComplet, dossier_complet
from referencement.queries.candidatures import attribution_of, situation_of
from referencement.queries.derogations import derogation_to_consider
from referencement.queries.graphes import graphe_facts_from
from referencement.queries.seances import last_decision
from referencement.queries.signatures import documents_of
from referencement.queries.standings import standing_of
from referencement.queries.tours import overview_of, tour_of
from referencement.rules.attribution import AttributionSituation, is_attributed
from referencement.rules.dates import dates_of
from referencement.rules.echeances import unsubmitted
from referencement.rules.graphe import Graphe
from referencement.rules.parcours import steps_of
from referencement.rules.step import ParcoursStep

from .actes import Acte, acts_of, path_as_expected, portes_of
from .apercu import apercu_shown
from .blocages import groups_of, sources_of
from .derogations import may_be_asked
from .fins import over, standing_for_page
from .tours import banner, exchanges_for_page

# How near a Date is, while something is still to do for it.
RUNNING = ("late", "soon", "neutral")
NOTHING_RECEIVED = "l’ANS n’a rien reçu. Seule la soumission compte pour l’échéance."


@require_safe
def candidature(request: PortalRequest, nru: str) -> HttpResponse:
    """The overview of a candidature: its steps, whose turn it is, and the link to what comes next."""
    shown = overview_of(nru, request.user)
    if shown is None:
        raise Http404
    fills = not request.user.is_ans  # who sees it, and is not of the agency, works on it
    can_engage = fills and permissions.can_engage(request.user, shown)
    complet = dossier_complet(shown, at=request.at, ends=shown, with_history=False)
    fin = complet.facts.fin
    if fin is not None and fin.is_over:
        parts = tour_of(complet, at=request.at).parts()
        return over(request, shown, fin, exchanges_for_page(parts, at=request.at, fills=fills))
    dates = dates_of(complet.facts, at=request.at)
    late = frozenset(code for code, date in dates.items() if date.etat == EtatDeDate.MISSED)
    standing = standing_of(shown.pk, fin.at, at=request.at) if fin and fin.at else None
    attribution = attribution_of(complet, standing=standing, at=request.at)
    tour = tour_of(complet, at=request.at)
    steps = steps_of(situation_of(complet, late=late, attribution=attribution))
    urgent = [_urgent(step, shown) for step in steps if step.is_urgent and step.key != "preuves" and fills]
    unsubmitted_chapitres = _unsubmitted(complet, at=request.at) if fills else None
    path = _path(complet, request.at) if fin is None else None
    acts = _acts(complet, path) if fills and path else []
    turn = banner(tour, shown, at=request.at, fills=fills, can_engage=can_engage, acts=acts)
    every_date = [date_for_page(date, at=request.at) for date in dates.values()]
    next_date = next((date for date in every_date if date["state"] in RUNNING), None)
    context = {
        "candidature": shown,
        "trail": trail_to_candidature(shown, request)[:-1],
        "steps": [{**asdict(step), "href": _href(step, shown, fills=fills)} for step in steps],
        "turn": turn,
        "then": [act for act in acts if not turn or act.href != turn.get("href")],
        "apercu": apercu_shown(path, complet.facts.echeances.values(), fills=fills) if path else None,
        **_attribution(attribution, shown, request, fills=fills),
        "standing": standing_for_page(shown, standing) if standing else None,
        "urgent": urgent,
        "unreachable": _unreachable(shown.unreachable),
        "unsubmitted": unsubmitted_chapitres,
        "second": bool(urgent or unsubmitted_chapitres),
        "may_withdraw": can_engage and fin is None,
        "desks": _desks(complet, attribution),
        "gates": complet.guichets.gates,
        "autorisation": reverse("referencement:document", args=[shown.autorisation]) if shown.autorisation else "",
        "profils_known": bool(complet.guichets.architecture.profils),
        "next_date": next_date,
        "echeances": [date for date in every_date if date is not next_date],
        "has_photos": shown.has_photos,
        "exchanges": exchanges_for_page(tour.parts(), at=request.at, fills=fills),
        "moved": moved_among(complet.facts.echeances.values(), str(shown.dispositif), at=request.at),
        "considered": derogation_to_consider(complet, at=request.at) if request.user.is_ans else "",
        "derogations_shown": request.user.is_ans
        or may_be_asked(shown)
        or any(date.deadline.extended for date in dates.values()),
    }
    return render(request, "referencement/candidature.html", context)


def _path(complet: DossierComplet, at: datetime) -> Graphe:
    """Return the path of a candidature that goes on; no query, so that what is done has no date."""
    facts = graphe_facts_from(
        complet.candidature,
        complet.facts,
        complet.guichets.lignes,
        examen=complet.examen,
        charte_accepted_at=complet.charte_accepted_at,
    )
    return path_as_expected(complet, facts, at=at)


def _acts(complet: DossierComplet, path: Graphe) -> list[Acte]:
    """Return the next acts of the éditeur, as their start page shows them."""
    return acts_of(path, complet.facts, complet.candidature, portes_of(complet))


def _desks(
    complet: DossierComplet, attribution: AttributionSituation
) -> list[tuple[GuichetSpec, tuple[LigneDeDemande, ...]]]:
    """List the demandes at each desk; none once the référencement is withdrawn, renounced or replaced."""
    if attribution.is_left:
        return []
    return [(desk, complet.guichets.of(desk.code)) for desk in every_guichet() if desk.is_shown]


def _attribution(
    attribution: AttributionSituation, candidature: Candidature, request: PortalRequest, *, fills: bool
) -> dict[str, Any]:
    """Return what is missing before the collège; once the référencement is attributed, its public page instead."""
    if is_attributed(attribution):
        public = reverse("referencement:solution", args=[candidature.nru])
        manages = fills and permissions.manages_produits(request.user, candidature.produit.editeur)
        issued = documents_of(candidature)
        return {"public": public, "may_present": manages, "groups": None, "documents": issued, "decision": None}
    told = attribution.examen is not None and attribution.examen.state == ExamenState.POSTPONED
    groups = groups_of(attribution, candidature, fills=fills)
    return {
        "public": "",
        "may_present": False,
        "documents": [],
        "groups": groups,
        "sources": sources_of(groups),
        "decision": last_decision(candidature) if told else None,
    }


def _unreachable(count: int) -> str:
    people = "Une personne de l’équipe ne reçoit" if count == 1 else f"{count} personnes de l’équipe ne reçoivent"
    return f"{people} plus nos e-mails"


def _href(step: ParcoursStep, candidature: Candidature, *, fills: bool) -> str:
    if step.key == "charte":
        return reverse("candidatures:charte", args=[candidature.nru])
    if step.key == "preuves":
        return reverse("preuves:dossier", args=[candidature.nru])
    if step.state == "todo" or step.key == "college":
        return ""
    if step.key == "convention":
        return reverse("referencement:convention", args=[candidature.nru])
    return reverse("candidatures:volet" if fills else "candidatures:volet_review", args=[candidature.nru, step.key])


def _urgent(step: ParcoursStep, candidature: Candidature) -> dict[str, str]:
    """Return the red notice for a volet that is complete and not submitted, with the link that submits it."""
    return {
        "title": f"{step.label} : complet, mais pas soumis",
        "text": f"Toutes les réponses sont enregistrées, mais {NOTHING_RECEIVED}",
        "href": reverse("candidatures:volet_submit", args=[candidature.nru, step.key]),
    }


def _unsubmitted(complet: DossierComplet, *, at: datetime) -> dict[str, Any] | None:
    """Return the red notice for the chapitres that are complete and not submitted; None once it is too late."""
    chapitres = unsubmitted(complet.facts, at=at)
    if not chapitres:
        return None
    several = len(chapitres) > 1
    nru = complet.candidature.nru
    return {
        "title": f"{len(chapitres)} chapitres complets ne sont pas soumis"
        if several
        else "Un chapitre complet n’est pas soumis",
        "text": f"Toutes les preuves sont déposées, mais {NOTHING_RECEIVED}",
        "links": [
            {
                "label": f"Relire et soumettre : {chapitre.label}",
                "href": reverse("preuves:chapitre_submit", args=[nru, chapitre.code]),
            }
            for chapitre in chapitres
        ],
    }
