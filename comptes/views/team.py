from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from comptes import permissions, queries
from comptes.enums import Role
from comptes.forms import InvitationForm, SeatForm
from comptes.models import Compte, Editeur, Invitation, Rattachement
from comptes.operations import invitations as invitations_operations
from comptes.operations import rattachements as rattachements_operations
from comptes.operations.invitations import InvitationNotOpen, InvitationNotPossible
from comptes.operations.rattachements import RattachementNotChangeable, change_role, why_not_detach
from comptes.requests import PortalRequest
from comptes.rules import rattachements as rules
from comptes.rules.rattachements import Seat

from .refusals import refuse, show_form
from .resume import carried_data
from .trail import trail_to_editeurs, trail_to_team

REFUSAL = "Seuls les mandataires et les représentants peuvent gérer les comptes de l’éditeur."


@require_safe
def page(request: PortalRequest, editeur_id: int) -> HttpResponse:
    """An éditeur's people: those present, those invited, those who left."""
    editeur = get_object_or_404(Editeur.objects.visible_to(request.user), pk=editeur_id)
    seats = list(queries.team_of(editeur))
    acting = permissions.acting_seat(request.user, editeur)
    present = [_Row.of(seat, acting, request.user) for seat in seats if seat.detached_at is None]
    context = {
        "editeur": editeur,
        "present": present,
        "acts": any(row.may_change or row.may_detach or row.may_look for row in present),
        "past": [seat for seat in seats if seat.detached_at],
        "invitations": [
            _Offer.of(invitation, acting) for invitation in queries.invitations_waiting(editeur, at=request.at)
        ],
        "trail": trail_to_editeurs(request.user),
        "manages": acting is not None and bool(rules.roles_to_offer(acting)),
    }
    return render(request, "comptes/team.html", context)


@dataclass(frozen=True)
class _Row:
    """A present person, and what the reader may change of their seat."""

    seat: Rattachement
    is_reader: bool
    may_change: bool
    may_detach: bool
    may_look: bool

    @classmethod
    def of(cls, seat: Rattachement, acting: Seat | None, reader: Compte) -> "_Row":
        governs = rules.governs(acting, Seat(seat.role, seat.may_engage))
        is_reader = seat.compte_id == reader.pk
        looks = permissions.administers(reader) and seat.compte.is_active and not seat.compte.is_ans
        changes = governs and acting is not None and len(rules.roles_to_offer(acting)) > 1
        return cls(seat, is_reader, may_change=changes, may_detach=governs or is_reader, may_look=looks)


@dataclass(frozen=True)
class _Offer:
    """An invitation that waits, and whether the reader may take it back."""

    invitation: Invitation
    may_cancel: bool

    @classmethod
    def of(cls, invitation: Invitation, acting: Seat | None) -> "_Offer":
        offered = Seat(invitation.role, invitation.may_engage)
        return cls(invitation, may_cancel=not rules.obstacles_to_offer(acting, offered))


def invite(request: PortalRequest, editeur_id: int) -> HttpResponse:
    editeur = _managed(request, editeur_id)
    carried = carried_data(request)
    form = InvitationForm(request.POST or carried, acting=permissions.acting_seat(request.user, editeur))
    if request.method == "POST" and form.is_valid():
        try:
            invitation = invitations_operations.invite(
                editeur_id=editeur.pk, **form.cleaned_data, by=request.user, at=request.at
            )
        except InvitationNotPossible as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, f"L’invitation est envoyée à {invitation.email}. Elle est valable sept jours.")
            return redirect("comptes:team", editeur.pk)
    context = {"form": form, "editeur": editeur, "carried": carried, "trail": trail_to_team(editeur, request.user)}
    return show_form(request, "comptes/invite.html", context)


