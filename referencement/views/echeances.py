"""The échéances, for the ANS: those in force, the history of their moves, and moving one, which takes two people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from candidatures import permissions
from candidatures.catalogue.dispositifs import faults_in_words
from candidatures.enums import DeplacementState
from candidatures.models import DeplacementDEcheance, Dispositif, Echeance
from candidatures.operations.echeances import MoveNotPossible, approve_move, propose_move, refuse_move
from candidatures.queries.candidatures import deadlines_by_code
from candidatures.queries.echeances import deplacements, moved_lately
from candidatures.rules import echeances as rules
from comptes.dates import instant_in_words
from comptes.requests import PortalRequest
from referencement.forms.echeances import DeplacementForm
from referencement.queries.candidatures import echeances_for_page
from referencement.queries.deplacements import effect_of_move
from referencement.rules.deplacements import effect_in_words

HISTORY = 30
NAMED = 10


def refuse_who_does_not_read(request: PortalRequest) -> None:
    if not request.user.is_ans:
        raise Http404


def refuse_who_does_not_decide(request: PortalRequest) -> None:
    if not permissions.decides_on_echeances(request.user):
        raise PermissionDenied("Seul un responsable d’instruction peut déplacer une échéance.")


def _trail() -> list[tuple[str, str]]:
    return [("Échéances", reverse("referencement:echeances"))]


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """The échéances of each dispositif, what waits to be approved, and the history of their moves."""
    refuse_who_does_not_read(request)
    moves = list(deplacements()[:HISTORY])
    waiting = [move for move in moves if move.state == DeplacementState.PROPOSED]
    pending = {(move.echeance.dispositif_id, move.echeance.code): move for move in waiting}
    context = {
        "shut": faults_in_words(),
        "dispositifs": [
            (
                dispositif,
                [
                    {**row, "waiting": pending.get((dispositif.pk, row["code"]))}
                    for row in echeances_for_page(deadlines_by_code(dispositif), at=request.at)
                ],
            )
            for dispositif in Dispositif.objects.order_by("opens_at", "pk")
        ],
        "waiting": waiting,
        "moved": moved_lately(at=request.at),
        "history": [move for move in moves if move.state != DeplacementState.PROPOSED],
        "may_move": permissions.decides_on_echeances(request.user),
    }
    return render(request, "referencement/echeances/index.html", context)


def propose(request: PortalRequest, dispositif: str, code: str) -> HttpResponse:
    """Choose the new instant of an échéance, read whom it concerns, then propose the move."""
    refuse_who_does_not_read(request)
    refuse_who_does_not_decide(request)
    echeance = get_object_or_404(Echeance.objects.select_related("dispositif"), dispositif=dispositif, code=code)
    form = DeplacementForm(request.POST or None)
    effect = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        effect = _effect(echeance, given["to"], request, form)
        if request.POST.get("geste") == "proposer" and effect and _propose(request, echeance, form):
            messages.success(
                request, "Le déplacement est proposé. Une autre personne doit l’approuver ou l’abandonner."
            )
            return redirect("referencement:echeances")
    context = {
        "echeance": echeance,
        "in_force": instant_in_words(echeance.at),
        "trail": _trail(),
        "form": form,
        "effect": effect,
        "typed": _typed(form) if effect and not form.errors else [],
    }
    return render(request, "referencement/echeances/propose.html", context, status=422 if form.errors else 200)


def move(request: PortalRequest, move_id: int) -> HttpResponse:
    """Show a move and what it would change now; somebody else than its author approves it."""
    refuse_who_does_not_read(request)
    deplacement = get_object_or_404(deplacements(), pk=move_id)
    if request.method == "POST":
        refuse_who_does_not_decide(request)
        _decide(request, deplacement)
        return redirect("referencement:echeances")
    waits = deplacement.state == DeplacementState.PROPOSED
    decides = waits and permissions.decides_on_echeances(request.user)
    mine = deplacement.asked_by_id == request.user.pk
    context = {
        "move": deplacement,
        "title": f"{deplacement.echeance.nom}\u00a0: déplacement",
        "trail": _trail(),
        "effect": _of_move(deplacement, request) if waits else None,
        "obstacles": [
            {"sentence": obstacle} for obstacle in _obstacles(deplacement.echeance, deplacement.to_at, request)
        ]
        if waits
        else [],
        "decides": decides,
        "may_approve": decides and not mine,
        "mine": mine,
    }
    return render(request, "referencement/echeances/move.html", context)


def _decide(request: PortalRequest, deplacement: DeplacementDEcheance) -> None:
    try:
        if request.POST.get("geste") == "approuver":
            approve_move(move_id=deplacement.pk, by=request.user, at=request.at)
            messages.success(request, "L’échéance est déplacée. Un e-mail est envoyé aux équipes de la démarche.")
        else:
            refuse_move(move_id=deplacement.pk, by=request.user, at=request.at)
            messages.success(request, "Le déplacement est abandonné : l’échéance ne change pas.")
    except MoveNotPossible as refused:
        messages.error(request, f"{refused.sentence} Votre saisie n’a pas été enregistrée.")


def _propose(request: PortalRequest, echeance: Echeance, form: DeplacementForm) -> bool:
    """Propose the move; when it is refused, put the reasons in the form and return False."""
    given = form.cleaned_data
    try:
        propose_move(
            dispositif_code=echeance.dispositif_id,
            code=echeance.code,
            to=given["to"],
            arrete=given["arrete"],
            motive=given["motive"],
            by=request.user,
            at=request.at,
        )
    except MoveNotPossible as refused:
        for reason in refused.reasons:
            form.add_error(None, reason)
        return False
    return True


def _effect(echeance: Echeance, to: datetime, request: PortalRequest, form: DeplacementForm) -> dict[str, Any] | None:
    """Return what the move would change; when it is impossible, put the reasons in the form and return None."""
    if obstacles := _obstacles(echeance, to, request):
        for obstacle in obstacles:
            form.add_error("to", obstacle)
        return None
    return _shown(echeance, to, request)


def _of_move(deplacement: DeplacementDEcheance, request: PortalRequest) -> dict[str, Any]:
    return _shown(deplacement.echeance, deplacement.to_at, request)


def _obstacles(echeance: Echeance, to: datetime, request: PortalRequest) -> tuple[str, ...]:
    moved = rules.MovedEcheance(echeance.code, deadlines_by_code(echeance.dispositif), echeance.dispositif.opens_at)
    return rules.obstacles_to_move(moved, to, at=request.at)


def _shown(echeance: Echeance, to: datetime, request: PortalRequest) -> dict[str, Any]:
    deadline = deadlines_by_code(echeance.dispositif)[echeance.code]
    effect, concerned = effect_of_move(echeance, deadline, to, at=request.at)
    count = effect.late + effect.pending
    return {
        "former": deadline.at,
        "to": to,
        "sentences": effect_in_words(effect),
        "concerned": list(concerned[:NAMED]),
        "others": max(0, count - NAMED),
        "messages": effect.messages,
    }


def _typed(form: DeplacementForm) -> list[tuple[str, str]]:
    """Return what was typed, as hidden fields: the page posts it again once its effect has been read."""
    given = form.cleaned_data
    return [("to", str(form["to"].value())), ("arrete", given["arrete"]), ("motive", given["motive"])]
