"""One dossier before the collège: its situation, the avis of the members, the decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from candidatures.documents.printing import spoken
from comptes.requests import PortalRequest, posted_number, posted_text
from referencement import permissions
from referencement.enums import Decision, ExamenState, SeanceState
from referencement.forms.avis import AvisForm
from referencement.forms.college import DecisionForm
from referencement.models import AvisDeMembre, Examen, MembreDeSeance
from referencement.operations.examens import SeanceConflict, SeanceNotPossible, decide_examen, unlist_candidature
from referencement.queries.blocages import DossierComplet, dossier_complet
from referencement.queries.seances import (
    avis_of,
    membres_with_avis,
    missing_before_the_college,
    place_of,
    possible_rapporteurs,
    unanimous,
)
from referencement.queries.situations import situation_to_freeze
from referencement.rules.lecture import Lecture, lecture_of, tally

from .seances import refuse_who_does_not_hold, refuse_who_does_not_read, trail_to

Pairs = list[tuple[MembreDeSeance, AvisDeMembre | None]]
NOTED = (ExamenState.LISTED, ExamenState.DECIDED)
PROJECTION, AGAIN = "projection", "suivie"
"""The parameter of the address that shows a dossier to the room, and its value when the page reloads by itself."""
RELOADS_EVERY = 30
"""In seconds."""


def find_examen(request: PortalRequest, seance_id: int, nru: str) -> Examen:
    refuse_who_does_not_read(request)
    joined = (
        "seance__secretaire",
        "candidature__produit__editeur",
        "candidature__dispositif",
        "decided_by",
        "rapporteur",
    )
    return get_object_or_404(Examen.objects.select_related(*joined), seance=seance_id, candidature__nru=nru)


@require_safe
def page(request: PortalRequest, seance_id: int, nru: str) -> HttpResponse:
    """Show a dossier to the collège, with the avis and the decision; or to the room, when the address asks for it."""
    examen = find_examen(request, seance_id, nru)
    return _project(request, examen) if PROJECTION in request.GET else show(request, examen)


def show(
    request: PortalRequest,
    examen: Examen,
    *,
    decision: DecisionForm | None = None,
    typed: Mapping[int, AvisForm] | None = None,
    told: str = "",
    refused: Mapping[str, Sequence[str]] | None = None,
    motif: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show a dossier.

    :param decision: the form of a decision that was refused, as it was typed
    :param typed: the forms of the avis that were refused, by pk of member; `told` says how many were kept
    :param refused: why another act was refused, by the name of its form (`rapporteur`, `retrait`)
    :param motif: the reason typed to take it off the agenda, when that was refused
    """
    common, pairs, missing = _dossier(request, examen)
    holds = permissions.holds_seance(request.user, examen.seance)
    sits = examen.seance.state == SeanceState.OPEN and not _is_out(examen)
    context = common | {
        "trail": trail_to(examen.seance),
        **_of_the_membres(request, pairs, typed or {}, sits=sits, holds=holds),
        "told": told,
        "form": decision or (_decision_form(examen, missing, pairs) if sits and holds else None),
        "rapporteurs": _rapporteurs(examen) if holds and not _is_out(examen) else [],
        "may_unlist": (holds and examen.state == ExamenState.LISTED) or "retrait" in (refused or ()),
        "motif": motif,
        "refused": bool(refused),
        "why": {"rapporteur": (), "retrait": ()} | dict(refused or {}),
    }
    return render(request, "referencement/college/examen.html", context, status=status)


def _project(request: PortalRequest, examen: Examen) -> HttpResponse:
    """Show a dossier to the room: no name of a person, no form."""
    common, pairs, _ = _dossier(request, examen)
    lines = [_said(noted) for membre, noted in pairs if membre.is_present or noted]
    again = RELOADS_EVERY if request.GET[PROJECTION] == AGAIN else 0
    context = common | {"tally": tally(lines), "again": again, "way": AGAIN if again else "oui"}
    return render(request, "referencement/college/projection.html", context)


def _said(noted: AvisDeMembre | None) -> str:
    if noted is None:
        return "Pas encore noté"
    return "Ne prend pas part" if noted.is_in_conflict else str(noted.get_avis_display())


def _dossier(request: PortalRequest, examen: Examen) -> tuple[dict[str, Any], Pairs, tuple[str, ...]]:
    """Return what both screens show of a dossier, the avis on it, and what it lacks."""
    frozen, missing = _situation(request, examen)
    situation = spoken(frozen)
    lecture = lecture_of(situation)
    context = {
        "examen": examen,
        "seance": examen.seance,
        "candidature": examen.candidature,
        "situation": situation,
        "lecture": lecture,
        "facts": _facts(examen, situation, lecture),
        "met": situation.get("reuni", []),
        "missing": missing,
        "is_published": examen.published_at is not None,
        "place": place_of(examen),
    }
    return context, membres_with_avis(examen), missing