@require_POST
def cancel_invitation(request: PortalRequest, invitation_id: int) -> HttpResponse:
    invitation = get_object_or_404(
        Invitation.objects.filter(editeur__in=Editeur.objects.visible_to(request.user)), pk=invitation_id
    )
    _managed(request, invitation.editeur_id)
    try:
        invitations_operations.cancel_invitation(invitation_id=invitation.pk, by=request.user, at=request.at)
    except (InvitationNotOpen, InvitationNotPossible) as refused:
        return refuse(request, refused.reasons, "comptes:team", invitation.editeur_id)
    messages.success(request, f"L’invitation de {invitation.email} est annulée.")
    return redirect("comptes:team", invitation.editeur_id)


def seat(request: PortalRequest, rattachement_id: int) -> HttpResponse:
    """Change the role of a person of the éditeur, or the power to engage it."""
    rattachement = _seat(request, rattachement_id)
    carried = carried_data(request)
    # A mandataire engages by nature: becoming a représentant, they keep that power only if it is ticked.
    delegated = rattachement.may_engage and rattachement.role == Role.REPRESENTANT
    acting = permissions.acting_seat(request.user, rattachement.editeur)
    known = {"role": rattachement.role, "may_engage": delegated}
    form = SeatForm(request.POST or carried, initial=known, acting=acting)
    if request.method == "POST" and form.is_valid():
        try:
            change_role(rattachement_id=rattachement.pk, **form.cleaned_data, by=request.user, at=request.at)
        except RattachementNotChangeable as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, f"Le rôle de {rattachement.compte} est enregistré.")
            return redirect("comptes:team", rattachement.editeur_id)
    trail = trail_to_team(rattachement.editeur, request.user)
    context = {"form": form, "seat": rattachement, "carried": carried, "trail": trail}
    return show_form(request, "comptes/seat.html", context)


def detach(request: PortalRequest, rattachement_id: int) -> HttpResponse:
    """Ask, then end a person's tie to the éditeur; a second click is answered that it is done."""
    rattachement = _seat(request, rattachement_id, leaving=True)
    is_self = rattachement.compte_id == request.user.pk
    if rattachement.detached_at:
        messages.info(request, "Ce rattachement a déjà pris fin.")
        return redirect("home") if is_self else redirect("comptes:team", rattachement.editeur_id)
    if request.method != "POST":
        reasons = why_not_detach(rattachement, by=request.user)
        return _farewell(request, rattachement, reasons, status=200)
    try:
        rattachements_operations.detach(rattachement_id=rattachement.pk, by=request.user, at=request.at)
    except RattachementNotChangeable as refused:
        return _farewell(request, rattachement, refused.reasons, status=409)
    if is_self:
        messages.success(request, f"Vous ne faites plus partie de l’éditeur {rattachement.editeur}.")
        return redirect("home")
    messages.success(request, f"{rattachement.compte} ne fait plus partie de l’éditeur {rattachement.editeur}.")
    return redirect("comptes:team", rattachement.editeur_id)


def _farewell(request: PortalRequest, seat: Rattachement, reasons: tuple[str, ...], *, status: int) -> HttpResponse:
    is_self = seat.compte_id == request.user.pk
    trail = trail_to_team(seat.editeur, request.user)
    context = {"seat": seat, "reasons": reasons, "is_self": is_self, "trail": trail}
    return render(request, "comptes/detach.html", context, status=status)


def _managed(request: PortalRequest, editeur_id: int) -> Editeur:
    editeur = get_object_or_404(Editeur.objects.visible_to(request.user), pk=editeur_id)
    if not permissions.manages_accounts(request.user, editeur):
        raise PermissionDenied(REFUSAL)
    return editeur


def _seat(request: PortalRequest, rattachement_id: int, *, leaving: bool = False) -> Rattachement:
    """Find a present seat of an éditeur that this person manages; anyone may leave their own, and find it ended."""
    theirs = Q(editeur__in=Editeur.objects.visible_to(request.user))
    seats = Rattachement.objects.filter(theirs | Q(compte=request.user) if leaving else theirs & Q(detached_at=None))
    seat = get_object_or_404(seats.select_related("compte", "editeur"), pk=rattachement_id)
    if not (leaving and seat.compte_id == request.user.pk) and not permissions.manages_accounts(
        request.user, seat.editeur
    ):
        raise PermissionDenied(REFUSAL)
    return seat
