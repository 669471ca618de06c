"""What the ANS writes for itself about a candidature, and the views that people keep of a list."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from candidatures import permissions
from candidatures.models import Candidature, Referent
from candidatures.operations.referents import ReferentMoved, ReferentNotPossible, assign_referent
from candidatures.operations.suivi import (
    SuiviNotPossible,
    drop_vue,
    follow_candidature,
    keep_vue,
    put_etiquette,
    remove_etiquette,
    write_note,
)
from candidatures.queries.referents import equipe
from candidatures.queries.suivi import etiquettes_of, follows, notes_of
from candidatures.views.access import find_candidature, refuse_who_does_not_instruct, trail_to_candidature
from comptes.requests import PortalRequest, keep_typed, posted_number
from comptes.rules.figures import whole
from comptes.rules.listes import PLACE
from comptes.views.listes import came_from, is_a_list, list_read
from comptes.views.refusals import refuse


def page(request: PortalRequest, nru: str) -> HttpResponse:
    """Show who follows a candidature, its étiquettes and its notes; on POST, change one of these."""
    if not request.user.is_ans:
        raise Http404
    candidature = find_candidature(request, nru)
    if request.method != "POST":
        return _page(request, candidature)
    refuse_who_does_not_instruct(request)
    try:
        _act(request, candidature)
    except (SuiviNotPossible, ReferentNotPossible, ReferentMoved) as refused:
        return refuse(request, refused.reasons, "referencement:suivi", nru)
    messages.success(request, "C’est enregistré. L’éditeur ne le voit pas.")
    return redirect("referencement:suivi", nru)


def _act(request: PortalRequest, candidature: Candidature) -> None:
    common: dict[str, Any] = {"by": request.user, "at": request.at}
    match request.POST.get("geste"):
        case "referent":
            assign_referent(
                candidature_id=candidature.pk,
                compte_id=posted_number(request, "referent") or None,
                seen=posted_number(request, "seen") or None,
                **common,
            )
        case "etiquette":
            nom = request.POST.get("nom", "")
            keep_typed(request, nom)
            put_etiquette(candidature_id=candidature.pk, nom=nom, **common)
        case "suivre" | "ne-plus-suivre" as wanted:
            follow_candidature(candidature_id=candidature.pk, follows=wanted == "suivre", **common)
        case "retirer":
            remove_etiquette(pose_id=posted_number(request, "pose"), **common)
        case "note":
            named = [pk for typed in request.POST.getlist("mentions") if (pk := whole(typed))]
            text = request.POST.get("text", "")[:4000]
            keep_typed(request, text)
            write_note(candidature_id=candidature.pk, text=text, mentions=named, **common)
        case _:
            raise Http404


def _page(request: PortalRequest, candidature: Candidature) -> HttpResponse:
    team = equipe(at=request.at)
    held = Referent.objects.filter(candidature=candidature).values_list("compte", flat=True).first()
    context = {
        "candidature": candidature,
        "trail": trail_to_candidature(candidature, request),
        "people": team.names,
        "held": held,
        "referent": team.names.get(held or 0, ""),
        "etiquettes": etiquettes_of(candidature),
        "notes": [
            {"note": note, "mentions": [team.names[pk] for pk in note.mentions if pk in team.names]}
            for note in notes_of(candidature)
        ],
        "follows": follows(request.user, candidature),
        "instructs": permissions.instructs(request.user),
    }
    return render(request, "referencement/suivi.html", context)


@require_POST
def keep(request: PortalRequest) -> HttpResponse:
    """Keep the filters of a list under a name."""
    if not request.user.is_ans:
        raise Http404
    name = request.POST.get("liste", "")
    if not is_a_list(name):
        raise Http404
    nom = request.POST.get("nom", "")
    keep_typed(request, nom)
    wanted = [(key, value) for key, value in parse_qsl(request.POST.get("query", "")) if key not in PLACE]
    try:
        vue = keep_vue(
            liste=name,
            nom=nom,
            query=urlencode(wanted),
            is_shared="partagee" in request.POST,
            by=request.user,
            at=request.at,
        )
    except SuiviNotPossible as refused:
        return refuse(request, refused.reasons, list_read(request, name))
    messages.success(request, f"La vue «\u00a0{vue.nom}\u00a0» est enregistrée.")
    return redirect(f"{reverse(name)}?{vue.query}")


@require_POST
def drop(request: PortalRequest, vue_id: int) -> HttpResponse:
    """Drop one of one's own views."""
    if not request.user.is_ans:
        raise Http404
    drop_vue(vue_id=vue_id, by=request.user, at=request.at)
    here = came_from(request)
    return redirect(here.address if here else reverse("referencement:instruction"))
