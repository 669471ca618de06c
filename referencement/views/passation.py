"""Handing over the dossiers of one person of the ANS, absent or gone, to colleagues who are there."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from candidatures.enums import GesteDeLot
from candidatures.operations.lots import MOST, SLICE, LotNotPossible, open_lot, run_lot
from candidatures.queries.referents import equipe, loads
from candidatures.rules.referents import shared_out
from candidatures.views.access import refuse_who_does_not_instruct
from comptes.models import Compte
from comptes.requests import PortalRequest
from comptes.typography import elided
from referencement.forms.equipe import PassationForm
from referencement.queries.passation import DossierTenu, dossiers_tenus


def page(request: PortalRequest, compte_id: int) -> HttpResponse:
    """Show what somebody follows and reads; once colleagues are chosen, share out the dossiers that are ticked."""
    if not request.user.is_ans:
        raise Http404
    refuse_who_does_not_instruct(request)
    giver = get_object_or_404(Compte.objects.exclude(roles_ans=[]), pk=compte_id)
    known = loads(at=request.at)
    names = equipe(at=request.at).names
    people = {pk: load for pk, load in known.items() if pk != giver.pk and pk in names}
    held = dossiers_tenus(giver, most=MOST)
    posted = request.POST if request.method == "POST" else None
    ticked = {dossier.nru for dossier in held} if posted is None else set(posted.getlist("c"))
    form = PassationForm(posted, people={pk: _with_load(names[pk], load) for pk, load in people.items()})
    chosen = [dossier for dossier in held if dossier.nru in ticked]
    refusal = ""
    if posted is not None and form.is_valid():
        takers = {pk: people[pk] for pk in form.cleaned_data["a"]}
        try:
            lot = _ask(request, giver, chosen, takers)
        except LotNotPossible as refused:
            refusal = refused.sentence
        else:
            run_lot(lot_id=lot, most=SLICE, at=request.at)
            return redirect("referencement:lot", lot)
    context = {
        "giver": giver,
        "title": f"Confier les dossiers {elided('de', giver.full_name)}",
        "trail": [("Équipe", reverse("referencement:equipe"))],
        "held": held,
        "ticked": ticked,
        "form": form,
        "refusal": refusal,
        "sends": sum(len(dossier.readings) for dossier in chosen) if giver.is_active else 0,
    }
    return render(request, "referencement/passation.html", context, status=422 if refusal or form.errors else 200)


def _ask(request: PortalRequest, giver: Compte, chosen: list[DossierTenu], takers: dict[int, int]) -> int:
    """Ask for the hand-over of each dossier to the person with the fewest; return the lot (pk)."""
    shares = shared_out([dossier.pk for dossier in chosen], takers)
    lot = open_lot(
        geste=GesteDeLot.HAND_OVER,
        params={"de": giver.pk},
        items={dossier.pk: {"compte": shares[dossier.pk], "suivi": dossier.followed} for dossier in chosen},
        by=request.user,
        at=request.at,
    )
    return lot.pk


def _with_load(name: str, load: int) -> str:
    plural = "s" if load > 1 else ""
    return f"{name} ({load} candidature{plural} suivie{plural})"
