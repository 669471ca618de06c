"""The pages of the demonstration: its clock, its cast and its mailbox. They ask for no sign-in."""

from collections.abc import Callable
from functools import wraps
from itertools import groupby

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptes import clock
from comptes.models import Compte
from comptes.operations.comptes import note_visit
from comptes.operations.horloge import ClockOnlyMovesForward, freeze_clock, move_clock, unfreeze_clock
from comptes.requests import PortalRequest
from comptes.views.sign_in import safe_next
from segur_portal.demo import mailbox as mails
from segur_portal.demo.cast import EXPERTS, PERSONAS, Persona
from segur_portal.demo.clock_bar import day_and_hour, destination, hour_and_day
from segur_portal.demo.moments import latest_reached

EVERYBODY = (*PERSONAS, *EXPERTS)
PER_PAGE = 25
BY_PASSWORD = "comptes.requests.PortalBackend"

View = Callable[..., HttpResponse]


def demo_only(view: View) -> View:
    """Answer 404 outside demonstration mode, even if these addresses were routed by mistake."""

    @wraps(view)
    def guarded(request: PortalRequest, **kwargs: str) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, **kwargs)

    return guarded


@require_POST
@demo_only
@login_not_required
def move(request: PortalRequest) -> HttpResponse:
    """Move the clock forward, stop it or let it run again, and go back to the page where the button was."""
    try:
        _move(request, request.POST.get("move", ""))
    except ClockOnlyMovesForward:
        messages.error(
            request,
            "L’horloge de la démonstration ne recule pas : ce qui est déjà daté deviendrait le futur. Rien n’a changé.",
        )
    return redirect(_page_to_return_to(request))


def _move(request: PortalRequest, name: str) -> None:
    machine = clock.machine_now()
    if name == "freeze":
        freeze_clock(machine=machine)
        messages.success(request, "L’horloge est arrêtée.")
    elif name == "unfreeze":
        unfreeze_clock(machine=machine)
        messages.success(request, "L’horloge a repris sa marche.")
    elif to := destination(name, at=request.at):
        move_clock(to=to, machine=machine)
        messages.success(request, f"Il est maintenant {hour_and_day(to)} à Paris.")
    else:
        messages.error(request, "Ce déplacement de l’horloge n’existe pas. Rien n’a changé.")


def _page_to_return_to(request: PortalRequest) -> str:
    page = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if is_ours else "home"


@require_http_methods(["GET", "HEAD", "POST"])
@demo_only
@login_not_required
def personas(request: PortalRequest) -> HttpResponse:
    """Choose whom to be; the button signs in as that person, without a password."""
    if request.method == "POST":
        return _enter(request, request.POST.get("persona", ""))
    emails = [persona.email for persona in EVERYBODY]
    present = set(Compte.objects.filter(email__in=emails).values_list("email", flat=True))
    moment = latest_reached()
    waiting = moment.waiting if moment else {}
    cast = [(persona, waiting.get(persona, "")) for persona in EVERYBODY if persona.email in present]
    groups = [(title, list(people)) for title, people in groupby(cast, key=lambda pair: _side_of(pair[0]))]
    # The sentences were true at the moment up to which the story was played; the visitor may have acted since.
    since = day_and_hour(moment.at).capitalize() if moment else ""
    return render(request, "demo/personas.html", {"groups": groups, "since": since})


def _side_of(persona: Persona) -> str:
    if persona.company:
        return "Chez les éditeurs"
    return "À l’Agence du numérique en santé" if persona.role_ans else "À la demande de l’agence"


def _enter(request: PortalRequest, key: str) -> HttpResponse:
    email = next((persona.email for persona in EVERYBODY if persona.key == key), None)
    compte = get_object_or_404(Compte.objects.filter(is_active=True), email=email)
    login(request, compte, backend=BY_PASSWORD)
    note_visit(compte_id=compte.pk, at=request.at)
    return redirect(safe_next(request) or settings.LOGIN_REDIRECT_URL)


@require_safe
@demo_only
@login_not_required
def mailbox(request: PortalRequest) -> HttpResponse:
    """List the messages that the portal sent, latest first; `?a=` keeps those to one address."""
    everything = mails.messages()
    to = request.GET.get("a", "")
    recipients = sorted({mail.to for mail in everything})
    to = to if to in recipients else ""
    shown = [mail for mail in everything if to in ("", mail.to)]
    context = {
        "page": Paginator(shown, PER_PAGE).get_page(request.GET.get("page")),
        "recipients": [(address, address, address == to) for address in recipients],
        "query": urlencode({"a": to}) if to else "",
    }
    return render(request, "demo/mailbox.html", context)


@require_safe
@demo_only
@login_not_required
def message(request: PortalRequest, key: str) -> HttpResponse:
    mail = mails.message(key)
    if mail is None:
        raise Http404
    facts = [
        ("De", mail.sender),
        ("À", mail.to),
        ("Envoyé", day_and_hour(mail.sent_at) if mail.sent_at else ""),
        ("Message-ID", mail.message_id),
    ]
    trail = [("Messages envoyés", reverse("demo:mailbox"))]
    return render(request, "demo/message.html", {"mail": mail, "facts": facts, "trail": trail})
