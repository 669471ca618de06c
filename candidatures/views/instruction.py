"""The reading of a submitted volet by the ANS, and its answers: admission, complément, reopening, judgements."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from candidatures import permissions
from candidatures.enums import VoletKind, VoletState
from candidatures.forms.instruction import JugementForm
from candidatures.models import Volet
from candidatures.operations.instruction import DemandeNotPossible, VoletNotAdmissible, admit_volet, judge_reference
from candidatures.operations.reservations import (
    ReservationNotPossible,
    claim_volet,
    release_volet,
    take_over_volet,
)
from candidatures.operations.volets import Conflict
from candidatures.queries.accuses import accuses_about
from candidatures.queries.reservations import reservation_of
from candidatures.queries.summary import summary_of
from candidatures.queries.volets import answers_at, jugements_of, who_moved
from candidatures.rules import submission as rules
from candidatures.rules.freeze import BEFORE, why_frozen
from comptes.requests import PortalRequest, keep_typed, posted_number, posted_text
from comptes.views.listes import back_to, onwards_from
from comptes.views.refusals import refuse

from .access import (
    find_volet_to_review,
    is_open,
    refuse_who_does_not_instruct,
    sends_to_the_team,
    trail_to_candidature,
)
from .demandes import demandes_for_page


def review(request: PortalRequest, nru: str, kind: VoletKind) -> HttpResponse:
    """Show a volet to the ANS, beside its former answers; on POST, an instructeur admits it."""
    volet = find_volet_to_review(request, nru, kind)
    if request.method == "POST":
        return _admit(request, volet)
    return _page(request, volet)


def _admit(request: PortalRequest, volet: Volet) -> HttpResponse:
    refuse_who_does_not_instruct(request)
    try:
        admit_volet(volet_id=volet.pk, seen_version=posted_number(request, "version"), by=request.user, at=request.at)
    except Conflict as conflict:
        return _moved(request, volet, conflict)
    except VoletNotAdmissible as refused:
        return _page(request, volet, obstacles=refused.obstacles, status=422)
    messages.success(request, f"{volet.get_kind_display()}\u00a0: déclaré recevable.")
    if request.POST.get("action") == "suivant":
        named = f"{volet.candidature.nru}/{volet.kind}"
        return onwards_from(request, named, otherwise=reverse("referencement:volets"))
    return back_to(request, "referencement:instruction", "referencement:volets")


@require_POST
def judge(request: PortalRequest, nru: str, kind: VoletKind) -> HttpResponse:
    """Confirm or refuse one earlier reference."""
    volet = find_volet_to_review(request, nru, kind)
    refuse_who_does_not_instruct(request)
    form = JugementForm(request.POST)
    keep_typed(request, request.POST.get("reason", ""))
    if not form.is_valid():
        return _page(request, volet, refused=form, status=422)
    try:
        judge_reference(volet_id=volet.pk, **form.cleaned_data, by=request.user, at=request.at)
    except (DemandeNotPossible, Conflict) as refused:
        return refuse(request, refused.reasons, "candidatures:volet_review", nru, kind)
    messages.success(request, f"Votre décision sur {form.cleaned_data['identifiant']} est enregistrée.")
    return redirect("candidatures:volet_review", nru, kind)


@require_POST
def claim(request: PortalRequest, nru: str, kind: VoletKind) -> HttpResponse:
    """Take a volet to read it, free or, with a reason, from a colleague."""
    volet = find_volet_to_review(request, nru, kind)
    refuse_who_does_not_instruct(request)
    try:
        if "motif" in request.POST:
            take_over_volet(volet_id=volet.pk, reason=posted_text(request), by=request.user, at=request.at)
        else:
            claim_volet(volet_id=volet.pk, by=request.user, at=request.at)
    except (Conflict, ReservationNotPossible) as refused:
        return refuse(request, refused.reasons, "candidatures:volet_review", nru, kind)
    return redirect("candidatures:volet_review", nru, kind)


@require_POST
def release(request: PortalRequest, nru: str, kind: VoletKind) -> HttpResponse:
    """Leave a volet to a colleague."""
    volet = find_volet_to_review(request, nru, kind)
    refuse_who_does_not_instruct(request)
    try:
        release_volet(volet_id=volet.pk, by=request.user, at=request.at)
    except ReservationNotPossible as refused:
        return refuse(request, refused.reasons, "candidatures:volet_review", nru, kind)
    messages.success(request, "Une autre personne peut examiner ce volet.")
    return back_to(request, "referencement:instruction", "referencement:volets")


def _page(
    request: PortalRequest,
    volet: Volet,
    *,
    obstacles: tuple[rules.Obstacle, ...] = (),
    refused: JugementForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """:param refused: the judgement that was refused, shown again as it was typed"""
    soumissions = list(volet.soumissions.select_related("submitted_by").order_by("-number")[:2])
    latest = soumissions[0] if soumissions else None
    former = soumissions[1].version if len(soumissions) > 1 else None
    instructs = is_open(volet) and permissions.instructs(request.user)
    reads = instructs and volet.state == VoletState.SUBMITTED
    reading = _reading(request, volet) if reads else {}
    decides = reads and not reading["needs_reason"]
    context = {
        "volet": volet,
        "candidature": volet.candidature,
        "trail": trail_to_candidature(volet.candidature, request),
        "soumission": latest,
        "sections": summary_of(volet, version=latest.version, former=former) if latest else [],
        "references": _references(volet, latest.version, refused) if latest else [],
        "demandes": demandes_for_page(volet, at=request.at),
        "instructs": instructs,
        "may_decide": decides,
        "reading": reading,
        "sends": sends_to_the_team(volet.candidature) if decides else None,
        "may_reopen": instructs and volet.state == VoletState.ADMITTED and not volet.candidature.is_frozen,
        "frozen": why_frozen(volet.candidature.gel),
        "freezes": BEFORE if instructs and volet.state == VoletState.ADMITTED else "",
        "moved": who_moved(volet),
        "accuses": accuses_about(volet.address) if latest else (),
        "obstacles": obstacles,
    }
    return render(request, "candidatures/volet_review.html", context, status=status)


def _reading(request: PortalRequest, volet: Volet) -> dict[str, Any]:
    """Return who reads a submitted volet, if somebody does; `needs_reason`: a colleague does, whose hours run."""
    reservation = reservation_of(volet)
    mine = reservation is not None and reservation.compte_id == request.user.pk
    held = reservation is not None and not mine and reservation.holds(request.at)
    return {"reservation": reservation, "mine": mine, "needs_reason": held}


def _references(volet: Volet, version: int, refused: JugementForm | None) -> list[dict[str, Any]]:
    """Return each earlier reference with its judgement, and the form to judge it."""
    judged = jugements_of(volet)
    return [
        {
            "reference": reference,
            "jugement": judged.get(reference.identifiant),
            "form": _judging(reference.identifiant, number, refused),
        }
        for number, reference in enumerate(rules.references_of(answers_at(volet, version=version)))
    ]


def _judging(identifiant: str, number: int, refused: JugementForm | None) -> JugementForm:
    """Return the form that judges one reference: as it was typed when it is the one that was refused."""
    typed = refused.data if refused is not None and refused.data.get("identifiant") == identifiant else None
    return JugementForm(typed, initial={"identifiant": identifiant}, auto_id=f"id_%s_{number}")


def _moved(request: PortalRequest, volet: Volet, conflict: Conflict) -> HttpResponse:
    return refuse(request, conflict.reasons, "candidatures:volet_review", volet.candidature.nru, volet.kind)
