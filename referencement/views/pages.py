from dataclasses import asdict
from datetime import datetime
from typing import Any, cast

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from candidatures import permissions
from candidatures.enums import Camp, CandidatureState, VoletState
from candidatures.models import Candidature
from candidatures.queries import Line, lines_of, moved_among, moved_lately, why_closed, with_unread_messages
from candidatures.views.access import trail_to_candidature
from comptes.requests import PortalRequest
from guichets.catalogue.guichets import every_guichet
from referencement import queries, rules
from referencement.enums import ExamenState

from .blocages import groups_of, turn_from

PER_PAGE = 25
LAST = ("convention", "college")
UNFAVOURABLE = (ExamenState.NOT_ATTRIBUTED, ExamenState.POSTPONED)
NOTHING_RECEIVED = "l’ANS n’a rien reçu. Seule la soumission compte pour l’échéance."
# What is read by who cannot engage the éditeur.
READ = {"charte": "Lire la charte", "convention": "Lire la convention"}


@require_safe
def candidature(request: PortalRequest, nru: str) -> HttpResponse:
    """The overview of a candidature: where it stands, whose turn it is, the next click."""
    seen = Candidature.objects.visible_to(request.user).with_names().select_related("withdrawn_by", "foreclosed_by")
    known = queries.with_exchanges(with_unread_messages(seen, request.user))
    found = get_object_or_404(queries.with_autorisation(queries.with_photos(known)), nru=nru)
    fills = not request.user.is_ans  # who sees it, and is not of the agency, works on it
    can_engage = fills and permissions.can_engage(request.user, found)
    complet = queries.dossier_complet(found, at=request.at, with_history=False)
    echeances = queries.echeances_for_page(complet.facts.echeances, at=request.at)
    late = frozenset(one["code"] for one in echeances if one["state"] == "late")
    attribution = queries.attribution_of(complet, at=request.at)
    steps = rules.steps_of(queries.situation_of(complet, late=late, attribution=attribution))
    context = {
        "candidature": found,
        "trail": trail_to_candidature(found, request)[:-1],
        "steps": [{**asdict(step), "href": _href(step, found, fills=fills)} for step in steps],
        "turn": _whose(steps, attribution, found, fills=fills, can_engage=can_engage),
        **_attribution(attribution, found, request, fills=fills),
        "urgent": [_urgent(step, found) for step in steps if step.is_urgent and step.key != "preuves" and fills],
        "unreachable": _unreachable(found.unreachable),
        "unsubmitted": _unsubmitted(complet, at=request.at) if fills else None,
        "may_withdraw": can_engage and found.state == CandidatureState.OPEN,
        "is_open": found.state == CandidatureState.OPEN,
        "closed": why_closed(found),
        "desks": [(one, complet.guichets.of(one.code)) for one in every_guichet() if one.is_shown],
        "gates": complet.guichets.gates,
        "profils_known": bool(complet.guichets.architecture.profils),
        "echeances": echeances,
        "has_photos": found.has_photos,
        "exchanges": exchanges_for_page(queries.tour_of(found), at=request.at, fills=fills),
        "moved": moved_among(complet.facts.echeances.values(), str(found.dispositif), at=request.at),
        "derogations_shown": request.user.is_ans or any(one["extended"] for one in echeances),
    }
    return render(request, "referencement/candidature.html", context)


def _attribution(
    attribution: rules.AttributionSituation, found: Candidature, request: PortalRequest, *, fills: bool
) -> dict[str, Any]:
    """What is missing before the collège; and once it has attributed the référencement, where everybody reads it."""
    if rules.is_attributed(attribution):
        public = reverse("referencement:solution", args=[found.nru])
        manages = fills and permissions.manages_produits(request.user, found.produit.editeur)
        issued = queries.documents_of(found)
        return {"public": public, "may_present": manages, "groups": None, "documents": issued, "decision": None}
    told = attribution.examen is not None and attribution.examen.state in UNFAVOURABLE
    return {
        "public": "",
        "may_present": False,
        "documents": [],
        "groups": groups_of(attribution, found, fills=fills),
        "decision": queries.last_decision(found) if told else None,
    }


def _unreachable(count: int) -> str:
    who = "Une personne de l’équipe ne reçoit" if count == 1 else f"{count} personnes de l’équipe ne reçoivent"
    return f"{who} plus nos messages"


def _href(step: rules.Step, found: Candidature, *, fills: bool) -> str:
    if step.key == "charte":
        return reverse("candidatures:charte", args=[found.nru])
    if step.key == "preuves":
        return reverse("preuves:dossier", args=[found.nru])
    if step.state == "todo" or step.key == "college":
        return ""
    if step.key == "convention":
        return reverse("referencement:convention", args=[found.nru])
    return reverse("candidatures:volet" if fills else "candidatures:volet_review", args=[found.nru, step.key])


