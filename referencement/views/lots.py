"""One act on many candidatures of the list: chosen, read with what it sends, then done with a result for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from candidatures.enums import GesteDeLot, LigneDeLotState
from candidatures.models import Candidature, Lot
from candidatures.operations.lots import MOST, SLICE, LotNotPossible, may_ask, open_lot, run_lot
from candidatures.queries.lots import OFFERED, Chosen, choices_of, progress_of
from candidatures.queries.referents import followed_by_nobody, loads, mine
from candidatures.rules.referents import shared_out
from comptes.requests import PortalRequest
from comptes.rules.figures import whole
from referencement.forms.lots import form_of, params_of
from referencement.queries.albums import foreclosable
from referencement.queries.lots import foreseen, messages_of, seen_by
from referencement.views.instruction import rows_asked

from .lots_messages import example_of

# The acts that are done as soon as their form is filled: they send nothing, and refuse nothing that can be foreseen.
AT_A_STROKE = (GesteDeLot.ASSIGN, GesteDeLot.LABEL)
ONLY = f"Seules les {MOST} premières candidatures sont retenues\u00a0: recommencez ensuite avec les autres."


@require_POST
def new(request: PortalRequest) -> HttpResponse:
    """Ask what an act needs, show what it would do and send, then, once confirmed, ask for it."""
    if not request.user.is_ans:
        raise Http404
    geste = next((item for item in OFFERED if item.value == request.POST.get("geste")), None)
    if geste is None:
        raise Http404
    _refuse_who_may_not(request, geste)
    mien = mine(request.user, at=request.at)
    keys = _chosen(request, geste)
    chosen = choices_of(keys[:MOST])
    form = form_of(geste, _typed(request), people=mien.equipe.names)
    if not form.fields and not form.is_bound:
        form = form_of(geste, {}, people=mien.equipe.names)
    refusal = "" if chosen else "Choisissez au moins une candidature."
    if chosen and "confirmer" in request.POST and form.is_valid():
        try:
            lot = open_lot(
                geste=geste,
                params=params_of(form),
                items=_items(request, geste, chosen),
                by=request.user,
                at=request.at,
            )
        except LotNotPossible as refused:
            refusal = refused.sentence
        else:
            # The first ones are done while the person waits for the page; a sweep does the others.
            run_lot(lot_id=lot.pk, most=SLICE, at=request.at)
            return redirect("referencement:lot", lot.pk)
    is_read = "modifier" not in request.POST and form.is_bound and form.is_valid()
    context = {
        "geste": geste,
        "form": form,
        "refusal": refusal,
        "note": ONLY if len(keys) > MOST else "",
        "shares": geste is GesteDeLot.SHARE_OUT,
        "at_a_stroke": geste in AT_A_STROKE,
        **_shown(request, geste, chosen, params_of(form) if is_read else None, mien.equipe.names),
    }
    return render(request, "referencement/lot_new.html", context, status=422 if refusal or form.errors else 200)


def _refuse_who_may_not(request: PortalRequest, geste: GesteDeLot) -> None:
    if not may_ask(geste=geste, by=request.user):
        raise PermissionDenied("Votre rôle ne permet pas cette action.")


def _typed(request: PortalRequest) -> Any:
    """Return what was typed in the form, None before it is shown."""
    return request.POST if {"voir", "confirmer", "modifier"} & request.POST.keys() else None


def _shown(
    request: PortalRequest,
    geste: GesteDeLot,
    chosen: Sequence[Chosen],
    params: Mapping[str, Any] | None,
    names: Mapping[int, str],
) -> dict[str, Any]:
    """Return the rows of the page; once `params` are known, with what the act would refuse and send."""
    given, seen = _given(request, geste, chosen), seen_by(geste, chosen, params or {})
    refusals = {} if params is None else foreseen(geste, chosen, params, by=request.user, at=request.at)
    done = [line for line in chosen if line.pk not in refusals]
    rows = [
        {
            "line": line,
            "to": names.get(given.get(line.pk, 0), ""),
            "seen": seen.get(line.pk),
            "refusal": refusals.get(line.pk, ""),
        }
        for line in chosen
    ]
    shown: dict[str, Any] = {"chosen": rows, "preview": params is not None and geste not in AT_A_STROKE}
    if params is None:
        return shown
    example = example_of(geste, done[0].pk, params, by=request.user, at=request.at) if done else None
    return shown | {"done": len(done), "sends": messages_of(geste, done), "example": example}


def _chosen(request: PortalRequest, geste: GesteDeLot) -> list[int]:
    """Return the candidatures (pk) that are chosen, one more than may be: those ticked, or all of the list."""
    if geste is GesteDeLot.SHARE_OUT and "c" not in request.POST:
        return list(followed_by_nobody().values_list("pk", flat=True)[: MOST + 1])
    if address := request.POST.get("toutes", ""):
        rows = rows_asked(dict(parse_qsl(address)), request.user, request.at)
        return list(rows.values_list("pk", flat=True)[: MOST + 1])
    nrus = request.POST.getlist("c")[: MOST + 1]
    return list(Candidature.objects.filter(nru__in=nrus).order_by("pk").values_list("pk", flat=True))


def _items(request: PortalRequest, geste: GesteDeLot, chosen: Sequence[Chosen]) -> dict[int, Mapping[str, Any]]:
    """Return what the act needs for each candidature, as it was on the page that was confirmed."""
    given = _given(request, geste, chosen)
    items: dict[int, Mapping[str, Any]] = {}
    for line in chosen:
        own: dict[str, Any] = {"seen": whole(request.POST.get(f"seen-{line.nru}", ""))}
        if line.pk in given:
            own["compte"] = given[line.pk]
        items[line.pk] = own
    return items


def _given(request: PortalRequest, geste: GesteDeLot, chosen: Sequence[Chosen]) -> dict[int, int]:
    """Return to whom each candidature would go, when a rule shares them out: the same for the page and the act."""
    if geste is not GesteDeLot.SHARE_OUT:
        return {}
    return shared_out([line.pk for line in chosen if line.referent is None], loads(at=request.at))


@require_safe
def page(request: PortalRequest, lot_id: int) -> HttpResponse:
    """Show how far a lot is, and what became of each candidature."""
    if not request.user.is_ans:
        raise Http404
    lot = get_object_or_404(Lot.objects.select_related("asked_by"), pk=lot_id)
    progress = progress_of(lot)
    prepares = lot.geste == GesteDeLot.PREPARE
    done = [line.pk for line in progress.lines if line.state == LigneDeLotState.DONE]
    closings = foreclosable(done, at=request.at) if prepares and done else {}
    context = {
        "lot": lot,
        "progress": progress,
        "lines": [(line, closings[line.pk].photo if line.pk in closings else None) for line in progress.lines],
        "prepares": prepares,
    }
    return render(request, "referencement/lot_state.html" if request.htmx else "referencement/lot.html", context)


@require_POST
def go_on(request: PortalRequest, lot_id: int) -> HttpResponse:
    """Do some more of a lot now, without waiting for the sweep."""
    if not request.user.is_ans:
        raise Http404
    lot = get_object_or_404(Lot, pk=lot_id)
    _refuse_who_may_not(request, GesteDeLot(lot.geste))
    run_lot(lot_id=lot.pk, most=SLICE, at=request.at)
    return redirect("referencement:lot", lot.pk)
