"""A référencement: its state, its history, the mesures of the ANS and the éditeur's answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from candidatures import permissions as of_candidatures
from candidatures.catalogue.dispositifs import spec_of
from candidatures.models import Candidature
from candidatures.queries.textes import recours_in_force
from candidatures.views.access import find_candidature, sends_to_the_team, trail_to_candidature
from comptes.dates import PARIS, end_in_words, instant_in_words
from comptes.requests import PortalRequest, posted_number, posted_text
from comptes.views.refusals import refuse
from referencement import permissions
from referencement.enums import EvenementKind, MesureKind, MesureState, ReferencementState
from referencement.forms.referencements import AnswerForm, DecisionDeMesureForm, MesureForm
from referencement.models import EvenementDeReferencement, Mesure, Referencement
from referencement.operations.mesures import abandon_mesure, answer_mesure, decide_mesure, propose_mesure
from referencement.operations.referencements import ReferencementNotPossible
from referencement.queries.referencements import evenements_of, mesure_facts, mesures_of, referencement_of, state_of
from referencement.queries.signatures import documents_of
from referencement.rules import referencement as rules

State = ReferencementState
TONES = {
    State.IN_FORCE: "success",
    State.SUSPENDED: "attention",
    State.WITHDRAWN: "danger",
    State.RENOUNCED: "neutral",
    State.REPLACED: "neutral",
}


@require_safe
def page(request: PortalRequest, nru: str) -> HttpResponse:
    """Show a référencement, with the forms that this person may use."""
    candidature = find_candidature(request, nru)
    return _show(request, candidature, find_referencement(candidature))


def find_referencement(candidature: Candidature) -> Referencement:
    referencement = referencement_of(candidature)
    if referencement is None:
        raise Http404
    return referencement


def _show(request: PortalRequest, candidature: Candidature, referencement: Referencement, **forms: Any) -> HttpResponse:
    evenements, mesures = evenements_of(referencement), mesures_of(referencement)
    state = state_of(evenements, at=request.at)
    waiting = next((mesure for mesure in mesures if mesure.state == MesureState.PROPOSED), None)
    is_living = referencement.state in rules.LIVING
    can_engage = not request.user.is_ans and of_candidatures.can_engage(request.user, candidature)
    context = {
        "candidature": candidature,
        "trail": trail_to_candidature(candidature, request),
        "referencement": referencement,
        "state_label": state.label,
        "tone": TONES[state],
        "next_up": _next_up(evenements, request),
        "history": [*(_line(evenement) for evenement in reversed(evenements)), _attribution(referencement)],
        "waiting": waiting if waiting and _may_read(waiting, request) else None,
        "is_announced": waiting is not None and waiting.kind in rules.ANNOUNCED,
        "former": [mesure for mesure in mesures if mesure.state != MesureState.PROPOSED and _may_read(mesure, request)],
        "recours": recours_in_force(candidature.dispositif_id).paragraphs if _is_adverse(evenements) else (),
        "is_mine": not request.user.is_ans,
        "days": spec_of(candidature.dispositif_id).days_to_answer,
        "may_renounce": can_engage and is_living,
        "documents": documents_of(candidature),
        "public": reverse("referencement:solution", args=[candidature.nru]),
        **_panels(request, candidature, referencement, waiting, forms),
    }
    return render(request, "referencement/referencement.html", context, status=422 if forms else 200)


def _panels(
    request: PortalRequest,
    candidature: Candidature,
    referencement: Referencement,
    waiting: Mesure | None,
    forms: dict[str, Any],
) -> dict[str, Any]:
    """Return the forms that this person may use now."""
    panels: dict[str, Any] = {"propose": None, "answer": None, "decide": None, "may_abandon": False, "own": False}
    kinds = _kinds(referencement)
    if waiting is None:
        if kinds and of_candidatures.instructs(request.user):
            panels["propose"] = forms.get("propose") or MesureForm(kinds=kinds)
            panels["sends"] = sends_to_the_team(candidature)
        return panels
    facts = mesure_facts(waiting)
    if of_candidatures.fills(request.user, candidature) and not rules.obstacles_to_answer(facts, answer="?"):
        panels["answer"] = forms.get("answer") or AnswerForm()
    own = waiting.proposed_by_id == request.user.pk
    if permissions.decides_mesures(request.user) and not own:
        panels["decide"] = forms.get("decide") or DecisionDeMesureForm(today=request.at.astimezone(PARIS).date())
        panels["too_early"] = rules.still_to_be_heard(facts, at=request.at)
        panels["sends"] = sends_to_the_team(candidature)
    panels["may_abandon"] = own or permissions.decides_mesures(request.user)
    return panels | {"own": own}


def _kinds(referencement: Referencement) -> tuple[MesureKind, ...]:
    """List the mesures that may be proposed in its present state."""
    return tuple(kind for kind in MesureKind if referencement.state in rules.SOURCES[kind])


def _may_read(mesure: Mesure, request: PortalRequest) -> bool:
    """Whether this person may read a mesure: the éditeur reads it once it is announced to it, or decided."""
    return request.user.is_ans or mesure.kind in rules.ANNOUNCED or mesure.state == MesureState.DECIDED


def _is_adverse(evenements: list[EvenementDeReferencement]) -> bool:
    return bool(evenements) and evenements[-1].kind in (EvenementKind.SUSPENDED, EvenementKind.WITHDRAWN)


def _next_up(evenements: list[EvenementDeReferencement], request: PortalRequest) -> str:
    """Say what is decided and has not taken effect yet."""
    if not evenements or evenements[-1].effect_at <= request.at:
        return ""
    last = evenements[-1]
    return f"{EvenementKind(last.kind).label}\u00a0: décidée, elle prend effet le {instant_in_words(last.effect_at)}."


def _line(evenement: EvenementDeReferencement) -> dict[str, Any]:
    later = f", avec effet le {instant_in_words(evenement.effect_at)}" if evenement.effect_at != evenement.at else ""
    by_two = f" Proposée par {evenement.mesure.proposed_by}, prononcée par {evenement.by}." if evenement.mesure else ""
    followed = f" par {evenement.successor.candidature.nru}" if evenement.successor else ""
    sentence = f"{EvenementKind(evenement.kind).label}{followed}{later}.{by_two}"
    return {"at": evenement.at, "sentence": sentence, "who": "" if evenement.mesure else evenement.by.full_name}


def _attribution(referencement: Referencement) -> dict[str, Any]:
    return {"at": referencement.opened_at, "sentence": "Référencement attribué.", "who": "le collège technique"}


@require_POST
def act(request: PortalRequest, nru: str, geste: str) -> HttpResponse:
    """Do what the button says, then show the référencement again, with a confirmation or the reasons of the refusal."""
    candidature = find_candidature(request, nru)
    if geste not in GESTES:
        raise Http404
    referencement = find_referencement(candidature)
    try:
        faulty = GESTES[geste](request, candidature, referencement)
    except ReferencementNotPossible as refused:
        return _refused(request, candidature, referencement, geste, refused)
    return (
        _show(request, candidature, referencement, **faulty) if faulty else redirect("referencement:referencement", nru)
    )


def _refused(
    request: PortalRequest, candidature: Candidature, referencement: Referencement, geste: str, refused: Any
) -> HttpResponse:
    """Give back what was typed, with the reasons, while its form is still offered; else say the reasons alone."""
    panel, form = _typed(request, geste)
    waiting = referencement.mesures.filter(state=MesureState.PROPOSED).first()
    if form is None or _panels(request, candidature, referencement, waiting, {panel: form})[panel] is not form:
        return refuse(request, refused.reasons, "referencement:referencement", candidature.nru)
    form.add_error(None, list(refused.reasons))
    return _show(request, candidature, referencement, **{panel: form})


def _typed(request: PortalRequest, geste: str) -> tuple[str, Any]:
    """Return the panel of an act and its form as it was filled; no form for an act that has a text alone."""
    match geste:
        case "proposer":
            return "propose", MesureForm(request.POST, kinds=tuple(MesureKind))
        case "repondre":
            return "answer", AnswerForm(request.POST)
        case "prononcer":
            return "decide", DecisionDeMesureForm(request.POST, today=request.at.astimezone(PARIS).date())
    return "", None


Faulty = dict[str, Any] | None


def _propose(request: PortalRequest, candidature: Candidature, referencement: Referencement) -> Faulty:
    if not of_candidatures.instructs(request.user):
        raise PermissionDenied("Seules les personnes qui instruisent à l’ANS peuvent proposer une mesure.")
    _, form = _typed(request, "proposer")
    if not form.is_valid():
        return {"propose": form}
    mesure = propose_mesure(
        candidature_id=candidature.pk,
        kind=MesureKind(form.cleaned_data["kind"]),
        reasons=form.cleaned_data["reasons"],
        by=request.user,
        at=request.at,
    )
    until = mesure.answer_until_at
    next_step = f"annoncée à l’éditeur, qui peut répondre jusqu’au {end_in_words(until)}" if until else "proposée"
    messages.success(request, f"La mesure est {next_step}. Une autre personne de l’ANS doit décider.")
    return None


def _answer(request: PortalRequest, candidature: Candidature, referencement: Referencement) -> Faulty:
    if not of_candidatures.fills(request.user, candidature):
        raise PermissionDenied("Seule l’équipe de l’éditeur peut répondre à une mesure envisagée.")
    _, form = _typed(request, "repondre")
    if not form.is_valid():
        return {"answer": form}
    mesure, answer = _posted(request, referencement), form.cleaned_data["answer"]
    answer_mesure(mesure_id=mesure.pk, answer=answer, by=request.user, at=request.at)
    messages.success(request, "Votre réponse est envoyée à l’ANS.")
    return None


def _decide(request: PortalRequest, candidature: Candidature, referencement: Referencement) -> Faulty:
    if not permissions.decides_mesures(request.user):
        raise PermissionDenied("Seul un responsable d’instruction prononce une mesure.")
    _, form = _typed(request, "prononcer")
    if not form.is_valid():
        return {"decide": form}
    decide_mesure(
        mesure_id=_posted(request, referencement).pk,
        reasons=form.cleaned_data["reasons"],
        effect=form.cleaned_data["effect"],
        by=request.user,
        at=request.at,
    )
    messages.success(request, "La mesure est prononcée. Un e-mail est envoyé à l’équipe de l’éditeur.")
    return None


def _abandon(request: PortalRequest, candidature: Candidature, referencement: Referencement) -> Faulty:
    if not of_candidatures.instructs(request.user):
        raise PermissionDenied("Seules les personnes qui instruisent à l’ANS peuvent abandonner une mesure.")
    mesure, reason = _posted(request, referencement), posted_text(request)
    abandon_mesure(mesure_id=mesure.pk, reason=reason, by=request.user, at=request.at)
    messages.success(request, "La mesure est abandonnée.")
    return None


def _posted(request: PortalRequest, referencement: Referencement) -> Mesure:
    """Return the mesure that the page showed, which may no longer be the one that waits; 404 if there is none."""
    return get_object_or_404(referencement.mesures, pk=posted_number(request, "mesure"))


GESTES: dict[str, Callable[[PortalRequest, Candidature, Referencement], Faulty]] = {
    "proposer": _propose,
    "repondre": _answer,
    "prononcer": _decide,
    "abandonner": _abandon,
}