def _urgent(step: rules.Step, found: Candidature) -> dict[str, str]:
    """Say in red that a volet is complete and not submitted, with the click that is missing."""
    return {
        "title": f"{step.label} : complet, mais pas soumis",
        "text": f"Tout est répondu, et {NOTHING_RECEIVED}",
        "href": reverse("candidatures:volet_submit", args=[found.nru, step.key]),
    }


def _unsubmitted(complet: queries.DossierComplet, *, at: datetime) -> dict[str, Any] | None:
    """Name in red each chapitre that is complete and not submitted, with the click that is missing; none once late."""
    chapitres = rules.unsubmitted(complet.facts, at=at)
    if not chapitres:
        return None
    several = len(chapitres) > 1
    nru = complet.candidature.nru
    return {
        "title": f"{len(chapitres)} chapitres complets ne sont pas soumis"
        if several
        else "Un chapitre complet n’est pas soumis",
        "text": f"Tout y est déposé, et {NOTHING_RECEIVED}",
        "links": [
            {
                "label": f"Relire et soumettre : {one.label}",
                "href": reverse("preuves:chapitre_submit", args=[nru, one.code]),
            }
            for one in chapitres
        ],
    }


def _whose(
    steps: tuple[rules.Step, ...],
    attribution: rules.AttributionSituation,
    found: Candidature,
    *,
    fills: bool,
    can_engage: bool,
) -> dict[str, Any] | None:
    """Whose turn it is: a step's; at the end, when the ANS alone has one, what the éditeur can do meanwhile first."""
    step = rules.turn_of(steps)
    if step is None or (fills and step.owner == "ANS" and step.key in LAST):
        return turn_from(attribution, found, fills=fills, only_mine=step is not None) or _turn(
            step, found, fills=fills, can_engage=can_engage
        )
    return _turn(step, found, fills=fills, can_engage=can_engage)


def _turn(step: rules.Step | None, found: Candidature, *, fills: bool, can_engage: bool) -> dict[str, Any] | None:
    """Say whose turn it is, and give the next click to who may make it."""
    if step is None:
        return None
    by_desk = step.owner == "ANS"
    href = _href(step, found, fills=fills)
    said = {"step": step.label, "text": step.hint, "by_desk": by_desk}
    if step.is_late:
        said |= {"late": True, "title": f"La {step.echeance} est passée", "href": href, "link": "Consulter"}
        return said | {"text": "pas faite à temps. Ce qui est saisi reste enregistré, mais ne peut plus être soumis."}
    if by_desk or not fills:
        said["title"] = f"C’est au tour de {'l’ANS' if by_desk else 'l’éditeur'}"
        return said | ({} if fills else {"href": href, "link": "Examiner" if by_desk else "Consulter"})
    link = READ.get(step.key, "Continuer") if not can_engage else "Continuer"
    return said | {"title": "C’est à vous", "href": href, "link": link}


def exchanges_for_page(tour: rules.Tour | None, *, at: datetime, fills: bool) -> list[dict[str, Any]]:
    """Whose turn it is and for how long, said to this reader; and what the other side owes, if it does."""
    reader = Camp.EDITEUR if fills else Camp.ANS
    found = tour.oldest_by_camp() if tour else ()
    return [{"sentence": rules.said(one, at=at, reader=reader), "is_mine": one.camp == reader} for one in found]


def _line(line: Line, exchange: queries.Exchange, *, at: datetime) -> dict[str, Any]:
    return {
        "line": line,
        "exchange": exchange,
        "sentences": exchanges_for_page(exchange.tour, at=at, fills=False),
        "is_open": exchange.state == CandidatureState.OPEN,
    }


@require_safe
def instruction(request: PortalRequest) -> HttpResponse:
    """The ANS's list of candidatures."""
    if not request.user.is_ans:
        raise Http404
    state = request.GET.get("etat", "")
    state = state if state in VoletState.values else ""
    text = request.GET.get("q", "").replace("\x00", "")[:100]
    page = Paginator(queries.dossiers(request.user, state=state, text=text), PER_PAGE).get_page(request.GET.get("page"))
    lines = lines_of(cast("QuerySet[Candidature]", page.object_list))
    exchanges = queries.exchanges_of([line.id for line in lines], request.user)
    context = {
        "page": page,
        "moved": moved_lately(at=request.at),
        "lines": [_line(line, exchanges[line.id], at=request.at) for line in lines],
        "states": [(value, label, value == state) for value, label in VoletState.choices],
        "text": text,
        "state": state,
        "query": urlencode({name: value for name, value in (("etat", state), ("q", text)) if value}),
    }
    return render(request, "referencement/instruction.html", context)
