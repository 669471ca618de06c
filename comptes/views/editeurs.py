from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from comptes import permissions, queries
from comptes.forms.editeurs import EditeurForm, RegistrationForm
from comptes.models import Editeur
from comptes.operations.editeurs import EditeurNotPossible, correct_editeur, register_editeur
from comptes.requests import PortalRequest
from comptes.rules import texts

from .resume import carried_data
from .trail import trail_to_editeurs, trail_to_team

PER_PAGE = 25
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
    text = texts.query(request.GET.get("q", ""))
    editeurs = queries.editeurs_of(request.user, text=text)
    if not request.user.is_ans and not text and len(editeurs) == 1:
        return redirect("comptes:team", editeurs[0].pk)
    context = {
        "page": Paginator(editeurs, PER_PAGE).get_page(request.GET.get("page")),
        "text": text,
        "query": urlencode({"q": text} if text else {}),
        "actions": [_REGISTER, _REQUESTS] if permissions.administers(request.user) else [],
    }
    return render(request, "comptes/editeurs.html", context)


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
    return render(request, "comptes/editeur_new.html", context)


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
    return render(request, "comptes/editeur_edit.html", context)
