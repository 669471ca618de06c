"""A séance before it is held: sending its agenda, moving it, cancelling it, naming its secrétaire."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from candidatures.queries.people import people_by_produit
from comptes.requests import PortalRequest, posted_number
from referencement import permissions
from referencement.forms.college import CancelForm, MoveForm
from referencement.models import SeanceDuCollege
from referencement.operations import convocations as convocations_operations
from referencement.operations.convocations import cancel_seance, entrust_seance, move_seance
from referencement.operations.examens import SeanceConflict, SeanceNotPossible
from referencement.queries.seances import agenda_of

from .seances import find_seance, refuse_who_does_not_hold, show, title_of, trail_to


@require_POST
def send_agenda(request: PortalRequest, seance_id: int) -> HttpResponse:
    """Send the agenda, as it stands, to the members."""
    seance = find_seance(request, seance_id)
    refuse_who_does_not_hold(request, seance)
    try:
        convocations_operations.send_agenda(seance_id=seance.pk, by=request.user, at=request.at)
    except SeanceNotPossible as obstacles:
        again = find_seance(request, seance_id)
        return show(request, again, refused={"agenda": obstacles.reasons}, status=409)
    messages.success(request, "L’ordre du jour est envoyé aux membres.")
    return redirect("referencement:seance", seance.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: PortalRequest, seance_id: int) -> HttpResponse:
    """Move a séance to another date; its members and the éditeurs of its dossiers are notified."""
    seance = find_seance(request, seance_id)
    refuse_who_does_not_hold(request, seance)
    form = MoveForm(request.POST or None)

    def act(**kwargs: Any) -> None:
        move_seance(**kwargs, to=form.cleaned_data["to"], reason=form.cleaned_data["reason"])

    done = "La séance est déplacée. Un e-mail est envoyé à ses membres et aux éditeurs concernés."
    return _answer(request, seance, form, act, done, "referencement/college/seance_move.html")


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: PortalRequest, seance_id: int) -> HttpResponse:
    """Cancel a séance; its dossiers may then be listed at another."""
    seance = find_seance(request, seance_id)
    refuse_who_does_not_hold(request, seance)
    form = CancelForm(request.POST or None)

    def act(**kwargs: Any) -> None:
        cancel_seance(**kwargs, reason=form.cleaned_data["reason"])

    done = "La séance est annulée. Un e-mail est envoyé à ses membres et aux éditeurs concernés."
    return _answer(request, seance, form, act, done, "referencement/college/seance_cancel.html")


def _answer(
    request: PortalRequest, seance: SeanceDuCollege, form: Form, act: Callable[..., None], done: str, template: str
) -> HttpResponse:
    """Show the form; on POST, call `act`, and if it is refused show the form as it was typed, with the reasons.

    :param act: called with `seance_id`, `seen_version`, `by` and `at`
    :param done: the sentence that confirms the act
    """
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                version = posted_number(request, "version")
                act(seance_id=seance.pk, seen_version=version, by=request.user, at=request.at)
            except SeanceNotPossible as refused:
                for reason in refused.reasons:
                    form.add_error(None, reason)
            except SeanceConflict as conflict:
                form.add_error(None, f"{conflict.sentence} Votre saisie est conservée.")
                status = 409
            else:
                messages.success(request, done)
                return redirect("referencement:seance", seance.pk)
        seance = find_seance(request, seance.pk)
    context = {
        "seance": seance,
        "title": title_of(seance),
        "trail": trail_to(seance),
        "form": form,
        "messages_sent": _messages_of(seance),
    }
    return render(request, template, context, status=status)


def _messages_of(seance: SeanceDuCollege) -> int:
    """Return how many messages leave: one to each member, and to each person of the team of each dossier."""
    produits = [examen.candidature.produit_id for examen in agenda_of(seance)]
    people = people_by_produit(produits)
    return seance.membres.count() + sum(len(people[produit]) for produit in produits)


@require_POST
def entrust(request: PortalRequest, seance_id: int) -> HttpResponse:
    """Name the secrétaire of a séance."""
    seance = find_seance(request, seance_id)
    if not permissions.entrusts_seances(request.user):
        raise PermissionDenied("Le secrétariat est confié par un secrétaire du collège ou par un administrateur.")
    try:
        entrust_seance(
            seance_id=seance.pk, compte_id=posted_number(request, "secretaire"), by=request.user, at=request.at
        )
    except SeanceNotPossible as obstacles:
        again = find_seance(request, seance_id)
        return show(request, again, refused={"secretaire": obstacles.reasons}, status=422)
    messages.success(request, "Le secrétariat de cette séance est confié.")
    return redirect("referencement:seance", seance.pk)
