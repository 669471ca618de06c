from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from candidatures.catalogue.dispositifs import spec_of
from candidatures.enums import ExigenceDEcheance
from candidatures.models import Accuse
from candidatures.permissions import everyone_with_access
from candidatures.queries.candidatures import deadlines_of
from candidatures.rules.deadlines import Deadline
from candidatures.rules.exigences import first_asking
from candidatures.rules.submission import Obstacle
from candidatures.views.access import sends_to_the_team
from candidatures.views.submission import said_of_submission
from comptes.requests import PortalRequest
from comptes.views.refusals import posted_or, refuse
from preuves.enums import ExigibiliteKind, PreuveState
from preuves.forms.confiees import ConfierForm
from preuves.models import Chapitre
from preuves.operations.chapitres import (
    ChapitreNotSubmittable,
    ChapitreNotTakenBack,
    submit_chapitre,
    take_back_chapitre,
)
from preuves.queries.accuses import accuses_of_chapitre
from preuves.queries.chapitres import last_attente, who_moved_chapitre
from preuves.queries.confiees import confiees_of
from preuves.queries.depots import latest_depots
from preuves.queries.dossier import ChapitreDuDossier, Dossier
from preuves.queries.lignes import LigneDePreuve, kept, lines_of_chapitre, told
from preuves.rules import completude as rules
from preuves.rules.attentes import awaited_until, said_of_the_files
from preuves.rules.completude import STANDINGS
from preuves.rules.soumissions import why_not_taken_back
from preuves.rules.tri import Choix

from .access import find_chapitre, find_dossier_to_fill, trail_to_chapitre, trail_to_dossier
from .dossier import chapitres_around, deadline_for_page
from .tri import choices_for_page, choix_of


@require_safe
def page(request: PortalRequest, nru: str, code: str) -> HttpResponse:
    """Show a chapitre to the éditeur: one line for each preuve, what is deposited, who holds it, what is missing."""
    dossier = find_dossier_to_fill(request, nru)
    chapitre = find_chapitre(dossier, code)
    dates = deadlines_of(dossier.candidature)
    depots = latest_depots(dossier.row, code) if dossier.row else {}
    lines = lines_of_chapitre(dossier, chapitre, depots=depots, confiees=confiees_of(dossier.candidature))
    choix = choix_of(request)
    confier = ConfierForm(people=everyone_with_access(dossier.candidature.produit), auto_id="confier-%s")
    accuses = accuses_of_chapitre(dossier.candidature, code) if chapitre.row else []
    fallen = last_attente(chapitre.row) if chapitre.row and _may_have_fallen(chapitre.row, accuses) else None
    context = {
        **_common(request, dossier, chapitre, dates),
        **_lists(request, lines, choix),
        **chapitres_around(dossier, code),
        "trail": trail_to_dossier(dossier.candidature, request),
        "confier": posted_or(request, confier),
        "to_correct": [_to_correct(line, dossier) for line in lines if line.state == PreuveState.TO_CORRECT],
        "moved": who_moved_chapitre(chapitre.row, fallen) if chapitre.row else "",
        "fallen": fallen,
        "accuses": accuses,
        "takes_back": not why_not_taken_back(chapitre.facts),
        "may_not_come_back": _is_over(code, dates, at=request.at) and not (chapitre.row and chapitre.row.concluded_at),
    }
    return render(request, "preuves/chapitre.html", context)


def _may_have_fallen(row: Chapitre, accuses: list[Accuse]) -> bool:
    """Whether its latest submission may have fallen for its files: it was taken back, or nobody sent it back."""
    if row.state not in rules.OPEN_STATES or not accuses:
        return False
    latest: Any = accuses[0]
    return latest.taken_back_at is not None or row.concluded_by_id is None


def _lists(request: PortalRequest, lines: list[LigneDePreuve], choix: Choix) -> dict[str, Any]:
    """Return the lines to show: what is asked, or all that is due; then, folded, what is not."""
    concerned = told(lines, read_by=request.user.pk)
    shown = [line for line in kept(concerned, choix) if choix.is_made or line.exigibilite.is_due or line.depot]
    dispensed = [line for line, _ in concerned if not line.exigibilite.is_due and not line.depot]
    return {
        **choices_for_page(choix, concerned),
        "lines": shown,
        "dispensed": [] if choix.is_made else dispensed,
        "not_concerned": [line for line in lines if line.exigibilite.kind == ExigibiliteKind.NOT_CONCERNED],
    }


def _is_over(code: str, dates: Mapping[str, Deadline], *, at: datetime) -> bool:
    """Whether it is too late for a first submission of the chapitre."""
    first = dates[first_asking(dates, ExigenceDEcheance.CHAPITRES_SOUMIS, code)]
    return not first.is_met(at)


