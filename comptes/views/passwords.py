from django.contrib import auth, messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlsafe_base64_decode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from comptes.forms import ChangePasswordForm, ForgottenPasswordForm, NewPasswordForm
from comptes.models import Compte
from comptes.operations.essais import TooManyTries
from comptes.operations.passwords import choose_password, send_password_link
from comptes.requests import PortalRequest

from . import proofs, sessions
from .referrer import token_stays_here
from .refusals import show_form


@login_not_required
def forgotten(request: PortalRequest) -> HttpResponse:
    """Send a link to choose a new password; the answer is the same whether or not the address has an account."""
    form = ForgottenPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            proofs.count_a_link(request)
        except TooManyTries as refused:
            return proofs.too_many(request, refused)
        send_password_link(email=form.cleaned_data["email"], at=request.at)
        messages.success(
            request,
            "Si un compte existe à cette adresse, un e-mail vient d’y être envoyé. Il contient un lien pour "
            "choisir un mot de passe.",
        )
        return redirect("comptes:sign_in")
    return show_form(request, "comptes/password_forgotten.html", {"form": form})


@sensitive_post_parameters()
@never_cache
@token_stays_here
@login_not_required
def choose(request: PortalRequest, uidb64: str, token: str) -> HttpResponse:
    """Choose a new password from the link of a message. Opening the page changes nothing."""
    compte = _compte(uidb64)
    if compte is None or not default_token_generator.check_token(compte, token):
        return render(request, "comptes/password_link_over.html", status=410)
    form = NewPasswordForm(request.POST or None, compte=compte)
    if request.method == "POST" and form.is_valid():
        password = form.cleaned_data["new_password"]
        choose_password(compte_id=compte.pk, password=password, by_link=True, at=request.at)
        messages.success(request, "Votre mot de passe est enregistré\u00a0: connectez-vous.")
        response = redirect("comptes:sign_in")
        # The link proves that they hold the mailbox: wrong passwords typed elsewhere must not delay them.
        proofs.remember_device(request, response, compte)
        return response
    return show_form(request, "comptes/password_choose.html", {"form": form, "compte": compte})


@sensitive_post_parameters()
@never_cache
def change(request: PortalRequest) -> HttpResponse:
    if not request.user.has_usable_password():
        messages.info(
            request,
            "Votre compte n’a pas de mot de passe\u00a0: vous vous connectez avec votre identité professionnelle.",
        )
        return redirect("comptes:account")
    form = ChangePasswordForm(request.POST or None, compte=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            known = proofs.own_password(request, request.user, form.cleaned_data["old_password"])
        except TooManyTries as refused:
            return proofs.too_many(request, refused)
        if known:
            password = form.cleaned_data["new_password"]
            compte = choose_password(compte_id=request.user.pk, password=password, at=request.at)
            auth.update_session_auth_hash(request, compte)
            sessions.note_session(request, compte)
            messages.success(request, "Votre mot de passe est changé.")
            return redirect("comptes:account")
        form.add_error("old_password", "Mot de passe actuel incorrect.")
    return show_form(request, "comptes/password_change.html", {"form": form})


def _compte(uidb64: str) -> Compte | None:
    try:
        return Compte.objects.filter(pk=urlsafe_base64_decode(uidb64).decode(), is_active=True).first()
    except (ValueError, OverflowError):
        return None
