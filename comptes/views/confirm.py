"""Proving one's identity again before an act that cannot be undone, without losing what was typed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode

from comptes import clock, journal, queries
from comptes.dates import instant_in_words
from comptes.enums import SecurityEvent
from comptes.forms import CodeConfirmForm, ConfirmForm
from comptes.models import Compte
from comptes.operations.essais import TooManyTries
from comptes.requests import PortalRequest

from . import factor, proofs, provider, resume, sessions

STAMP = "authenticated_at"
AT_THE_PROVIDER = "authenticated_at_the_provider_at"
OWN_FIELDS = ("csrfmiddlewaretoken", ConfirmForm.prefix)


def stamp(request: HttpRequest, *, proved_at: datetime | None = None, at_the_provider: bool = False) -> None:
    """Remember when somebody proved who they are: now, unless `proved_at` says when."""
    request.session[STAMP] = (proved_at or clock.machine_now()).isoformat()
    if at_the_provider:
        request.session[AT_THE_PROVIDER] = request.session[STAMP]


_NO_FACTOR = (
    "Une personne qui lit vos e-mails pourrait changer votre mot de passe et signer à votre place. Pour signer, "
    "activez d’abord la seconde étape de connexion\u00a0: il faut une application sur votre téléphone, et deux "
    "minutes."
)
_TOO_YOUNG = (
    "Votre moyen de connexion a été ajouté peu après un changement de mot de passe par e-mail. Par sécurité, vous "
    "pourrez signer à partir du {until}. Si vous n’avez pas demandé ce changement, prévenez l’ANS."
)


def note_sign_in(request: HttpRequest, user: Compte, **_: Any) -> None:
    """Run at each sign-in, by password or provider: it is a fresh proof, and this browser is known from now on."""
    stamp(request)
    request.session.pop(AT_THE_PROVIDER, None)
    factor.note_sign_in(request, user)
    sessions.note_session(request, user)
    journal.note(SecurityEvent.SIGNED_IN, compte=user)
    request.signed_in_now = user  # type: ignore[attr-defined]  # read by the middleware, which has the response


def is_recent(request: HttpRequest, *, among: Collection[str] = (STAMP,)) -> bool:
    """Whether the person proved who they are a short while ago, on the machine's clock, as sessions age.

    :param among: the proofs that count, by their key in the session
    """
    since = clock.machine_now() - timedelta(seconds=settings.PROOF_IS_FRESH_FOR)
    proved = (request.session.get(key) for key in among)
    return any(at is not None and datetime.fromisoformat(at) > since for at in proved)


@dataclass(frozen=True)
class AskedProof:
    """The proofs of identity that count for one act.

    `form`: where a secret is typed, None when none of theirs counts; `among`: the keys of the proofs of the session
    that count; `obstacle`: why nothing of theirs counts, and `title` in a word, in French.
    """

    form: type[ConfirmForm | CodeConfirmForm] | None
    among: tuple[str, ...]
    obstacle: str = ""
    title: str = ""

    @property
    def may_tie(self) -> bool:
        """Whether a second factor is all that this person lacks."""
        return self.obstacle == _NO_FACTOR

    @property
    def by_the_provider(self) -> bool:
        return AT_THE_PROVIDER in self.among


def _asked(request: PortalRequest, *, stronger: bool) -> AskedProof:
    compte = request.user
    has_factor = queries.has_factor(compte)
    if not stronger or (_has_no_secret_here(compte) and not has_factor):
        provider_too = (AT_THE_PROVIDER,) if provider.knows(compte) else ()
        return AskedProof(CodeConfirmForm if has_factor else ConfirmForm, (STAMP, *provider_too))
    ways = {}
    if has_factor:
        ways[factor.PROVED] = queries.factor_proves_from(compte)
    if provider.knows(compte):
        ways[AT_THE_PROVIDER] = queries.identity_proves_from(compte, issuer=settings.OIDC["issuer"])
    among = tuple(key for key, since in ways.items() if since is None or since <= request.at)
    if among:
        return AskedProof(CodeConfirmForm if factor.PROVED in among else None, among)
    if not ways:
        return AskedProof(None, (), _NO_FACTOR, "Votre mot de passe ne suffit pas")
    until = instant_in_words(min(since for since in ways.values() if since))
    return AskedProof(None, (), _TOO_YOUNG.format(until=until), "C’est trop tôt")


def lacks_a_stronger_proof(request: PortalRequest) -> AskedProof:
    """Return which proof a future signatory must give; `obstacle` is empty when they lack nothing."""
    return _asked(request, stronger=True)


def ask_again(request: PortalRequest, *, act: str, stronger: bool = False) -> HttpResponse | None:
    """Ask for a proof of identity before a posted act; None when a recent one exists, and the act goes on.

    The page holds all that was posted: once the secret is right, the same request does the act.

    :param act: what will be done, in French
    :param stronger: whether a password is not enough
    """
    asked = _asked(request, stronger=stronger)
    if is_recent(request, among=asked.among):
        return None
    answered = ConfirmForm.was_posted(request.POST)
    form = asked.form(request.POST if answered else None) if asked.form else None
    try:
        proved = answered and form is not None and _proves(request, form)
    except TooManyTries as refused:
        return proofs.too_many(request, refused)
    if proved:
        stamp(request)
        return None
    return _page(request, form, act, asked)


Proof = ConfirmForm | CodeConfirmForm


def _proves(request: PortalRequest, form: Proof) -> bool:
    """Whether the secret is right; whoever has a second factor gives a code of it."""
    if _enters_freely(request.user, form):
        return True
    if not form.is_valid():
        return False
    if isinstance(form, CodeConfirmForm):
        known = factor.proves(request, form.cleaned_data["code"])
        if not known:
            form.refuse()
        return known
    if proofs.own_password(request, request.user, form.cleaned_data["password"]):
        return True
    form.add_error("password", "Mot de passe incorrect.")
    return False


def _enters_freely(compte: Compte, form: Proof) -> bool:
    """In the demonstration nobody has a secret: pressing the button is enough."""
    return isinstance(form, ConfirmForm) and _has_no_secret_here(compte)


def _has_no_secret_here(compte: Compte) -> bool:
    return bool(settings.DEMO) and not compte.has_usable_password()


def _page(request: PortalRequest, form: Proof | None, act: str, asked: AskedProof) -> HttpResponse:
    typed = [
        (name, value) for name, values in request.POST.lists() if not name.startswith(OWN_FIELDS) for value in values
    ]
    context = {
        "form": form,
        "act": act,
        "typed": typed,
        "here": request.get_full_path(),
        "back": resume.page_before(request) or resolve_url("home"),
        "is_free": form is not None and _enters_freely(request.user, form),
        "has_secret": isinstance(form, CodeConfirmForm) or (form is not None and request.user.has_usable_password()),
        "asked": asked,
        "enrol": f"{reverse('comptes:factor_enrol')}?{urlencode({'next': resume.page_before(request) or ''})}",
        "provider": provider.name() if asked.by_the_provider else "",
        "carried": resume.pack(request),
    }
    response = render(request, "comptes/confirm.html", context, status=401)
    patch_cache_control(response, private=True, no_store=True)
    return response
