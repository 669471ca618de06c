from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_list_or_404, get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from candidatures import permissions
from candidatures.catalogue.dispositifs import numeros
from candidatures.forms.produits import AccesForm, CandidatureForm, ProduitForm
from candidatures.models import AccesProduit, Echeance, Produit
from candidatures.operations import produits as produits_operations
from candidatures.operations.candidatures import CandidatureNotPossible, open_candidature
from candidatures.operations.produits import (
    AccesNotPossible,
    ProduitNotPossible,
    create_produit,
    number_produit,
    rename_produit,
)
from candidatures.queries.candidatures import first_dates_past, upcoming_dispositifs
from candidatures.queries.echeances import moved_lately
from candidatures.queries.lines import produits_of
from candidatures.queries.produits import acces_of, managers_of, salaries_of, salaries_without_acces
from comptes.dates import instant_in_words
from comptes.queries import editeurs_managed_by
from comptes.queries.seats import manages_an_editeur
from comptes.requests import PortalRequest
from comptes.views.refusals import refuse, show_form
from comptes.views.resume import carried_data

from .access import trail_to_produit, trail_to_produits


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """List the products on which this person works, and where each candidature stands."""
    manages = manages_an_editeur(request.user)
    context = {
        "produits": produits_of(request.user, at=request.at),
        "manages": manages,
        "moved": moved_lately(at=request.at),
        "has_editeur": manages or request.user.rattachements.current().exists(),
    }
    return render(request, "candidatures/produits.html", context)


def create(request: PortalRequest) -> HttpResponse:
    editeurs = get_list_or_404(editeurs_managed_by(request.user))
    carried = carried_data(request)
    form = ProduitForm(request.POST or carried, editeurs=editeurs)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                produit = create_produit(
                    editeur_id=form.cleaned_data["editeur"].pk,
                    nom=form.cleaned_data["nom"],
                    by=request.user,
                    at=request.at,
                )
                number_produit(produit_id=produit.pk, numeros=form.numeros, by=request.user, at=request.at)
        except ProduitNotPossible as refused:
            form.add_error("nom", list(refused.reasons))
        else:
            messages.success(request, f"Le produit « {produit} » est créé.")
            return redirect("candidatures:produit", produit.pk)
    return show_form(
        request, "candidatures/produit_new.html", {"form": form, "carried": carried, "trail": trail_to_produits()}
    )


@require_safe
def page(request: PortalRequest, produit_id: int) -> HttpResponse:
    """Show one product: its candidatures, and who has access to it."""
    produit = _produit(request, produit_id)
    manages = permissions.manages_produits(request.user, produit.editeur)
    return render(
        request,
        "candidatures/produit.html",
        {
            "produit": produit,
            "trail": trail_to_produits(),
            "candidatures": produit.candidatures.select_related("dispositif").order_by("opened_at", "pk"),
            "manages": manages,
            "numeros": [
                (champ.label, produit.numeros[code]) for code, champ in numeros().items() if code in produit.numeros
            ],
            "managers": managers_of(produit),
            "acces": acces_of(produit),
            "acces_form": AccesForm(salaries=salaries_without_acces(produit)) if manages else None,
        },
    )


def correct(request: PortalRequest, produit_id: int) -> HttpResponse:
    produit = _managed(request, produit_id)
    carried = carried_data(request)
    form = ProduitForm(
        request.POST or carried,
        editeurs=[produit.editeur],
        initial={"nom": produit.nom, "editeur": produit.editeur} | produit.numeros,
    )
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                known: dict[str, Any] = {"produit_id": produit.pk, "by": request.user, "at": request.at}
                rename_produit(nom=form.cleaned_data["nom"], **known)
                number_produit(numeros=form.numeros, **known)
        except ProduitNotPossible as refused:
            form.add_error("nom", list(refused.reasons))
        else:
            messages.success(request, "Le produit est enregistré.")
            return redirect("candidatures:produit", produit.pk)
    context = {"form": form, "produit": produit, "carried": carried, "trail": trail_to_produit(produit)}
    return show_form(request, "candidatures/produit_edit.html", context)


@require_POST
def give_acces(request: PortalRequest, produit_id: int) -> HttpResponse:
    produit = _managed(request, produit_id)
    form = AccesForm(request.POST, salaries=salaries_of(produit))
    if not form.is_valid():
        return refuse(request, ["Choisissez la personne à qui confier ce produit."], "candidatures:produit", produit.pk)
    rattachement = form.cleaned_data["rattachement"]
    try:
        produits_operations.give_acces(
            produit_id=produit.pk, rattachement_id=rattachement.pk, by=request.user, at=request.at
        )
    except AccesNotPossible as refused:
        return refuse(request, refused.reasons, "candidatures:produit", produit.pk)
    messages.success(request, f"{rattachement.compte} a maintenant accès à « {produit} ».")
    return redirect("candidatures:produit", produit.pk)


@require_POST
def end_acces(request: PortalRequest, acces_id: int) -> HttpResponse:
    acces = get_object_or_404(
        AccesProduit.objects.filter(produit__in=Produit.objects.visible_to(request.user)), pk=acces_id
    )
    _managed(request, acces.produit_id)
    produits_operations.end_acces(acces_id=acces.pk, by=request.user, at=request.at)
    messages.success(request, f"{acces.rattachement.compte} n’a plus accès à « {acces.produit} ».")
    return redirect("candidatures:produit", acces.produit_id)


def attach(request: PortalRequest, produit_id: int) -> HttpResponse:
    """Attach a product to a démarche, which opens a candidature."""
    produit = _managed(request, produit_id)
    form = CandidatureForm(request.POST or None, at=request.at)
    if request.method == "POST" and form.is_valid():
        try:
            candidature = open_candidature(
                produit_id=produit.pk,
                dispositif_code=form.cleaned_data["dispositif"].pk,
                by=request.user,
                at=request.at,
            )
        except CandidatureNotPossible as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, f"La candidature {candidature} est ouverte.")
            return redirect("referencement:candidature", candidature.nru)
    context = {
        "form": form,
        "produit": produit,
        "none_is_open": not form.has_choices,
        "upcoming": upcoming_dispositifs(at=request.at),
        "late": [_late_sentence(echeance) for echeance in first_dates_past(at=request.at)],
        "trail": trail_to_produit(produit),
    }
    return show_form(request, "candidatures/attach.html", context)


def _late_sentence(date_1: Echeance) -> str:
    """Say, before a product is attached, what a past échéance means for it, and what remains possible."""
    return (
        f"{date_1.dispositif}\u00a0: la {date_1.nom} est passée, c’était le {instant_in_words(date_1.at)}. "
        "Si vous rattachez ce produit maintenant, vous ne pourrez pas soumettre son dossier administratif, sauf "
        "dérogation de l’ANS. Vous pourrez la demander une fois la candidature ouverte."
    )


def _produit(request: PortalRequest, produit_id: int) -> Produit:
    return get_object_or_404(Produit.objects.visible_to(request.user).select_related("editeur"), pk=produit_id)


def _managed(request: PortalRequest, produit_id: int) -> Produit:
    """Find a product that this person manages; 403 for somebody who only works on it, 404 for a stranger."""
    produit = _produit(request, produit_id)
    if not permissions.manages_produits(request.user, produit.editeur):
        raise PermissionDenied("Seuls les mandataires et les représentants peuvent gérer les produits de l’éditeur.")
    return produit
