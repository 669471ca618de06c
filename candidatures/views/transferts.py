"""The transfer of a solution to another company: those that wait, and a new one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from candidatures import permissions
from candidatures.forms.transferts import TransfertForm
from candidatures.models import Transfert
from candidatures.operations.transferts import (
    TransfertNotPossible,
    approve_transfert,
    propose_transfert,
    refuse_transfert,
)
from comptes.requests import PortalRequest
from comptes.views.refusals import refuse, show_form

LATEST = 25
GESTES = {"approuver": approve_transfert, "refuser": refuse_transfert}


def index(request: PortalRequest) -> HttpResponse:
    """The transfers that wait, the latest ones, and the form of a new one."""
    _refuse_others(request)
    form = TransfertForm(request.POST or None, reader=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            transfert = propose_transfert(
                produit_id=form.cleaned_data["nru"].produit_id,
                cible_id=form.cleaned_data["cible"].pk,
                motive=form.cleaned_data["motive"],
                by=request.user,
                at=request.at,
            )
        except TransfertNotPossible as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, f"Le transfert de {transfert.produit} attend l’accord d’une autre personne.")
            return redirect("candidatures:transferts")
    people = ("produit", "source", "cible", "proposed_by", "decided_by")
    rows = Transfert.objects.select_related(*people)
    waiting = rows.pending().order_by("proposed_at", "pk")
    context = {
        "form": form,
        "pending": [(row, row.proposed_by_id != request.user.pk) for row in waiting],
        "latest": rows.filter(decided_at__isnull=False).order_by("-decided_at", "-pk")[:LATEST],
    }
    return show_form(request, "candidatures/transferts.html", context)


@require_POST
def decide(request: PortalRequest, transfert_id: int, geste: str) -> HttpResponse:
    """Approve or refuse a transfer."""
    _refuse_others(request)
    if geste not in GESTES:
        raise Http404
    transfert = get_object_or_404(Transfert, pk=transfert_id)
    try:
        done = GESTES[geste](transfert_id=transfert.pk, by=request.user, at=request.at)
    except TransfertNotPossible as refused:
        return refuse(request, refused.reasons, "candidatures:transferts")
    messages.success(request, "La solution a changé d’éditeur." if done.approved else "Le transfert est refusé.")
    return redirect("candidatures:transferts")


def _refuse_others(request: PortalRequest) -> None:
    if not request.user.is_ans:
        raise Http404
    if not permissions.transfers(request.user):
        raise PermissionDenied
