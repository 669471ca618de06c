from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from comptes.forms import CompteForm
from comptes.operations.comptes import correct_compte
from comptes.requests import PortalRequest

from . import provider
from .refusals import show_form
from .resume import carried_data


def account(request: PortalRequest) -> HttpResponse:
    """The reader's own account: names, phone, roles and éditeurs."""
    carried = carried_data(request)
    form = CompteForm(request.POST or carried, instance=request.user)
    if request.method == "POST" and form.is_valid():
        correct_compte(compte_id=request.user.pk, values=form.cleaned_data)
        messages.success(request, "Vos informations sont enregistrées.")
        return redirect("comptes:account")
    context = {
        "form": form,
        "carried": carried,
        "seats": request.user.rattachements.select_related("editeur").order_by("-detached_at", "pk"),
        "roles": request.user.roles_ans_labels,
        "provider": provider.name() if provider.is_set() else "",
        "is_linked": provider.knows(request.user),
    }
    return show_form(request, "comptes/account.html", context)
