"""The séances of the collège: planning one, opening it with those present, and making its agenda."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from candidatures.models import Candidature
from candidatures.rules.freeze import BEFORE
from candidatures.rules.nru import searched
from comptes.dates import instant_in_words
from comptes.requests import PortalRequest
from comptes.rules.figures import whole
from referencement import permissions
from referencement.enums import DocumentKind, SeanceState
from referencement.forms.college import SeanceForm
from referencement.models import Convocation, Examen, SeanceDuCollege
from referencement.operations.examens import SeanceNotPossible, list_candidature
from referencement.operations.seances import open_seance, plan_seance
from referencement.queries.blocages import dossier_complet
from referencement.queries.candidatures import attribution_of
from referencement.queries.seances import (
    agenda_of,
    agenda_to_send,
    is_busy,
    last_convocation,
    listable,
    membres_of,
    possible_membres,
    possible_secretaires,
)

from .blocages import shown_blocages

LISTABLE = 10
# The forms of the page whose refusal is told in them.
FORMS = ("presences", "agenda", "secretaire", "rang")
LIVING = (SeanceState.PLANNED, SeanceState.OPEN)


def find_seance(request: PortalRequest, seance_id: int) -> SeanceDuCollege:
    """Find a séance for somebody who may read it."""
    refuse_who_does_not_read(request)
    return get_object_or_404(SeanceDuCollege.objects.select_related("secretaire"), pk=seance_id)


def refuse_who_does_not_read(request: PortalRequest) -> None:
    if not permissions.reads_seances(request.user):
        raise Http404


def refuse_who_does_not_hold(request: PortalRequest, seance: SeanceDuCollege) -> None:
    if not permissions.holds_seance(request.user, seance):
        raise PermissionDenied("Les séances sont préparées et tenues par le secrétariat du collège.")


def title_of(seance: SeanceDuCollege) -> str:
    return f"Séance du {instant_in_words(seance.held_at)}"


def trail_to(seance: SeanceDuCollege) -> list[tuple[str, str]]:
    here = (title_of(seance), reverse("referencement:seance", args=[seance.pk]))
    return [("Collège", reverse("referencement:seances")), here]


def plan(request: PortalRequest) -> HttpResponse:
    """Plan a séance and call its members; whoever plans it is its secrétaire."""
    refuse_who_does_not_read(request)
    if not permissions.plans_seances(request.user):
        raise PermissionDenied("Les séances du collège sont prévues par son secrétariat.")
    people = possible_membres()
    initial = {"membres": people, "quorum": max(1, (people.count() + 1) // 2)}
    form = SeanceForm(request.POST or None, people=people, at=request.at, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            seance = plan_seance(
                held_at=given["held_at"],
                quorum=given["quorum"],
                membres=given["membres"],
                secretaire=request.user,
                by=request.user,
                at=request.at,
            )
        except SeanceNotPossible as refused:
            for reason in refused.reasons:
                form.add_error("quorum", reason)
        else:
            messages.success(request, "La séance est prévue, ses membres y sont appelés. Inscrivez-y les dossiers.")
            return redirect("referencement:seance", seance.pk)
    status = 422 if form.errors else 200
    context = {"form": form, "trail": [("Collège", reverse("referencement:seances"))]}
    return render(request, "referencement/college/seance_new.html", context, status=status)


@require_safe
def page(request: PortalRequest, seance_id: int) -> HttpResponse:
    """Show a séance: its agenda, its members, and the candidatures that may be listed."""
    return show(request, find_seance(request, seance_id))


def show(
    request: PortalRequest,
    seance: SeanceDuCollege,
    *,
    ticked: list[int] | None = None,
    refused: Mapping[str, Sequence[str]] | None = None,
    moved: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show a séance.

    :param ticked: pks of the members who were ticked as present, when opening was refused
    :param refused: why an act was refused, by the name of its form (`presences`, `agenda`, `secretaire`, `rang`)
    :param moved: the NRU of the dossier whose rank was refused
    """
    holds = permissions.holds_seance(request.user, seance) and seance.state in LIVING
    text = searched(request.GET.get("q", ""))
    membres, examens = membres_of(seance), agenda_of(seance)
    there = [membre.pk for membre in membres if membre.is_present]
    proces_verbal = seance.documents.filter(kind=DocumentKind.PROCES_VERBAL).first()
    convocation = last_convocation(seance)
    context = {
        "seance": seance,
        "title": title_of(seance),
        "trail": trail_to(seance)[:-1],
        "examens": examens,
        "membres": membres,
        "there": there,
        "ticked": there if ticked is None else ticked,
        "refused": bool(refused),
        "why": dict.fromkeys(FORMS, ()) | dict(refused or {}),
        "moved": moved,
        "holds": holds,
        "orders": holds and len(examens) > 1,
        "text": text,
        "listable": listable(text)[:LISTABLE] if holds else [],
        "proces_verbal": proces_verbal.numero if proces_verbal else "",
        "reports": list(seance.reports.select_related("moved_by").order_by("pk")),
        "convocation": convocation,
        "is_late": holds and _is_late(convocation, examens),
        "secretaires": _secretaires(request, seance),
    }
    return render(request, "referencement/college/seance.html", context, status=status)


