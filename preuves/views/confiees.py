from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from candidatures.permissions import everyone_with_access
from comptes.requests import PortalRequest
from comptes.views.refusals import refuse
from preuves.forms.confiees import ConfierForm
from preuves.operations.confiees import PreuvesNotGiven, give_preuves

from .access import find_chapitre, find_dossier_to_fill


@require_POST
def give(request: PortalRequest, nru: str, code: str) -> HttpResponse:
    """Give the chosen preuves of a chapitre to a colleague, or to nobody."""
    dossier = find_dossier_to_fill(request, nru, code=code)
    find_chapitre(dossier, code)
    form = ConfierForm(request.POST, people=everyone_with_access(dossier.candidature.produit), auto_id="confier-%s")
    if not form.is_valid():
        reason = "Choisissez une personne de l’équipe, et une date écrite jour, mois, année."
        return refuse(request, [reason], "preuves:chapitre", nru, code, form=form)
    try:
        changed = give_preuves(
            candidature_id=dossier.candidature.pk,
            numeros=request.POST.getlist("preuves"),
            compte_id=form.cleaned_data["compte"],
            before=form.cleaned_data["before"],
            by=request.user,
            at=request.at,
        )
    except PreuvesNotGiven as refused:
        return refuse(request, refused.reasons, "preuves:chapitre", nru, code, form=form)
    messages.success(request, _said(changed, to_nobody=form.cleaned_data["compte"] is None))
    return redirect("preuves:chapitre", nru, code)


def _said(changed: int, *, to_nobody: bool) -> str:
    if not changed:
        return "Rien n’a changé\u00a0: ces preuves étaient déjà confiées ainsi."
    many = "s" if changed > 1 else ""
    if to_nobody:
        return f"{changed} preuve{many}\u00a0: plus confiée{many} à personne."
    return f"{changed} preuve{many} confiée{many}. Une notification est envoyée à la personne choisie."
