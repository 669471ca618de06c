from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from comptes import permissions
from comptes.forms import JoinForm
from comptes.forms.arrivals import ArrivalForm
from comptes.models import Compte, Invitation, Rattachement
from comptes.operations.arrivees import ArrivalNotPossible, accept_invitation_as
from comptes.operations.invitations import InvitationNotOpen, accept_invitation, why_closed
from comptes.requests import PortalRequest
from comptes.typography import elided

from . import arrivals, provider
from .entrance import let_in
from .referrer import token_stays_here
from .refusals import show_form


@sensitive_post_parameters()
@never_cache
@token_stays_here
@login_not_required
def answer(request: PortalRequest, token: str) -> HttpResponse:
    """Show the seat that is offered; only a click takes it, since mail scanners open links."""
    invitation = get_object_or_404(Invitation.objects.select_related("editeur", "invited_by"), token=token)
    if request.user.is_authenticated and invitation.accepted_by_id == request.user.pk:
        messages.info(request, f"Vous avez déjà rejoint {invitation.editeur} par cette invitation.")
        return redirect(settings.LOGIN_REDIRECT_URL)
    if reason := why_closed(invitation, at=request.at):
        return _page(request, invitation, reason=reason)
    form = _joining(request, invitation)
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            rattachement = _accept(request, invitation, form)
        except (InvitationNotOpen, ArrivalNotPossible) as refused:
            return _page(request, invitation, reason=refused.sentence)
        messages.success(request, f"Bienvenue dans l’équipe {elided('de', str(rattachement.editeur))}.")
        return redirect(settings.LOGIN_REDIRECT_URL)
    return _page(request, invitation, form=form)


def _joining(request: PortalRequest, invitation: Invitation) -> JoinForm | ArrivalForm | None:
    """The form that opens an account, for somebody without one: by a proven identity, or by a password."""
    if request.user.is_authenticated or Compte.objects.of_address(invitation.email).exists():
        return None
    if arrived := arrivals.kept(request):
        person, _ = arrived
        names = {"first_name": person.first_name, "last_name": person.last_name}
        return ArrivalForm(request.POST or None, initial=names)
    return JoinForm(request.POST or None, compte=Compte(email=invitation.email))


def _accept(request: PortalRequest, invitation: Invitation, form: JoinForm | ArrivalForm | None) -> Rattachement:
    if form is None:
        compte = request.user if request.user.is_authenticated else None
        return accept_invitation(token=invitation.token, compte=compte, at=request.at)
    arrived = arrivals.kept(request)
    if isinstance(form, ArrivalForm) and arrived:
        person, token = arrived
        seat = accept_invitation_as(
            token=invitation.token, person=person, names=form.names, provider=provider.name(), at=request.at
        )
        arrivals.enter(request, seat.compte, token)
        return seat
    typed = form.cleaned_data
    rattachement = accept_invitation(
        token=invitation.token,
        names=(typed["first_name"], typed["last_name"]),
        password=typed["new_password"],
        at=request.at,
    )
    let_in(request, rattachement.compte, door="invitation")
    return rattachement


def _page(
    request: PortalRequest, invitation: Invitation, *, form: JoinForm | ArrivalForm | None = None, reason: str = ""
) -> HttpResponse:
    signed_in = request.user.is_authenticated
    context = {
        "invitation": invitation,
        "form": form,
        "reason": reason,
        "signed_in": signed_in,
        "provider": provider.name() if provider.is_set() else "",
        "by_identity": isinstance(form, ArrivalForm),
        "addressed": signed_in and permissions.is_addressed(request.user, invitation),
    }
    return show_form(request, "comptes/invitation.html", context, status=410 if reason else 200)