def _is_late(convocation: Convocation | None, examens: list[Examen]) -> bool:
    """Whether the agenda changed since it was last sent; an empty agenda that was never sent is not late."""
    sent = convocation.agenda if convocation else []
    return bool(sent != agenda_to_send(examens))


def _secretaires(request: PortalRequest, seance: SeanceDuCollege) -> list[tuple[int, str, bool]]:
    """List who may be named secrétaire: pk, name with roles, and False, since nobody is preselected."""
    if seance.state not in LIVING or not permissions.entrusts_seances(request.user):
        return []
    others = possible_secretaires().exclude(pk=seance.secretaire_id)
    return [(compte.pk, f"{compte.full_name} ({', '.join(compte.roles_ans_labels)})", False) for compte in others]


@require_POST
def presences(request: PortalRequest, seance_id: int) -> HttpResponse:
    """Note who is present; the first time, that opens the séance."""
    seance = find_seance(request, seance_id)
    refuse_who_does_not_hold(request, seance)
    typed = request.POST.getlist("membre")
    present = [number for line in typed if (number := whole(line)) is not None]
    was_planned = seance.state == SeanceState.PLANNED
    try:
        open_seance(seance_id=seance.pk, present=present, by=request.user, at=request.at)
    except SeanceNotPossible as obstacles:
        again = find_seance(request, seance_id)
        return show(request, again, ticked=present, refused={"presences": obstacles.reasons}, status=409)
    messages.success(request, "La séance est ouverte." if was_planned else "Les présences sont notées.")
    return redirect("referencement:seance", seance.pk)


def enlist(request: PortalRequest, seance_id: int, nru: str) -> HttpResponse:
    """Show what a candidature lacks; on POST, list it on the agenda, in spite of that when « malgré » is ticked."""
    seance = find_seance(request, seance_id)
    refuse_who_does_not_hold(request, seance)
    candidature = get_object_or_404(Candidature.objects.with_names(), nru=nru)
    refused: Sequence[str] = ()
    if request.method == "POST":
        try:
            list_candidature(
                seance_id=seance.pk,
                candidature_id=candidature.pk,
                despite="malgre" in request.POST,
                by=request.user,
                at=request.at,
            )
        except SeanceNotPossible as obstacles:
            refused = obstacles.reasons
        else:
            messages.success(request, f"{candidature.produit.nom} est inscrite à l’ordre du jour.")
            return redirect("referencement:seance", seance.pk)
    complet = dossier_complet(candidature, at=request.at, with_history=False)
    attribution = attribution_of(complet, at=request.at)
    context: dict[str, Any] = {
        "seance": seance,
        "candidature": candidature,
        "trail": trail_to(seance),
        "missing": shown_blocages(attribution.before_college, candidature, fills=False),
        "is_busy": is_busy(candidature),
        "freezes": BEFORE,
        "refused": refused,
    }
    return render(request, "referencement/college/examen_new.html", context, status=422 if refused else 200)