def _of_the_membres(
    request: PortalRequest,
    pairs: Pairs,
    typed: Mapping[int, AvisForm],
    *,
    sits: bool,
    holds: bool,
) -> dict[str, Any]:
    """Return the avis given, the reader's own form, and the forms that the secrétaire fills for the others."""
    mine = next((membre for membre, _ in pairs if membre.compte_id == request.user.pk), None)
    forms = {
        membre.pk: typed.get(membre.pk) or AvisForm(membre=membre, noted=noted, own=membre == mine)
        for membre, noted in pairs
        if membre.pk in typed or (sits and membre.is_present and (holds or membre == mine))
    }
    return {
        "avis": [(membre, noted) for membre, noted in pairs if membre.is_present or noted],
        "own_form": forms.pop(mine.pk, None) if mine else None,
        "avis_forms": list(forms.values()),
        "faults": [fault for form in typed.values() for fault in form.faults],
        "mine_is_refused": mine is not None and mine.pk in typed,
        "is_away": sits and mine is not None and not mine.is_present,
    }


def _is_out(examen: Examen) -> bool:
    return examen.state not in NOTED


def _rapporteurs(examen: Examen) -> list[tuple[int, str, bool]]:
    """List who may be chosen: pk, name, and whether they are the rapporteur now."""
    people = possible_rapporteurs(examen.seance)
    return [(compte.pk, compte.full_name, compte.pk == examen.rapporteur_id) for compte in people]


def _situation(request: PortalRequest, examen: Examen) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the situation of the dossier and what it lacks: today's, or the frozen one once it is published."""
    if _is_out(examen) and examen.situation is not None:
        return examen.situation, tuple(examen.blocages)
    complet, missing = _now(request, examen)
    return situation_to_freeze(complet, missing), missing


def _now(request: PortalRequest, examen: Examen) -> tuple[DossierComplet, tuple[str, ...]]:
    """Return the dossier as it stands now, and what it lacks, in sentences."""
    complet = dossier_complet(examen.candidature, at=request.at, with_history=False)
    return complet, missing_before_the_college(complet, at=request.at)


def _facts(examen: Examen, situation: dict[str, Any], lecture: Lecture) -> list[tuple[str, str]]:
    solution, produit = situation["cite"]["solution"], examen.candidature.produit
    noms = ", ".join(nom["nom"] for nom in solution["noms_commerciaux"])
    rows = [
        ("Solution", f"{produit.nom}, version {solution['version_technique']}"),
        ("Éditeur", produit.editeur.raison_sociale),
        ("Profils", ", ".join(solution["profils"])),
        ("Référencement demandé", str(examen.candidature.dispositif)),
        ("Preuves demandées", f"{lecture.attendues}, pour {lecture.total} chapitre{'s' if lecture.total > 1 else ''}"),
        ("NIL", solution["nil"]),
    ]
    return [*rows, ("Aussi commercialisée sous", noms)] if noms else rows


def _decision_form(examen: Examen, missing: tuple[str, ...], pairs: Pairs) -> DecisionForm:
    form = DecisionForm(missing=missing, unanimous=unanimous(noted for _, noted in pairs if noted))
    form.initial = {
        "decision": examen.decision,
        "motifs": [motif for motif in examen.reasons if motif in form.proposed],
        "motif_libre": next((motif for motif in examen.reasons if motif not in form.proposed), ""),
        "comment": examen.comment,
        "against": examen.against,
    }
    return form


@require_POST
def decide(request: PortalRequest, seance_id: int, nru: str) -> HttpResponse:
    """Note the decision of the collège; it is published when the séance is closed."""
    examen = find_examen(request, seance_id, nru)
    refuse_who_does_not_hold(request, examen.seance)
    _, missing = _now(request, examen)
    form = DecisionForm(request.POST, missing=missing, unanimous=unanimous(avis_of(examen.pk).values()))
    if not form.is_valid():
        return show(request, examen, decision=form, status=422)
    try:
        decide_examen(
            examen_id=examen.pk,
            decision=Decision(form.cleaned_data["decision"]),
            reasons=form.reasons,
            comment=form.cleaned_data["comment"],
            against=form.cleaned_data.get("against", ""),
            seen_version=posted_number(request, "version"),
            by=request.user,
            at=request.at,
        )
    except SeanceNotPossible as refused:
        for reason in refused.reasons:
            form.add_error(None, reason)
        return show(request, find_examen(request, seance_id, nru), decision=form, status=422)
    except SeanceConflict as conflict:
        form.add_error(None, f"{conflict.sentence} Votre saisie est conservée.")
        return show(request, find_examen(request, seance_id, nru), decision=form, status=409)
    messages.success(request, "La décision est enregistrée. Elle sera publiée à la clôture de la séance.")
    return redirect(back_to(examen))


@require_POST
def unlist(request: PortalRequest, seance_id: int, nru: str) -> HttpResponse:
    """Take a dossier off the agenda."""
    examen = find_examen(request, seance_id, nru)
    refuse_who_does_not_hold(request, examen.seance)
    motif = posted_text(request)
    try:
        unlist_candidature(examen_id=examen.pk, reason=motif, by=request.user, at=request.at)
    except SeanceNotPossible as obstacles:
        refused = {"retrait": obstacles.reasons}
        return show(request, find_examen(request, seance_id, nru), refused=refused, motif=motif, status=422)
    messages.success(request, "Le dossier est retiré de l’ordre du jour.")
    return redirect("referencement:seance", examen.seance_id)


def back_to(examen: Examen) -> str:
    return reverse("referencement:examen", args=[examen.seance_id, examen.candidature.nru])
