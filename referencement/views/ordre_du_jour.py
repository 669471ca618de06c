"""The order of an agenda, with a button up and a button down; and the rapporteur of each dossier."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from comptes.requests import PortalRequest, posted_number
from referencement.operations.examens import SeanceNotPossible
from referencement.operations.ordre_du_jour import name_rapporteur, rank_examen

from .examens import back_to, find_examen, show
from .seances import find_seance, refuse_who_does_not_hold
from .seances import show as show_seance

STEPS = {"haut": -1, "bas": 1}


@require_POST
def rank(request: PortalRequest, seance_id: int, nru: str) -> HttpResponse:
    """Move a dossier one place on the agenda."""
    examen = find_examen(request, seance_id, nru)
    refuse_who_does_not_hold(request, examen.seance)
    steps = STEPS.get(request.POST.get("sens", ""), 1)
    try:
        moved = rank_examen(examen_id=examen.pk, steps=steps, by=request.user, at=request.at)
    except SeanceNotPossible as obstacles:
        seance = find_seance(request, seance_id)
        return show_seance(request, seance, refused={"rang": obstacles.reasons}, moved=nru, status=409)
    messages.success(request, f"{examen.candidature.produit.nom} est au rang {moved.rank} de l’ordre du jour.")
    return redirect(f"{reverse('referencement:seance', args=[seance_id])}#dossier-{nru}")


@require_POST
def rapporteur(request: PortalRequest, seance_id: int, nru: str) -> HttpResponse:
    """Name the rapporteur of a dossier; an empty choice removes them."""
    examen = find_examen(request, seance_id, nru)
    refuse_who_does_not_hold(request, examen.seance)
    chosen = posted_number(request, "rapporteur") if request.POST.get("rapporteur") else None
    try:
        name_rapporteur(examen_id=examen.pk, compte_id=chosen, by=request.user, at=request.at)
    except SeanceNotPossible as obstacles:
        refused = {"rapporteur": obstacles.reasons}
        return show(request, find_examen(request, seance_id, nru), refused=refused, status=422)
    messages.success(request, "Le rapporteur est enregistré." if chosen else "Ce dossier n’a plus de rapporteur.")
    return redirect(back_to(examen))
