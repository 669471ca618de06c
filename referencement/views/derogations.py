"""The dérogations of one candidature: one person of the ANS asks for them, another decides, the éditeur reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from candidatures import permissions
from candidatures.enums import UNDECIDED, CandidatureState, DerogationState, Freeze
from candidatures.models import Candidature, Derogation
from candidatures.operations.derogations import DerogationNotPossible, grant_derogation, request_derogation
from candidatures.operations.requetes import instruct_derogation, propose_refusal
from candidatures.queries.candidatures import deadlines_of, why_closed
from candidatures.queries.echeances import derogations_of
from candidatures.queries.textes import recours_in_force
from candidatures.rules.deadlines import Deadline
from candidatures.views.access import find_candidature, trail_to_candidature
from candidatures.views.dates import dates_for_page
from comptes.dates import PARIS
from comptes.requests import PortalRequest, posted_text
from comptes.views.refusals import refuse
from referencement.forms.echeances import FORMAT, DerogationForm, InstructionForm
from referencement.operations.derogations import refuse_derogation
from referencement.queries.derogations import Considered, derogations_to_consider
from referencement.queries.referencements import decisions_on_derogations

INSTRUCTING = ("proposer", "proposer-refus")


def page(request: PortalRequest, nru: str) -> HttpResponse:
    """Read what was granted to a candidature; for the ANS, ask for more time."""
    candidature = find_candidature(request, nru)
    if request.method == "POST" and not permissions.instructs(request.user):
        raise PermissionDenied("Seules les personnes qui instruisent à l’ANS peuvent demander une dérogation.")
    deadlines = deadlines_of(candidature)
    form = DerogationForm(request.POST or None, echeances=choices_of(candidature, deadlines))
    if request.method == "POST" and form.is_valid() and _request(request, candidature, form):
        messages.success(
            request, "La dérogation est demandée. Une autre personne de l’ANS doit l’accorder ou la refuser."
        )
        return redirect("referencement:derogations", nru)
    return _page(request, candidature, deadlines, form)


@require_POST
def decide(request: PortalRequest, nru: str, derogation_id: int) -> HttpResponse:
    """Instruct what the éditeur asks; grant a dérogation, or refuse it."""
    candidature = find_candidature(request, nru)
    instructing = request.POST.get("geste") in INSTRUCTING and permissions.instructs(request.user)
    if not instructing and not permissions.decides_on_echeances(request.user):
        raise PermissionDenied("Seul un responsable d’instruction peut accorder ou refuser une dérogation.")
    derogation = get_object_or_404(candidature.derogations, pk=derogation_id)
    if request.POST.get("geste") == "proposer":
        return _propose(request, candidature, derogation)
    try:
        messages.success(request, _act(request, derogation))
    except DerogationNotPossible as refused:
        return refuse(request, refused.reasons, "referencement:derogations", nru)
    return redirect("referencement:derogations", nru)


def _act(request: PortalRequest, derogation: Derogation) -> str:
    """Do what the button says, and return the sentence that confirms it.

    :raises DerogationNotPossible: with every reason
    """
    by, at, reason = request.user, request.at, posted_text(request)
    match request.POST.get("geste"):
        case "accorder":
            grant_derogation(derogation_id=derogation.pk, by=by, at=at)
            return "La dérogation est accordée. Un e-mail est envoyé à l’équipe de l’éditeur."
        case "proposer-refus":
            propose_refusal(derogation_id=derogation.pk, reason=reason, by=by, at=at)
            return "Le refus est proposé. Une autre personne de l’ANS doit le confirmer, ou proposer un délai."
        case _:
            refuse_derogation(derogation_id=derogation.pk, reason=reason, by=by, at=at)
            return "La dérogation est refusée."


def _propose(request: PortalRequest, candidature: Candidature, derogation: Derogation) -> HttpResponse:
    """Propose an instant to the person who decides; refused, the page shows it again as it was typed."""
    form = InstructionForm(request.POST, auto_id=_auto_id(derogation))
    if form.is_valid():
        try:
            instruct_derogation(derogation_id=derogation.pk, to=form.cleaned_data["to"], by=request.user, at=request.at)
        except DerogationNotPossible as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(
                request, "Le délai est proposé. Une autre personne de l’ANS doit l’accorder, ou proposer un refus."
            )
            return redirect("referencement:derogations", candidature.nru)
    deadlines = deadlines_of(candidature)
    asking = DerogationForm(echeances=choices_of(candidature, deadlines))
    return _page(request, candidature, deadlines, asking, proposed={derogation.pk: form})


def _auto_id(derogation: Derogation) -> str:
    return f"id_%s_{derogation.pk}"


def _instruction(derogation: Derogation) -> InstructionForm:
    wished = to_civil(derogation.wished_at) if derogation.wished_at else None
    return InstructionForm(initial={"to": wished}, auto_id=_auto_id(derogation))


def _request(request: PortalRequest, candidature: Candidature, form: DerogationForm) -> bool:
    """Ask for the dérogation; when it is refused, put the reasons in the form and return False."""
    given = form.cleaned_data
    try:
        request_derogation(
            candidature_id=candidature.pk,
            echeance=given["echeance"],
            to=given["to"],
            motive=given["motive"],
            by=request.user,
            at=request.at,
        )
    except DerogationNotPossible as refused:
        for reason in refused.reasons:
            form.add_error(None, reason)
        return False
    return True


def _is_denied(derogation: Derogation) -> bool:
    """Whether the éditeur asked and was refused: it then has a décision to contest."""
    return derogation.is_of_editeur and derogation.state == DerogationState.REFUSED


def _is_studied(derogation: Derogation) -> bool:
    """Whether the ANS is considering more time of its own accord: the éditeur reads that fact, and nothing more."""
    return not derogation.is_of_editeur and derogation.state in UNDECIDED


def _considered(candidature: Candidature, request: PortalRequest) -> list[Considered]:
    return derogations_to_consider(at=request.at, of=candidature) if request.user.is_ans else []


def considered_for_page(considered: Considered) -> dict[str, Any]:
    """Return what a page shows of a dérogation that the ANS could propose in one click."""
    return {
        "candidature": considered.candidature,
        "nom": considered.nom,
        "code": considered.code,
        "sentence": considered.sentence,
        "to_at": considered.to_at,
        "typed": to_civil(considered.to_at).strftime(FORMAT),
    }


def to_civil(instant: datetime) -> datetime:
    """The civil time in Paris of an instant, as a field of a form shows it."""
    return instant.astimezone(PARIS).replace(tzinfo=None)


def may_be_asked(candidature: Candidature) -> bool:
    """Whether an échéance still binds the candidature, or closed it."""
    bound = candidature.succeeds_id is None and candidature.gel != Freeze.ATTRIBUTED
    return bound and candidature.state != CandidatureState.WITHDRAWN


def choices_of(candidature: Candidature, deadlines: dict[str, Deadline]) -> list[tuple[str, str]]:
    """List the échéances that may be extended; for a foreclosed candidature, only the one that it missed."""
    missed = candidature.foreclosure_echeance
    return [
        (code, f"{deadline.nom} – {deadline.objet}, le {deadline.label}")
        for code, deadline in deadlines.items()
        if deadline.binds and missed in ("", code)
    ]


def _page(
    request: PortalRequest,
    candidature: Candidature,
    deadlines: dict[str, Deadline],
    form: DerogationForm,
    *,
    proposed: Mapping[int, InstructionForm] | None = None,
) -> HttpResponse:
    is_ans = request.user.is_ans
    derogations = derogations_of(candidature)
    is_refused = any(_is_denied(derogation) for derogation in derogations)
    issued = decisions_on_derogations(candidature) if is_refused else {}
    shown: list[dict[str, Any]] = [
        {
            "row": derogation,
            "nom": deadlines[derogation.echeance].nom,
            "is_mine": derogation.instructed_by_id == request.user.pk,
            "pieces": [line.piece for line in derogation.lines.all()],
            "form": (proposed or {}).get(derogation.pk) or _instruction(derogation),
            "numero": issued.get(derogation.pk, ""),
            "recours": recours_in_force(candidature.dispositif_id).paragraphs if _is_denied(derogation) else (),
        }
        for derogation in derogations
    ]
    waiting = [line for line in shown if line["row"].state in UNDECIDED and (is_ans or line["row"].is_of_editeur)]
    may_ask = permissions.instructs(request.user) and may_be_asked(candidature)
    fills = not is_ans and permissions.fills(request.user, candidature)
    context = {
        "candidature": candidature,
        "closed": why_closed(candidature),
        "trail": trail_to_candidature(candidature, request),
        "echeances": dates_for_page(request, candidature),
        "waiting": waiting,
        "refused": bool(proposed),
        "is_ans": is_ans,
        "considered": [considered_for_page(line) for line in _considered(candidature, request)],
        "studied": [] if is_ans else [line["nom"] for line in shown if _is_studied(line["row"])],
        "fills": fills,
        "may_ask_too": fills and may_be_asked(candidature),
        "instructs": permissions.instructs(request.user),
        "decided": [line for line in shown if line["row"].state not in UNDECIDED],
        "may_decide": permissions.decides_on_echeances(request.user),
        "recipients": permissions.people_with_access(candidature.produit).count() if is_ans and waiting else 0,
        "form": form if may_ask and form.fields["echeance"].choices else None,  # type: ignore[attr-defined]  # of choices
    }
    return render(
        request, "referencement/echeances/derogations.html", context, status=422 if form.errors or proposed else 200
    )
