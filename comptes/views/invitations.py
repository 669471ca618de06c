from django.contrib import auth, messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from comptes import operations
from comptes.forms import JoinForm
from comptes.models import Compte, Invitation
from comptes.requests import PortalRequest


@sensitive_post_parameters()
@never_cache
@login_not_required
def answer(request: PortalRequest, token: str) -> HttpResponse:
    """Show the seat that is offered; only a click takes it, since mail scanners open links."""
    invitation = get_object_or_404(Invitation.objects.select_related("editeur", "invited_by"), token=token)
    compte = request.user if request.user.is_authenticated else None
    known = Compte.objects.filter(email__iexact=invitation.email).exists()
    joining = None
    if compte is None and not known:
        newcomer = Compte(email=invitation.email)
        joining = JoinForm(request.POST or None, compte=newcomer)
    if request.method == "POST" and (joining is None or joining.is_valid()):
        try:
            rattachement = _accept(request, invitation, compte, joining)
        except operations.InvitationNotOpen as refused:
            return _page(request, invitation, reason=refused.reason, status=410)
        messages.success(request, f"Bienvenue dans l’équipe de {rattachement.editeur}.")
        return redirect("home")
    if reason := operations.why_closed(invitation, at=request.at):
        return _page(request, invitation, reason=reason, status=410)
    return _page(request, invitation, form=joining, known=known)


def _accept(request: PortalRequest, invitation: Invitation, compte: Compte | None, joining: JoinForm | None) -> object:
    if compte or joining is None:
        return operations.accept_invitation(token=invitation.token, compte=compte, at=request.at)
    typed = joining.cleaned_data
    rattachement = operations.accept_invitation(
        token=invitation.token,
        names=(typed["first_name"], typed["last_name"]),
        password=typed["new_password"],
        at=request.at,
    )
    auth.login(request, rattachement.compte, backend="django.contrib.auth.backends.ModelBackend")
    return rattachement


def _page(
    request: PortalRequest,
    invitation: Invitation,
    *,
    form: JoinForm | None = None,
    known: bool = False,
    reason: str = "",
    status: int = 200,
) -> HttpResponse:
    addressed = request.user.is_authenticated and request.user.email == invitation.email
    context = {
        "invitation": invitation,
        "form": form,
        "known": known,
        "reason": reason,
        "addressed": addressed,
        "somebody_else": request.user.is_authenticated and not addressed,
    }
    response = render(request, "comptes/invitation.html", context, status=status)
    response["Referrer-Policy"] = "no-referrer"
    return response