def _to_correct(line: LigneDePreuve, dossier: Dossier) -> dict[str, str]:
    """Return what the ANS asks to correct in one preuve, with the link to it."""
    numero, reason = line.attendu.preuve.numero, line.retour.reason if line.retour else ""
    href = reverse("preuves:preuve", args=[dossier.candidature.nru, numero])
    return {"sentence": f"{numero}\u00a0: {reason}", "href": href}


def _common(
    request: PortalRequest, dossier: Dossier, chapitre: ChapitreDuDossier, dates: Mapping[str, Deadline]
) -> dict[str, Any]:
    """Return what the page of a chapitre and that of its submission both show."""
    facts = chapitre.facts
    deadline = rules.binding(facts, echeances=dates, to_answer=_to_answer(dossier))
    shown = deadline_for_page(request, dossier.candidature, deadline)
    if facts.is_settled or facts.state not in rules.OPEN_STATES:
        shown |= {"state": "done", "remaining": STANDINGS[facts.standing], "now": None}
    return {
        "candidature": dossier.candidature,
        "chapitre": chapitre,
        "facts": facts,
        "standing": facts.shown,
        "standing_label": facts.shown_label,
        "is_open": facts.standing in rules.OPEN_STATES,
        "submit_kind": "primary" if facts.is_complete_not_submitted else "secondary",
        "echeance": shown,
        "dossier": dossier,
        "not_examined": rules.why_not_examined(facts),
        "expected": rules.expected_of_the_ans(facts),
    }


def _to_answer(dossier: Dossier) -> timedelta:
    return spec_of(dossier.candidature.dispositif_id).delais.answer


def submit(request: PortalRequest, nru: str, code: str) -> HttpResponse:
    """Show the whole chapitre and what is missing; on POST, submit it to the ANS."""
    dossier = find_dossier_to_fill(request, nru, code=code)
    chapitre = find_chapitre(dossier, code)
    if request.method == "POST":
        try:
            submit_chapitre(candidature_id=dossier.candidature.pk, code=code, by=request.user, at=request.at)
        except ChapitreNotSubmittable as refused:
            return _reading(request, find_dossier_to_fill(request, nru, code=code), code, refused.obstacles)
        messages.success(request, said_of_submission(chapitre.spec.label, f"chapitre:{nru}/{code}", request))
        return redirect("preuves:dossier", nru)
    return _reading(request, dossier, code)


def _reading(
    request: PortalRequest, dossier: Dossier, code: str, refusals: tuple[Obstacle, ...] | None = None
) -> HttpResponse:
    chapitre = find_chapitre(dossier, code)
    dates = deadlines_of(dossier.candidature)
    to_answer, grace = _to_answer(dossier), spec_of(dossier.candidature.dispositif_id).fichiers.grace
    known = rules.obstacles_to_submit(chapitre.facts, echeances=dates, to_answer=to_answer, at=request.at, grace=grace)
    until = awaited_until(rules.binding(chapitre.facts, echeances=dates, to_answer=to_answer), grace)
    lines = lines_of_chapitre(dossier, chapitre)
    obstacles = known if refusals is None else refusals
    context = {
        **_common(request, dossier, chapitre, dates),
        "trail": trail_to_chapitre(dossier.candidature, chapitre, request),
        "obstacles": [_with_link(obstacle, dossier) for obstacle in obstacles],
        "sends": None if obstacles else sends_to_the_team(dossier.candidature),
        "files_travelling": said_of_the_files(chapitre.facts, until),
        "refused": refusals is not None,
        "lines": [line for line in lines if line.attendu.exigibilite.is_due],
        "dispensed": sum(line.attendu.exigibilite.is_dispensed for line in lines),
    }
    return render(request, "preuves/chapitre_submit.html", context, status=200 if refusals is None else 422)


def _with_link(obstacle: Obstacle, dossier: Dossier) -> dict[str, str]:
    """Return an obstacle with the link to the page that lifts it."""
    nru = dossier.candidature.nru
    hrefs = {
        "missing": reverse("preuves:preuve", args=[nru, obstacle.champ]) if obstacle.champ else "",
        "volet": reverse("referencement:candidature", args=[nru]),
    }
    hrefs |= dict.fromkeys(("to_correct", "refused", "travelling", "unreadable"), hrefs["missing"])
    return {"sentence": obstacle.sentence, "href": hrefs.get(obstacle.code, "")}


@require_POST
def take_back(request: PortalRequest, nru: str, code: str) -> HttpResponse:
    """Take a submitted chapitre back, before an instructeur opens it."""
    dossier = find_dossier_to_fill(request, nru, code=code)
    chapitre = find_chapitre(dossier, code)
    try:
        take_back_chapitre(candidature_id=dossier.candidature.pk, code=code, by=request.user, at=request.at)
    except ChapitreNotTakenBack as refused:
        return refuse(request, refused.reasons, "preuves:chapitre", nru, code)
    messages.success(
        request,
        f"{chapitre.spec.label}\u00a0: soumission annulée. Corrigez le chapitre, puis soumettez-le de nouveau.",
    )
    return redirect("preuves:chapitre", nru, code)
