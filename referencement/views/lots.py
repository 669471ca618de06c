"""One act on many candidatures of the list: chosen, read with what it sends, then done with a result for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from candidatures.enums import GesteDeLot, LigneDeLotState
from candidatures.models import Candidature, Lot
from candidatures.operations.lots import MOST, LotNotPossible, open_lot, run_lot
from candidatures.permissions import everyone_with_access
from candidatures.queries.lots import OFFERED, choices_of, progress_of
from candidatures.queries.referents import followed_by_nobody, loads, mine
from candidatures.rules.referents import shared_out
from candidatures.views.access import refuse_who_does_not_instruct
from comptes.requests import PortalRequest
from referencement.forms.lots import form_of
from referencement.views.instruction import rows_of

# How many are done while the person waits for the page; a sweep does the others.
AT_ONCE = 25


@require_POST
def new(request: PortalRequest) -> HttpResponse:
    """Read what an act would do to the candidatures that are chosen, then, once confirmed, ask for it."""
    if not request.user.is_ans:
        raise Http404
    refuse_who_does_not_instruct(request)
    geste = next((item for item in OFFERED if item.value == request.POST.get("geste")), None)
    if geste is None:
        raise Http404
    mien = mine(request.user, at=request.at)
    chosen = choices_of(_chosen(request, geste))
    confirmed = "confirmer" in request.POST
    form = form_of(geste, request.POST if confirmed else None, people=mien.equipe.names)
    refusal = ""
    if confirmed and form.is_valid():
        try:
            lot = open_lot(
                geste=geste,
                params=form.cleaned_data,
                items=_items(request, geste, chosen),
                by=request.user,
                at=request.at,
            )
        except LotNotPossible as refused:
            refusal = refused.sentence
        else:
            run_lot(lot_id=lot.pk, most=AT_ONCE, at=request.at)
            return redirect("referencement:lot", lot.pk)
    given = _given(request, geste, chosen)
    context = {
        "geste": geste,
        "form": form,
        "refusal": refusal or ("" if chosen else "Choisissez au moins une candidature."),
        "chosen": [{"line": line, "to": mien.equipe.names.get(given.get(line.pk, 0), "")} for line in chosen],
        "shares": geste is GesteDeLot.SHARE_OUT,
        "sends": _messages(chosen) if geste is GesteDeLot.WRITE else None,
    }
    return render(request, "referencement/lot_new.html", context, status=422 if refusal or form.errors else 200)


def _chosen(request: PortalRequest, geste: GesteDeLot) -> list[int]:
    """Return the candidatures (pk) that are chosen: those ticked, or all of the list that was read."""
    if geste is GesteDeLot.SHARE_OUT and "c" not in request.POST:
        return list(followed_by_nobody().values_list("pk", flat=True)[:MOST])
    if address := request.POST.get("toutes", ""):
        rows = rows_of(request, dict(parse_qsl(address)))
        return list(rows.values_list("pk", flat=True)[:MOST])
    nrus = request.POST.getlist("c")[:MOST]
    return list(Candidature.objects.filter(nru__in=nrus).order_by("pk").values_list("pk", flat=True))


def _items(request: PortalRequest, geste: GesteDeLot, chosen: Any) -> dict[int, Mapping[str, Any]]:
    """Return what the act needs for each candidature, as it was on the page that was confirmed."""
    given = _given(request, geste, chosen)
    items: dict[int, Mapping[str, Any]] = {}
    for line in chosen:
        seen = request.POST.get(f"seen-{line.nru}", "")
        own: dict[str, Any] = {"seen": int(seen) if seen.isdigit() else None}
        if line.pk in given:
            own["compte"] = given[line.pk]
        items[line.pk] = own
    return items


def _given(request: PortalRequest, geste: GesteDeLot, chosen: Any) -> dict[int, int]:
    """Return to whom each candidature would go, when a rule shares them out: the same for the page and the act."""
    if geste is not GesteDeLot.SHARE_OUT:
        return {}
    return shared_out([line.pk for line in chosen if line.referent is None], loads(at=request.at))


def _messages(chosen: Any) -> int:
    return sum(len(everyone_with_access(line.produit)) for line in chosen)


@require_safe
def page(request: PortalRequest, lot_id: int) -> HttpResponse:
    """Show how far a lot is, and what became of each candidature."""
    if not request.user.is_ans:
        raise Http404
    lot = get_object_or_404(Lot.objects.select_related("asked_by"), pk=lot_id)
    context = {"lot": lot, "progress": progress_of(lot), "refused": LigneDeLotState.REFUSED}
    return render(request, "referencement/lot.html", context)


@require_POST
def go_on(request: PortalRequest, lot_id: int) -> HttpResponse:
    """Do some more of a lot now, without waiting for the sweep."""
    if not request.user.is_ans:
        raise Http404
    refuse_who_does_not_instruct(request)
    lot = get_object_or_404(Lot, pk=lot_id)
    run_lot(lot_id=lot.pk, most=AT_ONCE, at=request.at)
    return redirect("referencement:lot", lot.pk)
