"""The demandes de compléments: making one, with a day of answer; cancelling one; keeping modèles."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from candidatures import permissions
from candidatures.catalogue.dispositifs import spec_of, specs_in_order
from candidatures.catalogue.specs import DispositifSpec
from candidatures.enums import DemandeState, VoletKind, VoletState
from candidatures.forms.instruction import CancellationForm, DemandeForm, ModeleForm
from candidatures.models import Demande, ModeleDeDemande, Volet
from candidatures.operations import modeles as modeles_operations
from candidatures.operations.demandes import cancel_demande
from candidatures.operations.instruction import DemandeNotPossible, ask_complement, reopen_volet
from candidatures.operations.modeles import ModeleNotPossible
from candidatures.operations.volets import Conflict
from candidatures.queries import demandes as demandes_queries
from candidatures.queries.demandes import champs_of, due_of, labels_of, modeles_of
from candidatures.queries.volets import spec_of_volet, who_moved
from candidatures.rules.freeze import why_frozen
from comptes.requests import PortalRequest
from comptes.rules.figures import whole
from comptes.views.refusals import refuse, show_form
from comptes.views.resume import carried_data

from .access import find_volet_to_review, is_open, refuse_who_does_not_instruct, sends_to_the_team, trail_to_candidature


def ask(request: PortalRequest, nru: str, kind: VoletKind) -> HttpResponse:
    """Open named champs again: a complément on a submitted volet, a reopening of an admitted one."""
    volet = find_volet_to_review(request, nru, kind)
    refuse_who_does_not_instruct(request)
    carried = carried_data(request)
    modeles_of_volet = modeles_of(spec_of(volet.candidature.dispositif_id), kind)
    modele = _chosen(request, modeles_of_volet)
    form = DemandeForm(request.POST or carried, spec=spec_of_volet(volet), initial=_initial(volet, modele))
    if request.method == "POST" and form.is_valid():
        act = reopen_volet if volet.state == VoletState.ADMITTED else ask_complement
        try:
            act(
                volet_id=volet.pk,
                champs=form.cleaned_data["champs"],
                text=form.cleaned_data["text"],
                due_at=form.due_at(),
                seen_version=form.cleaned_data["version"],
                by=request.user,
                at=request.at,
            )
        except Conflict as conflict:
            form.add_error(None, f"{conflict.sentence} Rien n’a été demandé.")
        except DemandeNotPossible as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, "La demande est envoyée à l’équipe de l’éditeur.")
            return redirect("candidatures:volet_review", nru, kind)
    closed, frozen = not is_open(volet), why_frozen(volet.candidature.gel)
    context = {
        **_around(request, volet),
        "form": form,
        "carried": carried,
        "may_ask": not (closed or frozen) and volet.state in (VoletState.SUBMITTED, VoletState.ADMITTED),
        "refusal": frozen,
        "modeles": [(choice.pk, choice.titre, choice == modele) for choice in modeles_of_volet],
        "keeps_modeles": permissions.keeps_modeles(request.user),
    }
    return show_form(request, "candidatures/demande.html", context)


def cancel(request: PortalRequest, nru: str, kind: VoletKind) -> HttpResponse:
    """Cancel the demande that waits for an answer."""
    volet = find_volet_to_review(request, nru, kind)
    refuse_who_does_not_instruct(request)
    demande = volet.demandes.select_related("asked_by").order_by("-number").first()
    if demande is None:
        raise Http404
    carried = carried_data(request)
    form = CancellationForm(request.POST or carried)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            cancel_demande(demande_id=demande.pk, reason=reason, by=request.user, at=request.at)
        except DemandeNotPossible as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, "La demande est annulée. L’équipe de l’éditeur recevra une notification.")
            return redirect("candidatures:volet_review", nru, kind)
    context = {
        **_around(request, volet),
        "form": form,
        "carried": carried,
        "demande": demande,
        "labels": labels_of(volet, demande.champs),
        "may_cancel": is_open(volet) and demande.state == DemandeState.ASKED,
    }
    return show_form(request, "candidatures/demande_cancel.html", context)


def _around(request: PortalRequest, volet: Volet) -> dict[str, Any]:
    """Return what the page of a demande shows of its volet."""
    return {
        "volet": volet,
        "candidature": volet.candidature,
        "trail": trail_to_candidature(volet.candidature, request),
        "sends": sends_to_the_team(volet.candidature),
        "moved": who_moved(volet),
    }


@require_safe
def modeles(request: PortalRequest) -> HttpResponse:
    """List the modèles, by volet."""
    if not request.user.is_ans:
        raise Http404
    specs = specs_in_order()
    context = {
        "trail": [("Instruction", reverse("referencement:instruction"))],
        "modeles": [(modele, champs_of(modele)) for modele in demandes_queries.modeles()],
        "keeps": permissions.keeps_modeles(request.user),
        "several": len(specs) > 1,
        "new": [_new_modele(spec, kind, several=len(specs) > 1) for spec in specs for kind in VoletKind],
    }
    return render(request, "candidatures/modeles.html", context)


def _new_modele(spec: DispositifSpec, kind: VoletKind, *, several: bool) -> tuple[str, str]:
    """Return the address where a modèle is written, and its label, with the dispositif when there are several."""
    title = spec.volets[kind].title
    label = f"Nouveau modèle\u00a0: {title[0].lower()}{title[1:]}"
    address = reverse("candidatures:modele_new", args=[kind])
    return (f"{address}?dispositif={spec.code}", f"{label} ({spec.nom})") if several else (address, label)


def create_modele(request: PortalRequest, kind: VoletKind) -> HttpResponse:
    """Write a modèle for one volet of a dispositif, perhaps from another modèle.

    The first dispositif, unless the address names another.
    """
    _refuse_who_keeps_no_modele(request)
    specs = specs_in_order()
    if not specs:
        raise Http404
    spec = next((spec for spec in specs if spec.code == request.GET.get("dispositif")), specs[0])
    carried = carried_data(request)
    former = _chosen(request, modeles_of(spec, kind))
    initial = {"titre": former.titre, "champs": former.champs, "text": former.text} if former else {}
    form = ModeleForm(request.POST or carried, spec=spec.volets[kind], initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            modeles_operations.create_modele(
                dispositif_code=spec.code, kind=kind, **form.cleaned_data, by=request.user, at=request.at
            )
        except ModeleNotPossible as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, "Le modèle est enregistré.")
            return redirect("candidatures:modeles")
    context = {
        "trail": [
            ("Instruction", reverse("referencement:instruction")),
            ("Modèles de demande", reverse("candidatures:modeles")),
        ],
        "form": form,
        "carried": carried,
        "volet": f"{spec.volets[kind].title}, {spec.titre}" if len(specs) > 1 else spec.volets[kind].title,
    }
    return show_form(request, "candidatures/modele_new.html", context)


@require_POST
def retire_modele(request: PortalRequest, modele_id: int) -> HttpResponse:
    _refuse_who_keeps_no_modele(request)
    modele = get_object_or_404(ModeleDeDemande, pk=modele_id)
    try:
        modeles_operations.retire_modele(modele_id=modele.pk, by=request.user, at=request.at)
    except ModeleNotPossible as refused:
        return refuse(request, refused.reasons, "candidatures:modeles")
    messages.success(request, f"Le modèle «\u00a0{modele}\u00a0» est retiré.")
    return redirect("candidatures:modeles")


def demandes_for_page(volet: Volet, *, at: datetime) -> list[dict[str, Any]]:
    """Return the demandes on a volet, the latest first, with their champs and their day of answer."""
    rows = volet.demandes.select_related("asked_by", "answered_by", "cancelled_by").order_by("-number")
    return [
        {"demande": demande, "champs": labels_of(volet, demande.champs), "due": due_for_page(demande, at=at)}
        for demande in rows
    ]


def demande_for_page(demande: Demande | None, *, at: datetime) -> dict[str, Any]:
    """Return what the ANS is waiting for, and until when; None when it waits for nothing."""
    return {"demande": demande, "due": due_for_page(demande, at=at) if demande else None}


def due_for_page(demande: Demande, *, at: datetime) -> dict[str, Any] | None:
    """Return the day of answer, as the component of échéances shows it; None when there is none."""
    due = due_of(demande)
    if due is None:
        return None
    over = demande.state != DemandeState.ASKED
    end = "closed" if demande.state == DemandeState.CANCELLED else "done"
    return {"at": due.at, "state": end if over else due.state(at), "remaining": "" if over else due.remaining(at)}


def _initial(volet: Volet, modele: ModeleDeDemande | None) -> dict[str, Any]:
    from_modele = {"champs": modele.champs, "text": modele.text} if modele else {}
    return {"version": volet.version, **from_modele}


def _chosen(request: PortalRequest, modeles: Any) -> ModeleDeDemande | None:
    """Return the modèle that the address names, if it is one of these."""
    number = whole(request.GET.get("modele", ""))
    return None if number is None else modeles.filter(pk=number).first()


def _refuse_who_keeps_no_modele(request: PortalRequest) -> None:
    if not request.user.is_ans:
        raise Http404
    if not permissions.keeps_modeles(request.user):
        raise PermissionDenied("Seuls les responsables d’instruction peuvent gérer les modèles de demande.")
