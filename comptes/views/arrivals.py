"""The first arrival of a person known to the identity provider, and not yet to the portal."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from comptes import clock, permissions, queries
from comptes.enums import InscriptionState
from comptes.forms.arrivals import AgainForm, ArrivalForm, InscriptionForm, OpeningForm
from comptes.forms.editeurs import EditeurForm
from comptes.models import Compte, Inscription, Rattachement
from comptes.operations.arrivees import (
    ArrivalNotPossible,
    accept_inscription,
    ask_again,
    ask_inscription,
    join_editeur,
    open_editeur,
    refuse_inscription,
)
from comptes.requests import PortalRequest, posted_text
from comptes.rules.companies import Company, name_of
from comptes.rules.identity import ProvenPerson, way_in
from comptes.typography import elided

from . import provider
from .entrance import let_in
from .refusals import refuse, show_form
from .trail import trail_to_editeurs

KEY = "arrival"
DOOR = "openid"
PENDING = timedelta(minutes=30)
PER_PAGE = 25
_FORMS: dict[str, type[ArrivalForm]] = {"join": ArrivalForm, "open": OpeningForm, "ask": InscriptionForm}


def keep(request: HttpRequest, proven: provider.Proven) -> None:
    """Keep in the session a person who is identified but has no account yet, for the page that opens it."""
    stored = asdict(proven.person) | {"token": proven.id_token, "at": clock.machine_now().isoformat()}
    request.session[KEY] = stored


def kept(request: HttpRequest) -> tuple[ProvenPerson, str] | None:
    stored: dict[str, Any] | None = request.session.get(KEY)
    if not stored or clock.machine_now() - datetime.fromisoformat(stored["at"]) > PENDING:
        return None
    fields = {name: value for name, value in stored.items() if name not in ("at", "token")}
    fields["company"] = Company(**fields["company"]) if fields["company"] else None
    return ProvenPerson(**fields), stored["token"]


def enter(request: HttpRequest, compte: Compte, token: str) -> None:
    """Sign in the person whose account was just opened, and forget what `keep` stored."""
    del request.session[KEY]
    let_in(request, compte, door=DOOR)
    request.session[provider.ID_TOKEN] = token


@never_cache
@login_not_required
def arrival(request: PortalRequest) -> HttpResponse:
    """Show what the provider said, and open the account: in a known company, with a new one, or with a request."""
    arrived = kept(request)
    if request.user.is_authenticated or arrived is None:
        return redirect(settings.LOGIN_REDIRECT_URL if request.user.is_authenticated else "comptes:sign_in")
    person, token = arrived
    editeur = queries.editeur_of(person.company)
    way = way_in(person, is_registered=editeur is not None)
    if way not in _FORMS:
        return redirect("comptes:sign_in")
    form = _FORMS[way](request.POST or None, initial=_initial(person))
    if request.method == "POST" and form.is_valid():
        try:
            done = _open(request, way, person, form)
        except ArrivalNotPossible as refused:
            form.add_error(None, refused.sentence)
        else:
            enter(request, done.compte, token)
            _note(request, form)
            return _welcome(request, done)
    context = {"form": form, "person": person, "way": way, "editeur": editeur, "provider": provider.name()}
    return show_form(request, "comptes/arrival.html", context)


def _initial(person: ProvenPerson) -> dict[str, Any]:
    known: dict[str, Any] = {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "raison_sociale": person.company_name,
    }
    if person.company is None:
        return known
    return known | {"entreprise": person.company, "pays": name_of(person.company.country)}


def _open(request: PortalRequest, way: str, person: ProvenPerson, form: ArrivalForm) -> Rattachement | Inscription:
    given: dict[str, Any] = {"person": person, "names": form.names, "provider": provider.name(), "at": request.at}
    if way == "join":
        return join_editeur(**given)
    if way == "open":
        return open_editeur(**given, values=form.values)
    typed = form.cleaned_data
    return ask_inscription(**given, values=form.values, company=typed["entreprise"], qualite=typed["qualite"])


def _note(request: PortalRequest, form: ArrivalForm) -> None:
    """Say what was typed instead of a company's number, when something else was."""
    if isinstance(form, InscriptionForm) and form.note:
        messages.info(request, form.note)


