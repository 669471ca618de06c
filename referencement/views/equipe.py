"""The team that instructs: what each person follows, absences, the référent of each chapitre, and the sharing out."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from candidatures import permissions
from candidatures.operations.referents import (
    ReferentNotPossible,
    entrust_chapitre,
    note_absence,
    remove_absence,
)
from candidatures.queries.referents import absences_to_come, chapitres_of_people, charges, equipe
from candidatures.rules.referents import uncovered
from candidatures.views.access import refuse_who_does_not_instruct
from comptes.requests import PortalRequest, posted_number
from comptes.views.refusals import refuse
from preuves.queries.waiting import filters_to_read, types_of
from referencement.forms.equipe import AbsenceForm


@require_safe
def page(request: PortalRequest) -> HttpResponse:
    """Show what each person has, and the forms that give it."""
    if not request.user.is_ans:
        raise Http404
    return _page(request)


def _page(request: PortalRequest, *, absence: AbsenceForm | None = None, status: int = 200) -> HttpResponse:
    team, held, types = equipe(at=request.at), chapitres_of_people(), types_of(filters_to_read())
    context = {
        "charges": charges(at=request.at),
        "uncovered": [(pk, team.names[pk]) for pk in uncovered(team.away)],
        "absences": list(absences_to_come(at=request.at)),
        "instructs": permissions.instructs(request.user),
        "absence_form": absence or AbsenceForm(people=team.names),
        "people": team.names,
        "types": [
            {"type": item, "held": held.get(key), "referent": team.names.get(held.get(key, 0), "")}
            for key, item in types.items()
        ],
        "unfolded": "chapitres" in request.GET,
        "vacant": sum(held.get(key) is None for key in types),
    }
    return render(request, "referencement/equipe.html", context, status=status)


@require_POST
def absence_new(request: PortalRequest) -> HttpResponse:
    """Note an absence."""
    _refuse_others(request)
    form = AbsenceForm(request.POST, people=equipe(at=request.at).names)
    if form.is_valid():
        try:
            note_absence(**form.arguments(), by=request.user, at=request.at)
        except ReferentNotPossible as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, "L’absence est notée.")
            return redirect("referencement:equipe")
    return _page(request, absence=form, status=422)


@require_POST
def absence_remove(request: PortalRequest, absence_id: int) -> HttpResponse:
    """Take back an absence."""
    _refuse_others(request)
    remove_absence(absence_id=absence_id, by=request.user, at=request.at)
    messages.success(request, "L’absence est annulée.")
    return redirect("referencement:equipe")


@require_POST
def chapitre(request: PortalRequest) -> HttpResponse:
    """Make somebody the référent of a chapitre."""
    _refuse_others(request)
    known = types_of(filters_to_read())
    key = (request.POST.get("dispositif", ""), request.POST.get("code", ""))
    if key not in known:
        raise Http404
    here = f"{reverse('referencement:equipe')}?chapitres=oui#chapitres"
    try:
        entrust_chapitre(
            dispositif_code=key[0],
            code=key[1],
            compte_id=posted_number(request, "referent") or None,
            by=request.user,
            at=request.at,
        )
    except ReferentNotPossible as refused:
        return refuse(request, refused.reasons, here)
    messages.success(request, f"{known[key].label}\u00a0: le référent est enregistré.")
    return redirect(here)


def _refuse_others(request: PortalRequest) -> None:
    """Hide the page from the éditeurs, and leave its acts to those who instruct."""
    if not request.user.is_ans:
        raise Http404
    refuse_who_does_not_instruct(request)
