from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html

from candidatures.enums import EtatDeDate, VoletKind, VoletState
from candidatures.models import Volet
from candidatures.operations.volets import Conflict, VoletNotSubmittable, submit_volet
from candidatures.queries import read as read_queries
from candidatures.queries.accuses import accuse_numero, accuses_about
from candidatures.queries.candidatures import deadline_of
from candidatures.queries.read import ReadVolet
from candidatures.queries.summary import summary_from
from candidatures.queries.volets import spec_of_volet, who_moved
from candidatures.rules import submission as rules
from candidatures.rules.dates import DateDite, still_to_do
from candidatures.rules.deadlines import Deadline
from candidatures.rules.freeze import BEFORE, why_frozen
from comptes.dates import instant_to_the_second
from comptes.requests import PortalRequest

from .access import find_volet_to_fill, sends_to_the_team, trail_to_candidature
from .dates import closed_at
from .demandes import demande_for_page
from .unsaved import unsaved_of


def submit(request: PortalRequest, nru: str, kind: VoletKind) -> HttpResponse:
    """Show the whole volet and what is missing; on POST, submit it to the ANS."""
    volet = find_volet_to_fill(request, nru, kind)
    if request.method == "POST":
        try:
            submit_volet(volet_id=volet.pk, read=frozenset(request.POST.getlist("lu")), by=request.user, at=request.at)
        except Conflict as conflict:
            messages.info(request, conflict.sentence)  # what was asked is done already
        except VoletNotSubmittable as refused:
            return _reading(request, refused.read, refused.deadline, refused.obstacles)
        else:
            messages.success(request, said_of_submission(volet.get_kind_display(), volet.address, request))
        return redirect("referencement:candidature", nru)
    return _reading(request, read_queries.read_volet(volet), deadline_of(volet))


def said_of_submission(objet: str, address: str, request: PortalRequest) -> str:
    """Say that the submission was received, when, and where its proof is."""
    numero = accuse_numero(address)
    submitted_at = instant_to_the_second(request.at)
    return format_html(
        '{}\u00a0: soumis à l’ANS le {}. Accusé de dépôt n°\u00a0<a href="{}">{}</a>.',
        objet,
        submitted_at,
        reverse("candidatures:accuse", args=[numero]),
        numero,
    )


def _reading(
    request: PortalRequest,
    read_volet: ReadVolet,
    deadline: Deadline,
    refusals: tuple[rules.Obstacle, ...] | None = None,
) -> HttpResponse:
    """Show the volet to be read before its submission; `refusals` say why it was just refused."""
    volet, facts = read_volet.volet, read_volet.facts
    fillable = volet.state in rules.FILLABLE
    warnings = rules.warnings_before_submitting(facts) if fillable else ()
    read = frozenset(warning.champ for warning in warnings)
    known = rules.obstacles_to_submit(facts, deadline=deadline, at=request.at, read=read) if fillable else ()
    obstacles = known if refusals is None else refusals
    context = {
        "volet": volet,
        "candidature": volet.candidature,
        "trail": trail_to_candidature(volet.candidature, request),
        "sections": summary_from(volet, read_volet.reponses),
        "warnings": warnings,
        "unsaved": _unsaved_in_words(request, volet) if fillable else "",
        "read": request.POST.getlist("lu"),
        "unread": [obstacle.champ for obstacle in obstacles if obstacle.code == "unread"],
        "obstacles": [_with_link(obstacle, volet) for obstacle in obstacles if obstacle.code != "unread"],
        **demande_for_page(read_volet.demande, at=request.at),
        **deadline_for_page(request, volet, deadline),
        "fillable": fillable,
        "sends": sends_to_the_team(volet.candidature) if fillable else None,
        "moved": "" if fillable else who_moved(volet),
        "frozen": "" if fillable else why_frozen(volet.candidature.gel),
        "freezes": BEFORE if volet.state == VoletState.ADMITTED and not volet.candidature.is_frozen else "",
        "refused": refusals is not None,
        "accuses": accuses_about(volet.address) if volet.first_submitted_at else (),
    }
    return render(request, "candidatures/volet_submit.html", context, status=200 if refusals is None else 422)


def _unsaved_in_words(request: PortalRequest, volet: Volet) -> str:
    """Name the champs in which this person typed something that could not be saved; empty when there is none."""
    champs = spec_of_volet(volet).by_code
    named = [f"«\u00a0{champs[code].label}\u00a0»" for code in unsaved_of(request, volet) if code in champs]
    return f"Elles ne seront pas soumises\u00a0: {', '.join(named)}." if named else ""


def _with_link(obstacle: rules.Obstacle, volet: Volet) -> dict[str, str]:
    """Return an obstacle with its section, and the link to correct it."""
    section = spec_of_volet(volet).section_of(obstacle.champ)
    filling = reverse("candidatures:volet", args=[volet.candidature.nru, volet.kind])
    return {
        "sentence": f"{section} : {obstacle.sentence}" if section else obstacle.sentence,
        "href": f"{filling}?verifier=1#champ-{obstacle.champ}" if obstacle.champ else "",
    }


def obstacles_besides_warnings(
    facts: rules.VoletFacts, deadline: Deadline, *, at: datetime
) -> tuple[rules.Obstacle, ...]:
    """Return what prevents the submission of the volet, warnings aside: these are read when submitting."""
    read = frozenset(warning.champ for warning in rules.warnings_before_submitting(facts))
    return rules.obstacles_to_submit(facts, deadline=deadline, at=at, read=read)


def deadline_for_page(request: PortalRequest, volet: Volet, deadline: Deadline) -> dict[str, object]:
    """Return the échéance of the volet: its date, how near it is, what is left; done once the volet was submitted."""
    at, ended_at = request.at, closed_at(volet.candidature)
    date = still_to_do("", deadline, ended_at=ended_at, at=at)
    if volet.first_submitted_at is not None and deadline.binds:
        date = DateDite("", deadline, EtatDeDate.MET, volet.first_submitted_at, is_ended=date.is_ended)
    return {
        "deadline": deadline,
        "deadline_state": date.tone(at),
        "counting_from": at if date.counts_down(at) else None,
        "remaining": date.remaining(at),
    }