def _welcome(request: PortalRequest, done: Rattachement | Inscription) -> HttpResponse:
    if isinstance(done, Inscription):
        messages.success(request, "Votre demande est envoyée. L’ANS vous répondra par e-mail, et sur cette page.")
        return redirect("comptes:inscription_own")
    messages.success(request, f"Bienvenue dans l’équipe {elided('de', str(done.editeur))}.")
    return redirect("comptes:team", done.editeur_id)


@require_http_methods(["GET", "HEAD", "POST"])
def own(request: PortalRequest) -> HttpResponse:
    """Show where the reader's own request stands; once refused, it can be sent again. A 404 without any request."""
    asked = list(queries.inscriptions_of(request.user))
    if not asked:
        raise Http404
    form = _again(request, asked[0])
    if request.method == "POST" and form is None:
        reason = "Votre demande n’est pas refusée\u00a0: elle n’a pas été renvoyée."
        return refuse(request, [reason], "comptes:inscription_own")
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            ask_again(
                compte_id=request.user.pk,
                company=form.cleaned_data["entreprise"],
                values=form.values,
                qualite=form.cleaned_data["qualite"],
                at=request.at,
            )
        except ArrivalNotPossible as refused:
            form.add_error(None, refused.sentence)
        else:
            _note(request, form)
            messages.success(
                request, "Votre demande est envoyée de nouveau. L’ANS vous répondra par e-mail, et sur cette page."
            )
            return redirect("comptes:inscription_own")
    return show_form(request, "comptes/inscription_own.html", {"inscriptions": asked, "form": form})


def _again(request: PortalRequest, latest: Inscription) -> AgainForm | None:
    if latest.state != InscriptionState.REFUSED:
        return None
    known = {field: getattr(latest, field) for field in EditeurForm.base_fields}
    return AgainForm(request.POST or None, initial=known | {"entreprise": latest.company, "qualite": latest.qualite})


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """Every request, those that wait first."""
    _only_administrateurs(request)
    page = Paginator(queries.inscriptions(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "comptes/inscriptions.html", {"page": page, "trail": trail_to_editeurs(request.user)})


def decide(request: PortalRequest, inscription_id: int) -> HttpResponse:
    """Read one request; accept it, or refuse it with a reason."""
    _only_administrateurs(request)
    inscription = get_object_or_404(Inscription.objects.select_related("compte", "decided_by"), pk=inscription_id)
    refusal = ""
    if request.method == "POST":
        try:
            return _decide(request, inscription)
        except ArrivalNotPossible as refused:
            refusal = refused.sentence
    facts = [
        ("Entreprise", f"{inscription.raison_sociale} ({inscription.known_as})"),
        ("Adresse", f"{inscription.adresse}, {inscription.code_postal} {inscription.commune}, {inscription.pays}"),
        ("Demandée par", f"{inscription.compte.full_name} ({inscription.compte.email})"),
        ("Fonction déclarée", inscription.qualite),
    ]
    trail = [*trail_to_editeurs(request.user), ("Demandes d’inscription", reverse("comptes:inscriptions"))]
    context = {"inscription": inscription, "facts": facts, "refusal": refusal, "trail": trail}
    context["motif"] = request.POST.get("motif", "")
    return render(request, "comptes/inscription.html", context, status=422 if refusal else 200)


def _decide(request: PortalRequest, inscription: Inscription) -> HttpResponse:
    given: dict[str, Any] = {"inscription_id": inscription.pk, "by": request.user, "at": request.at}
    if request.POST.get("geste") == "accepter":
        seat = accept_inscription(**given)
        messages.success(request, f"{seat.editeur} est inscrit\u00a0; {seat.compte.full_name} en est mandataire.")
        return redirect("comptes:team", seat.editeur_id)
    motif = posted_text(request)
    refuse_inscription(**given, motif=motif)
    messages.success(request, "La demande est refusée. La personne peut lire votre motif.")
    return redirect("comptes:inscriptions")


def _only_administrateurs(request: PortalRequest) -> None:
    if not permissions.administers(request.user):
        raise PermissionDenied("Seul un administrateur du portail peut inscrire un éditeur.")
