from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from comptes import operations, permissions, queries
from comptes.forms import InvitationForm, SeatForm
from comptes.models import Editeur, Invitation, Rattachement
from comptes.requests import PortalRequest

from .resume import carried_data

REFUSAL = "Seuls les mandataires et les représentants gèrent les comptes de l’éditeur."


@require_safe
def page(request: PortalRequest, editeur_id: int) -> HttpResponse:
    """An éditeur's people: who is there, who is invited, who left."""
    editeur = get_object_or_404(Editeur.objects.visible_to(request.user), pk=editeur_id)
    seats = list(queries.team_of(editeur))
    context = {
        "editeur": editeur,
        "present": [seat for seat in seats if seat.detached_at is None],
        "past": [seat for seat in seats if seat.detached_at],
        "invitations": queries.invitations_waiting(editeur, at=request.at),
        "manages": permissions.manages_accounts(request.user, editeur),
    }
    return render(request, "comptes/team.html", context)


def invite(request: PortalRequest, editeur_id: int) -> HttpResponse:
    editeur = _managed(request, editeur_id)
    carried = carried_data(request)
    form = InvitationForm(request.POST or carried)
    if request.method == "POST" and form.is_valid():
        try:
            invitation = operations.invite(
                editeur_id=editeur.pk, **form.cleaned_data, by=request.user, at=request.at
            )
        except operations.InvitationNotPossible as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, f"Une invitation part à {invitation.email}. Elle est valable sept jours.")
            return redirect("comptes:team", editeur.pk)
    return render(request, "comptes/invite.html", {"form": form, "editeur": editeur, "carried": carried})


@require_POST
def cancel_invitation(request: PortalRequest, invitation_id: int) -> HttpResponse:
    invitation = get_object_or_404(
        Invitation.objects.filter(editeur__in=Editeur.objects.visible_to(request.user)), pk=invitation_id
    )
    _managed(request, invitation.editeur_id)
    try:
        operations.cancel_invitation(invitation_id=invitation.pk, by=request.user, at=request.at)
    except operations.InvitationNotOpen as refused:
        messages.warning(request, refused.reason)
    else:
        messages.success(request, f"L’invitation de {invitation.email} est annulée.")
    return redirect("comptes:team", invitation.editeur_id)


def seat(request: PortalRequest, rattachement_id: int) -> HttpResponse:
    """Change the role of a person of the éditeur, or the power to engage it."""
    rattachement = _seat(request, rattachement_id)
    carried = carried_data(request)
    known = {"role": rattachement.role, "may_engage": rattachement.may_engage}
    form = SeatForm(request.POST or carried, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_role(
                rattachement_id=rattachement.pk, **form.cleaned_data, by=request.user, at=request.at
            )
        except operations.RattachementNotChangeable as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, f"Le rôle de {rattachement.compte} est enregistré.")
            return redirect("comptes:team", rattachement.editeur_id)
    return render(request, "comptes/seat.html", {"form": form, "seat": rattachement, "carried": carried})


def detach(request: PortalRequest, rattachement_id: int) -> HttpResponse:
    """Ask, then end a person's tie to the éditeur."""
    rattachement = _seat(request, rattachement_id, leaving=True)
    reasons: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            operations.detach(rattachement_id=rattachement.pk, by=request.user, at=request.at)
        except operations.RattachementNotChangeable as refused:
            reasons = refused.reasons
        else:
            messages.success(request, f"{rattachement.compte} n’est plus rattaché(e) à {rattachement.editeur}.")
            if rattachement.compte_id == request.user.pk:
                return redirect("home")
            return redirect("comptes:team", rattachement.editeur_id)
    context = {"seat": rattachement, "reasons": reasons, "is_self": rattachement.compte_id == request.user.pk}
    return render(request, "comptes/detach.html", context, status=409 if reasons else 200)


def _managed(request: PortalRequest, editeur_id: int) -> Editeur:
    editeur = get_object_or_404(Editeur.objects.visible_to(request.user), pk=editeur_id)
    if not permissions.manages_accounts(request.user, editeur):
        raise PermissionDenied(REFUSAL)
    return editeur


def _seat(request: PortalRequest, rattachement_id: int, *, leaving: bool = False) -> Rattachement:
    """Find a present seat of an éditeur that this person manages; anyone may leave their own."""
    seats = Rattachement.objects.current().filter(editeur__in=Editeur.objects.visible_to(request.user))
    found = get_object_or_404(seats.select_related("compte", "editeur"), pk=rattachement_id)
    if not (leaving and found.compte_id == request.user.pk) and not permissions.manages_accounts(
        request.user, found.editeur
    ):
        raise PermissionDenied(REFUSAL)
    return found
