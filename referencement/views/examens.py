"""One dossier before the collège: what it decides on, the advice of its members, the decision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from comptes.requests import PortalRequest, posted_number
from referencement import operations, permissions, queries
from referencement.documents import spoken
from referencement.enums import Decision, ExamenState, SeanceState
from referencement.forms.college import AvisForm, DecisionForm
from referencement.models import Examen, MembreDeSeance
from referencement.operations import Said

from .seances import refuse, refuse_who_does_not_hold, refuse_who_does_not_read, trail_to

NOTED = (ExamenState.LISTED, ExamenState.DECIDED)


def find_examen(request: PortalRequest, seance_id: int, nru: str) -> Examen:
    refuse_who_does_not_read(request)
    joined = ("seance__secretaire", "candidature__produit__editeur", "candidature__dispositif", "decided_by")
    return get_object_or_404(Examen.objects.select_related(*joined), seance=seance_id, candidature__nru=nru)


@require_safe
def page(request: PortalRequest, seance_id: int, nru: str) -> HttpResponse:
    """All that the collège looks at of one dossier, and what it says of it."""
    return _show(request, find_examen(request, seance_id, nru))


def _show(request: PortalRequest, examen: Examen, *, decision: Any = None, avis: Any = None) -> HttpResponse:
    situation, missing = _situation(request, examen)
    membres = queries.membres_of(examen.seance)
    noted = {one.membre_id: one for one in examen.avis.all()}
    sits = permissions.holds_seances(request.user) and examen.seance.state == SeanceState.OPEN
    ranks = queries.neighbours_of(examen)
    context = {
        "examen": examen,
        "seance": examen.seance,
        "candidature": examen.candidature,
        "trail": trail_to(examen.seance),
        "situation": spoken(situation),
        "facts": _facts(situation),
        "missing": missing,
        "is_published": examen.state not in NOTED,
        "avis": [(one, noted.get(one.pk)) for one in membres if one.is_present or one.pk in noted],
        "avis_form": avis or (_avis_form(membres, noted) if sits else None),
        "form": decision or (_decision_form(examen, missing) if sits else None),
        "may_unlist": permissions.holds_seances(request.user) and examen.state == ExamenState.LISTED,
        "before": ranks[0],
        "after": ranks[1],
    }
    status = 422 if decision or avis else 200
    return render(request, "referencement/college/examen.html", context, status=status)


def _situation(request: PortalRequest, examen: Examen) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What is true of it now; of a published examen, what was frozen when it was decided."""
    if examen.state not in NOTED and examen.situation is not None:
        return examen.situation, tuple(examen.blocages)
    complet, missing = _now(request, examen)
    return queries.situation_to_freeze(complet, missing), missing


def _now(request: PortalRequest, examen: Examen) -> tuple[queries.DossierComplet, tuple[str, ...]]:
    """The dossier as it stands at this instant, and what it still misses."""
    complet = queries.dossier_complet(examen.candidature, at=request.at, with_history=False)
    return complet, queries.missing_before_the_college(complet, at=request.at)


def _facts(situation: dict[str, Any]) -> list[tuple[str, str]]:
    solution = situation["cite"]["solution"]
    noms = ", ".join(one["nom"] for one in solution["noms_commerciaux"])
    rows = [
        ("Version technique", solution["version_technique"]),
        ("Profils", ", ".join(solution["profils"])),
        ("NIL", solution["nil"]),
    ]
    return [*rows, ("Aussi commercialisée sous", noms)] if noms else rows


def _avis_form(membres: list[MembreDeSeance], noted: Any) -> AvisForm:
    initial = {}
    for pk, one in noted.items():
        initial[f"avis_{pk}"] = AvisForm.CONFLICT if one.is_in_conflict else one.avis
        initial[f"conflit_{pk}"] = one.conflict_reason
    return AvisForm(initial=initial, membres=[one for one in membres if one.is_present])


def _decision_form(examen: Examen, missing: tuple[str, ...]) -> DecisionForm:
    form = DecisionForm(missing=missing)
    proposed = [value for value, _ in form.fields["motifs"].choices]  # type: ignore[attr-defined]  # of a field of choices
    form.initial = {
        "decision": examen.decision,
        "motifs": [one for one in examen.reasons if one in proposed],
        "motif_libre": next((one for one in examen.reasons if one not in proposed), ""),
        "comment": examen.comment,
    }
    return form


@require_POST
def avis(request: PortalRequest, seance_id: int, nru: str) -> HttpResponse:
    """Note what the members advise."""
    examen = find_examen(request, seance_id, nru)
    refuse_who_does_not_hold(request)
    present = [one for one in queries.membres_of(examen.seance) if one.is_present]
    form = AvisForm(request.POST, membres=present)
    if not form.is_valid():
        return _show(request, examen, avis=form)
    said = [Said(membre, *words) for membre, words in form.said.items()]
    try:
        operations.record_avis(examen_id=examen.pk, said=said, by=request.user, at=request.at)
    except operations.SeanceNotPossible as refused:
        refuse(request, refused)
    else:
        messages.success(request, "Les avis sont notés.")
    return redirect(_back(examen))


@require_POST
def decide(request: PortalRequest, seance_id: int, nru: str) -> HttpResponse:
    """Note what the collège decides; nothing is published before the séance is closed."""
    examen = find_examen(request, seance_id, nru)
    refuse_who_does_not_hold(request)
    _, missing = _now(request, examen)
    form = DecisionForm(request.POST, missing=missing)
    if not form.is_valid():
        return _show(request, examen, decision=form)
    try:
        operations.decide_examen(
            examen_id=examen.pk,
            decision=Decision(form.cleaned_data["decision"]),
            reasons=form.reasons,
            comment=form.cleaned_data["comment"],
            seen_version=posted_number(request, "version"),
            by=request.user,
            at=request.at,
        )
    except operations.SeanceNotPossible as refused:
        for reason in refused.reasons:
            form.add_error(None, reason)
        return _show(request, examen, decision=form)
    except operations.SeanceConflict as conflict:
        messages.error(request, conflict.sentence)
    else:
        messages.success(request, "La décision est notée. Elle sera publiée à la clôture de la séance.")
    return redirect(_back(examen))


@require_POST
def unlist(request: PortalRequest, seance_id: int, nru: str) -> HttpResponse:
    """Take a dossier off the agenda."""
    examen = find_examen(request, seance_id, nru)
    refuse_who_does_not_hold(request)
    motif = request.POST.get("motif", "").replace("\x00", "")
    try:
        operations.unlist_candidature(examen_id=examen.pk, reason=motif, by=request.user, at=request.at)
    except operations.SeanceNotPossible as refused:
        refuse(request, refused)
        return redirect(_back(examen))
    messages.success(request, "Le dossier est retiré de l’ordre du jour.")
    return redirect("referencement:seance", examen.seance_id)


def _back(examen: Examen) -> str:
    return reverse("referencement:examen", args=[examen.seance_id, examen.candidature.nru])
