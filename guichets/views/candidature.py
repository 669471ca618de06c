from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from candidatures import permissions
from candidatures.enums import CandidatureState, Freeze
from candidatures.models import Candidature
from candidatures.queries.volets import presented_volets
from candidatures.rules.freeze import why_frozen
from candidatures.views.access import find_candidature, trail_to_candidature
from comptes.requests import PortalRequest, posted_text
from comptes.views.refusals import refuse, show_form
from comptes.views.resume import carried_data
from guichets.catalogue.guichets import every_guichet
from guichets.catalogue.specs import GuichetSpec
from guichets.enums import Portee
from guichets.forms.demandes import CorrectionForm, DeclarationForm
from guichets.models import DemandeAuGuichet
from guichets.operations.demandes import (
    DemandeConflict,
    DemandeNotRecordable,
    correct_demande,
    end_demande,
    record_demande,
    record_known_demandes,
)
from guichets.queries.architecture import WITH_PREUVES, architecture_of, spec_of_candidature
from guichets.queries.desks import is_pulled
from guichets.queries.situation import LigneDeDemande, situation_of
from guichets.rules.architecture import DemandeRequise, requis
from guichets.rules.declarations import declaration_of, known_of_the_formulaire
from preuves.queries.dossier import dossier_of

from .access import find_demande, find_to_fill, trail_to_guichets


@dataclass(frozen=True)
class Stage:
    """One stage of a demande in its lane: `done`, `current` or `todo`; a stage may have been passed unseen."""

    label: str
    state: str
    unseen: bool


@require_safe
def page(request: PortalRequest, nru: str) -> HttpResponse:
    """The other desks of a candidature: each demande with its stage and its age, and the gates."""
    candidature = find_candidature(request, nru)
    presented = presented_volets(candidature, champs=WITH_PREUVES)
    dossier = dossier_of(candidature, presented)
    situation = situation_of(candidature, dossier=dossier, at=request.at, presented=presented)
    fills = not request.user.is_ans
    declared = {ligne.demande.objet for ligne in situation.lignes if ligne.demande}
    known = known_of_the_formulaire(situation.requis.demandes, declared)
    context = {
        "candidature": candidature,
        "trail": trail_to_candidature(candidature, request),
        "desks": [_desk(guichet, situation.of(guichet.code)) for guichet in every_guichet() if guichet.is_shown],
        "gates": situation.gates,
        "profils_known": bool(situation.architecture.profils),
        "confirms": permissions.instructs(request.user) and candidature.state == CandidatureState.OPEN,
        "known": known,
        "known_label": _label_to_declare(len(known)),
        "may": _may(candidature, fills=fills),
        "frozen": why_frozen(candidature.gel) if fills else "",
    }
    return render(request, "guichets/page.html", context)


def _may(candidature: Candidature, *, fills: bool) -> dict[str, bool]:
    """What the éditeur may do: nothing new is declared once the collège has the dossier, nothing changes afterwards."""
    works = fills and candidature.state == CandidatureState.OPEN
    return {
        "declare": works and candidature.gel == Freeze.FREE,
        "correct": works and candidature.gel != Freeze.ATTRIBUTED,
        "show": works,
    }


def _desk(desk: GuichetSpec, lignes: tuple[LigneDeDemande, ...]) -> dict[str, Any]:
    return {
        "label": desk.label,
        "code": desk.code,
        "colour": desk.couleur,
        "purpose": desk.objet,
        "is_pulled": is_pulled(desk.code),
        "lignes": [{"ligne": ligne, "stages": stages_of(ligne)} for ligne in lignes],
    }


def stages_of(ligne: LigneDeDemande) -> list[Stage]:
    """The stages of a demande, in order; a lateral one (refusal, complément) only while the demande stands there."""
    stages = ligne.guichet.by_code
    now = ligne.state if ligne.demande else ""
    shown = [code for code, stage in stages.items() if not stage.is_lateral or code == now]
    place = shown.index(now) if now in shown else -1
    seen = {passage.etape: passage.seen for passage in ligne.passages}  # the latest passage wins
    standings = [_standing(number, place, is_last=number == len(shown) - 1) for number in range(len(shown))]
    return [
        Stage(stages[code].full_label, standing, unseen=standing == "done" and not seen.get(code, True))
        for code, standing in zip(shown, standings, strict=True)
    ]


def _standing(number: int, place: int, *, is_last: bool) -> str:
    if number < place or (number == place and is_last):
        return "done"
    return "current" if number == place else "todo"


