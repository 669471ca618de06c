from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.views.decorators.http import require_safe

from comptes import permissions
from comptes.forms.editeurs import EditeurForm, RegistrationForm
from comptes.models import Compte, Editeur
from comptes.operations.editeurs import EditeurNotPossible, correct_editeur, register_editeur
from comptes.queries.liste_des_editeurs import (
    BY_NAME,
    VUES,
    called,
    countries_of_editeurs,
    counts_by_vue,
    editeur_lines,
    in_order,
    in_vue,
)
from comptes.queries.vues import vues_of
from comptes.requests import PortalRequest
from comptes.rules import texts
from comptes.rules.figures import whole
from comptes.rules.listes import Asked, Colonne, Filtre, Liste, Vue

from .listes import WorkList, drawn, page_asked, remember
from .listes import register as register_list
from .refusals import show_form
from .resume import carried_data
from .trail import trail_to_editeurs, trail_to_team

NAME = "comptes:editeurs"
COLONNES = (
    Colonne("objet", "Raison sociale", BY_NAME),
    Colonne("numero", "Identifiant"),
    Colonne("solution", "Commune"),
    Colonne("nombre", "Personnes"),
    Colonne("etat", "À noter"),
    Colonne("attente", "Inscrit le", "inscription"),
)
_REGISTER = {
    "label": "Inscrire un éditeur",
    "href": reverse_lazy("comptes:editeur_new"),
    "kind": "primary",
    "icon": "plus",
}

_REQUESTS = {
    "label": "Demandes d’inscription",
    "href": reverse_lazy("comptes:inscriptions"),
    "kind": "secondary",
    "icon": "list",
}


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """The éditeurs that this person sees; somebody who has only one goes straight to its team."""
    reader = request.user
    liste = _liste(reader)
    asked = liste.read(request.GET.dict(), searched=texts.query)
    page = page_asked(_rows(reader, asked), asked)
    if not reader.is_ans and not asked.text and len(page.keys) == 1:
        return redirect("comptes:team", page.keys[0])
    context = {
        **drawn(liste, asked, counts=_counts(reader), page=page),
        "name": NAME,
        "vues": vues_of(reader, NAME),
        "lines": editeur_lines(page.keys),
        "actions": [_REGISTER, _REQUESTS] if permissions.administers(reader) else [],
    }
    answer = render(request, "comptes/editeurs.html", context)
    return remember(request, answer, asked, page.keys) if reader.is_ans else answer


def _liste(reader: Compte) -> Liste:
    """Declare the list; whoever is not of the ANS has a few éditeurs, without tabs nor filters."""
    if not reader.is_ans:
        return Liste(colonnes=COLONNES, usual=BY_NAME)
    return Liste(
        colonnes=COLONNES,
        vues=tuple(Vue(name, label) for name, label in VUES.items()),
        filtres=(Filtre("pays", "Pays", countries_of_editeurs(), is_shared_out=True),),
        usual=BY_NAME,
    )


def _counts(reader: Compte) -> dict[str, str]:
    return counts_by_vue() if reader.is_ans else {}


def _rows(reader: Compte, asked: Asked) -> QuerySet[Editeur]:
    country = Q(country=asked.of("pays")) if asked.of("pays") else Q()
    return in_order(in_vue(reader, asked.vue).filter(called(asked.text), country), asked.tri)


def rows_asked(address: Mapping[str, str], reader: Compte, at: datetime) -> QuerySet[Editeur]:
    """Return the éditeurs that an address asks for, to export them or to go from one to the next."""
    return _rows(reader, _liste(reader).read(address, searched=texts.query))


register_list(
    WorkList(
        NAME,
        rows_asked,
        whole,
        lambda key, wanted: reverse("comptes:team", args=[key]),
        frozenset({"comptes:team"}),
    )
)


def register(request: PortalRequest) -> HttpResponse:
    """Enter an éditeur in the portal and invite its first mandataire."""
    if not permissions.administers(request.user):
        raise PermissionDenied("Seul un administrateur du portail peut inscrire un éditeur.")
    carried = carried_data(request)
    form = RegistrationForm(request.POST or carried)
    if request.method == "POST" and form.is_valid():
        mandataire = form.cleaned_data["mandataire"]
        values: dict[str, Any] = {**form.values, "company": form.cleaned_data["entreprise"]}
        try:
            editeur = register_editeur(**values, mandataire=mandataire, by=request.user, at=request.at)
        except EditeurNotPossible as refused:
            form.add_error("entreprise", refused.sentence)
        else:
            if form.note:
                messages.info(request, form.note)
            messages.success(request, f"{editeur} est inscrit ; {mandataire} reçoit une invitation.")
            return redirect("comptes:team", editeur.pk)
    context = {"form": form, "carried": carried, "trail": trail_to_editeurs(request.user)}
    return show_form(request, "comptes/editeur_new.html", context)


def correct(request: PortalRequest, editeur_id: int) -> HttpResponse:
    editeur = get_object_or_404(Editeur.objects.visible_to(request.user), pk=editeur_id)
    if not permissions.manages_accounts(request.user, editeur):
        raise PermissionDenied(
            "Seuls les mandataires et les représentants peuvent modifier les informations de l’éditeur."
        )
    carried = carried_data(request)
    known = {field: getattr(editeur, field) for field in EditeurForm.base_fields}
    form = EditeurForm(request.POST or carried, initial=known)
    if request.method == "POST" and form.is_valid():
        correct_editeur(editeur_id=editeur.pk, values=form.cleaned_data, by=request.user, at=request.at)
        messages.success(request, "Les informations de l’éditeur sont enregistrées.")
        return redirect("comptes:team", editeur.pk)
    context = {"form": form, "editeur": editeur, "carried": carried, "trail": trail_to_team(editeur, request.user)}
    return show_form(request, "comptes/editeur_edit.html", context)
