"""The dates of each démarche, for the ANS: those in force, their history, and moving one, which takes two people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
from candidatures.catalogue.echeances import OUVERTURE
from candidatures.enums import DeplacementState
from candidatures.models import OUVERTURE_NOM, DeplacementDEcheance, Dispositif, Echeance
from candidatures.operations.echeances import MOVES_DATES, MoveNotPossible, approve_move, propose_move, refuse_move
from candidatures.queries.candidatures import deadlines_by_code
from candidatures.queries.echeances import deplacements, moved_lately, why_not_moved
from comptes.dates import instant_in_words
from comptes.requests import PortalRequest
from comptes.rules.figures import whole
from comptes.views.refusals import refuse, show_form
from referencement.forms.echeances import DeplacementForm
from referencement.queries.candidatures import echeances_for_page
from referencement.queries.deplacements import effect_of_move
from referencement.rules.deplacements import effect_in_words, opening_in_words

HISTORY = 30
NAMED = 10


def refuse_who_does_not_read(request: PortalRequest) -> None:
    if not request.user.is_ans:
        raise Http404


def refuse_who_does_not_decide(request: PortalRequest, dispositif: Dispositif) -> None:
    if not permissions.moves_dates(request.user, dispositif, at=request.at):
        raise PermissionDenied(MOVES_DATES)


def _trail() -> list[tuple[str, str]]:
    return [("Échéances", reverse("referencement:echeances"))]


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """The échéances of each dispositif, what waits to be approved, and the history of their moves."""
    refuse_who_does_not_read(request)
    moves = list(deplacements()[:HISTORY])
    waiting = [move for move in moves if move.state == DeplacementState.PROPOSED]
    pending = {(move.dispositif.pk, move.code): move for move in waiting}
    context = {
        "shut": faults_in_words(),
        "dispositifs": [
            (
                dispositif,
                permissions.moves_dates(request.user, dispositif, at=request.at),
                _opening(dispositif, pending, request.at),
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
    }
    return render(request, "referencement/echeances/index.html", context)


def _opening(
    dispositif: Dispositif, pending: Mapping[tuple[str, str], DeplacementDEcheance], at: datetime
) -> dict[str, Any] | None:
    """The opening of a démarche that is not open yet, as `to_move.html` shows it."""
    if dispositif.opens_at <= at:
        return None
    return {"label": OUVERTURE_NOM, "code": OUVERTURE, "waiting": pending.get((dispositif.pk, OUVERTURE))}


@dataclass(frozen=True)
class Moved:
    """What moves: an échéance of a démarche; its opening when there is none."""

    dispositif: Dispositif
    echeance: Echeance | None

    @property
    def code(self) -> str:
        return self.echeance.code if self.echeance else OUVERTURE

    @property
    def at(self) -> datetime:
        return self.echeance.at if self.echeance else self.dispositif.opens_at


def _named(echeance: Echeance | None) -> str:
    return "l’échéance" if echeance else "l’ouverture"


def _moved(dispositif: str, code: str) -> Moved:
    if code == OUVERTURE:
        return Moved(get_object_or_404(Dispositif, pk=dispositif), None)
    echeance = get_object_or_404(Echeance.objects.select_related("dispositif"), dispositif=dispositif, code=code)
    return Moved(echeance.dispositif, echeance)


def propose(request: PortalRequest, dispositif: str, code: str) -> HttpResponse:
    """Choose the new instant of an échéance or of an opening, read what it changes, then propose the move."""
    refuse_who_does_not_read(request)
    moved = _moved(dispositif, code)
    refuse_who_does_not_decide(request, moved.dispositif)
    form = DeplacementForm(request.POST or None, initial=_undone(request, moved))
    effect = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        effect = _effect(moved, given["to"], request, form)
        if request.POST.get("geste") == "proposer" and effect and _propose(request, moved, form):
            messages.success(
                request, "Le déplacement est proposé. Une autre personne doit l’approuver ou l’abandonner."
            )
            return redirect("referencement:echeances")
    context = {
        "moved": moved,
        "subtitle": moved.echeance or OUVERTURE_NOM,
        "named": _named(moved.echeance),
        "in_force": instant_in_words(moved.at),
        "trail": _trail(),
        "form": form,
        "effect": effect,
        "typed": _typed(form) if effect and not form.errors else [],
    }
    return show_form(request, "referencement/echeances/propose.html", context)


def _undone(request: PortalRequest, moved: Moved) -> dict[str, Any] | None:
    """Fill the form with what undoes a move (its pk, in the address), for a démarche that is not open yet."""
    number = whole(request.GET.get("annule", ""), most=17)
    move = deplacements().filter(pk=number).first() if number else None
    if move is None or not _may_be_undone(move, request.at) or move.code != moved.code:
        return None
    made = instant_in_words(move.asked_at)
    return {"to": move.from_at, "arrete": move.arrete, "motive": f"Annulation du déplacement proposé le {made}."}


def _may_be_undone(move: DeplacementDEcheance, at: datetime) -> bool:
    return move.is_in_force and move.dispositif.opens_at > at


def move(request: PortalRequest, move_id: int) -> HttpResponse:
    """Show a move and what it would change now; somebody else than its author approves it."""
    refuse_who_does_not_read(request)
    deplacement = get_object_or_404(deplacements(), pk=move_id)
    if request.method == "POST":
        refuse_who_does_not_decide(request, deplacement.dispositif)
        return _decide(request, deplacement)
    waits = deplacement.state == DeplacementState.PROPOSED
    may_move = permissions.moves_dates(request.user, deplacement.dispositif, at=request.at)
    decides = waits and may_move
    mine = deplacement.asked_by_id == request.user.pk
    moved = Moved(deplacement.dispositif, deplacement.echeance)
    may_undo = may_move and _may_be_undone(deplacement, request.at)
    context = {
        "move": deplacement,
        "title": f"{deplacement.nom}\u00a0: déplacement",
        "trail": _trail(),
        "effect": _shown(moved, deplacement.to_at, request) if waits else None,
        "obstacles": [
            {"sentence": obstacle}
            for obstacle in why_not_moved(moved.dispositif, moved.echeance, deplacement.to_at, at=request.at)
        ]
        if waits
        else [],
        "decides": decides,
        "may_approve": decides and not mine,
        "mine": mine,
        "undo": f"{reverse('referencement:deplacement_new', args=[moved.dispositif.pk, moved.code])}?annule={move_id}"
        if may_undo
        else "",
    }
    return render(request, "referencement/echeances/move.html", context)


def _decide(request: PortalRequest, deplacement: DeplacementDEcheance) -> HttpResponse:
    try:
        if request.POST.get("geste") == "approuver":
            approve_move(move_id=deplacement.pk, by=request.user, at=request.at)
            told = "" if deplacement.echeance is None else " Un e-mail est envoyé aux équipes de la démarche."
            messages.success(request, f"La date est déplacée.{told}")
        else:
            refuse_move(move_id=deplacement.pk, by=request.user, at=request.at)
            messages.success(
                request, f"Le déplacement est abandonné\u00a0: {_named(deplacement.echeance)} ne change pas."
            )
    except MoveNotPossible as refused:
        return refuse(request, refused.reasons, "referencement:deplacement", deplacement.pk)
    return redirect("referencement:echeances")


def _propose(request: PortalRequest, moved: Moved, form: DeplacementForm) -> bool:
    """Propose the move; when it is refused, put the reasons in the form and return False."""
    given = form.cleaned_data
    try:
        propose_move(
            dispositif_code=moved.dispositif.pk,
            code=moved.code,
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


def _effect(moved: Moved, to: datetime, request: PortalRequest, form: DeplacementForm) -> dict[str, Any] | None:
    """Return what the move would change; when it is impossible, put the reasons in the form and return None."""
    if obstacles := why_not_moved(moved.dispositif, moved.echeance, to, at=request.at):
        for obstacle in obstacles:
            form.add_error("to", obstacle)
        return None
    return _shown(moved, to, request)


def _shown(moved: Moved, to: datetime, request: PortalRequest) -> dict[str, Any]:
    deadlines = deadlines_by_code(moved.dispositif)
    if moved.echeance is None:
        first = next(iter(deadlines.values()), None)
        sentences = opening_in_words(moved.at, to, first=first)
        return {"former": moved.at, "to": to, "sentences": sentences, "concerned": [], "others": 0, "messages": 0}
    deadline = deadlines[moved.code]
    effect, concerned = effect_of_move(moved.echeance, deadline, to, at=request.at)
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
