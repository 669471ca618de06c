"""The avis on one dossier: those that members give themselves, and those that the secrétaire notes for them."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from comptes.requests import PortalRequest
from referencement import permissions
from referencement.forms.avis import AvisForm
from referencement.operations.avis import MemberAdvice, record_avis
from referencement.operations.examens import SeanceNotPossible
from referencement.queries.seances import avis_of, membres_of

from .examens import back_to, find_examen, show


@require_POST
def avis(request: PortalRequest, seance_id: int, nru: str) -> HttpResponse:
    """Note each avis that was changed, in its own transaction; one that is refused is shown again as it was typed."""
    examen = find_examen(request, seance_id, nru)
    holds = permissions.holds_seance(request.user, examen.seance)
    membres = membres_of(examen.seance)
    rows = [membre for membre in membres if holds or membre.compte_id == request.user.pk]
    if not rows:
        raise PermissionDenied("Les avis sont donnés par les membres de cette séance ou notés par son secrétariat.")
    noted = {membre.membre_id: membre for membre in examen.avis.all()}
    forms = [
        AvisForm(request.POST, membre=membre, noted=noted.get(membre.pk), own=membre.compte_id == request.user.pk)
        for membre in rows
    ]
    touched = [form for form in forms if form.is_touched]
    refused = {form.membre.pk: (form, reasons) for form in touched if (reasons := _refused(request, examen.pk, form))}
    if refused:
        typed, told = _typed_again(examen.pk, refused), _told(len(touched) - len(refused), len(refused))
        return show(request, find_examen(request, seance_id, nru), typed=typed, told=told, status=409)
    _say(request, len(touched))
    return redirect(back_to(examen))


def _refused(request: PortalRequest, examen_id: int, form: AvisForm) -> tuple[str, ...]:
    """Note one avis; return the reasons when it is refused."""
    if not form.is_valid():
        return tuple(str(error) for errors in form.errors.values() for error in errors)
    try:
        record_avis(
            examen_id=examen_id, advice=MemberAdvice(form.membre.pk, *form.advice), by=request.user, at=request.at
        )
    except SeanceNotPossible as refused:
        return refused.reasons
    return ()


def _typed_again(examen_id: int, refused: Mapping[int, tuple[AvisForm, tuple[str, ...]]]) -> dict[int, AvisForm]:
    """Return the forms that were refused, by pk of member, with the reasons; they now say which version they saw."""
    noted = avis_of(examen_id)
    typed = {}
    for pk, (form, reasons) in refused.items():
        typed[pk] = form.typed_again(noted.get(pk))
        typed[pk].refuse(reasons)
    return typed


def _say(request: PortalRequest, noted: int) -> None:
    if noted:
        messages.success(request, "L’avis est enregistré." if noted == 1 else "Les avis sont enregistrés.")
    else:
        messages.info(request, "Aucun avis saisi : les avis ne changent pas.")


def _told(kept: int, left: int) -> str:
    """Say how many avis were noted, and how many are shown again."""
    done = f"{kept} avis enregistré{'s' if kept > 1 else ''}. " if kept else ""
    rest = "1 avis n’est pas noté" if left == 1 else f"{left} avis ne sont pas notés"
    return f"{done}{rest}\u00a0: votre saisie est conservée, corrigez-la."
