"""The advice on one dossier: each member's at their own screen, and what the secrétaire notes for the others."""

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
    """Keep each row that was touched, on its own; one that is refused is shown again as it was typed."""
    examen = find_examen(request, seance_id, nru)
    holds = permissions.holds_seance(request.user, examen.seance)
    membres = membres_of(examen.seance)
    rows = [one for one in membres if holds or one.compte_id == request.user.pk]
    if not rows:
        raise PermissionDenied("Seuls les membres de cette séance, et son secrétaire, donnent un avis.")
    noted = {one.membre_id: one for one in examen.avis.all()}
    forms = [
        AvisForm(request.POST, membre=one, noted=noted.get(one.pk), own=one.compte_id == request.user.pk)
        for one in rows
    ]
    touched = [form for form in forms if form.is_touched]
    refused = {form.membre.pk: (form, words) for form in touched if (words := _refused(request, examen.pk, form))}
    _say(request, len(touched), len(touched) - len(refused))
    if refused:
        return show(request, find_examen(request, seance_id, nru), typed=_typed_again(examen.pk, refused), status=409)
    return redirect(back_to(examen))


def _refused(request: PortalRequest, examen_id: int, form: AvisForm) -> tuple[str, ...]:
    """Why a row is not kept; nothing when it is."""
    if not form.is_valid():
        return tuple(str(error) for errors in form.errors.values() for error in errors)
    try:
        record_avis(examen_id=examen_id, said=MemberAdvice(form.membre.pk, *form.said), by=request.user, at=request.at)
    except SeanceNotPossible as refused:
        return refused.reasons
    return ()


def _typed_again(examen_id: int, refused: Mapping[int, tuple[AvisForm, tuple[str, ...]]]) -> dict[int, AvisForm]:
    """The rows that were refused, with why; over what is noted now."""
    noted = avis_of(examen_id)
    typed = {}
    for pk, (form, words) in refused.items():
        typed[pk] = form.typed_again(noted.get(pk))
        typed[pk].refuse(words)
    return typed


def _say(request: PortalRequest, touched: int, kept: int) -> None:
    if not touched:
        messages.info(request, "Rien n’a été saisi\u00a0: les avis restent comme ils sont.")
    elif kept == touched:
        messages.success(request, "L’avis est noté." if kept == 1 else "Les avis sont notés.")
    else:
        left = touched - kept
        done = f"{kept} avis noté{'s' if kept > 1 else ''}. " if kept else ""
        rest = "1 avis n’est pas noté" if left == 1 else f"{left} avis ne sont pas notés"
        messages.error(request, f"{done}{rest}\u00a0: votre saisie est gardée, corrigez-la.")