def declare(request: PortalRequest, nru: str, key: str) -> HttpResponse:
    """Declare a required demande."""
    candidature = find_to_fill(request, nru)
    required = _required(candidature, key)
    carried = carried_data(request)
    form = DeclarationForm(request.POST or carried, initial={"numero": required.numero})
    if request.method == "POST" and form.is_valid():
        try:
            record_demande(
                candidature_id=candidature.pk,
                declaration=declaration_of(
                    required, numero=form.cleaned_data["numero"], logiciel=form.cleaned_data["logiciel"]
                ),
                by=request.user,
                at=request.at,
            )
        except DemandeNotRecordable as refused:
            say_faults(form, refused.faults)
        else:
            messages.success(request, f"{required.label}\u00a0: demande déclarée.")
            return redirect("guichets:page", nru)
    context = {
        "candidature": candidature,
        "trail": trail_to_guichets(candidature, request),
        "required": required,
        "colour": required.guichet.couleur,
        "form": form,
        "carried": carried,
    }
    return show_form(request, "guichets/declare.html", context)


def _label_to_declare(count: int) -> str:
    if count == 1:
        return "Déclarer la demande connue du formulaire"
    return f"Déclarer les {count} demandes connues du formulaire"


@require_POST
def declare_known(request: PortalRequest, nru: str) -> HttpResponse:
    """Declare at once the demandes that the formulaire d'éligibilité identifies."""
    candidature = find_to_fill(request, nru)
    try:
        declared = record_known_demandes(
            candidature_id=candidature.pk, keys=request.POST.getlist("objet"), by=request.user, at=request.at
        )
    except DemandeNotRecordable as refused:
        return refuse(request, refused.reasons, "guichets:page", nru)
    sentence = "1 demande déclarée" if len(declared) == 1 else f"{len(declared)} demandes déclarées"
    messages.success(request, f"{sentence}. Vous pouvez encore les corriger.")
    return redirect("guichets:page", nru)


def _required(candidature: Candidature, key: str) -> DemandeRequise:
    asked = requis(architecture_of(candidature), spec_of_candidature(candidature))
    for requise in asked.demandes:
        if requise.key == key:
            return requise
    raise Http404


def demande(request: PortalRequest, nru: str, demande_id: int) -> HttpResponse:
    """Correct the declaration of a demande."""
    candidature = find_to_fill(request, nru)
    corrected = find_demande(candidature, demande_id)
    initial = {
        "numero": corrected.numero,
        "logiciel": corrected.logiciel,
        "nil": corrected.nil,
        "version": corrected.version,
    }
    carried = carried_data(request)
    form = CorrectionForm(request.POST or carried, initial=initial)
    if corrected.spec.portee is not Portee.COMPOSANT:
        del form.fields["nil"]
    if request.method == "POST" and form.is_valid():
        try:
            correct_demande(
                demande_id=corrected.pk,
                numero=form.cleaned_data["numero"],
                nil=form.cleaned_data.get("nil", ""),
                logiciel=form.cleaned_data["logiciel"],
                seen_version=form.cleaned_data["version"],
                by=request.user,
                at=request.at,
            )
        except DemandeConflict as conflict:
            form.add_error(None, conflict.sentence)
        except DemandeNotRecordable as refused:
            say_faults(form, refused.faults)
        else:
            messages.success(request, f"{corrected.label}\u00a0: déclaration corrigée.")
            return redirect("guichets:page", nru)
    return show(request, corrected, form, "guichets/demande.html", carried=carried)


@require_POST
def end(request: PortalRequest, nru: str, demande_id: int) -> HttpResponse:
    """Stop following a demande that was declared by mistake, or that is given up."""
    demande = find_demande(find_to_fill(request, nru), demande_id)
    reason = posted_text(request)
    try:
        end_demande(demande_id=demande.pk, reason=reason, by=request.user, at=request.at)
    except DemandeNotRecordable as refused:
        return refuse(request, refused.reasons, "guichets:demande", nru, demande_id)
    messages.success(
        request, f"{demande.label}\u00a0: cette demande n’est plus suivie. Les réponses du guichet restent affichées."
    )
    return redirect("guichets:page", nru)


def show(
    request: PortalRequest,
    demande: DemandeAuGuichet,
    form: Any,
    template: str,
    *,
    carried: Any,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    candidature = demande.candidature
    context = {
        "candidature": candidature,
        "trail": trail_to_guichets(candidature, request),
        "demande": demande,
        "colour": demande.spec.couleur,
        "form": form,
        "carried": carried,
        **more,
    }
    return render(request, template, context, status=422 if form.errors else status)


def say_faults(form: Any, faults: Any) -> None:
    """Show each fault at its field, or above the form when the form has no such field."""
    for name, sentence in faults.items():
        form.add_error(name if name in form.fields else None, sentence)
