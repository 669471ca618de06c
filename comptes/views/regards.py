"""Seeing the portal as a person of an éditeur, for a limited time: everything can be read, nothing changed."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from comptes import clock, journal, permissions
from comptes.enums import SecurityEvent
from comptes.forms.regards import SeeAsForm
from comptes.models import Editeur, Rattachement
from comptes.operations import regards as regards_operations
from comptes.operations.regards import RegardNotPossible
from comptes.requests import PortalBackend, PortalRequest
from comptes.rules.regards import LASTS

from . import sessions
from .refusals import show_form
from .trail import trail_to_team

KEY = "seen_as"
# Private to each person: factor, sessions, notifications, the secret address of the calendar.
PRIVATE = ("/mon-compte/", "/connexion/", "/deconnexion/")
LEAVES = ("comptes:see_as_end", "comptes:sign_out")


def see_as(request: PortalRequest, rattachement_id: int) -> HttpResponse:
    """Ask why, then show the portal as this person sees it."""
    seats = Rattachement.objects.current().filter(editeur__in=Editeur.objects.visible_to(request.user))
    seat = get_object_or_404(seats.select_related("compte", "editeur"), pk=rattachement_id)
    if not permissions.administers(request.user):
        raise PermissionDenied("Seul un administrateur peut voir le portail comme une autre personne.")
    form = SeeAsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["motif"]
        try:
            regards_operations.see_as(rattachement_id=seat.pk, reason=reason, by=request.user, at=request.at)
        except RegardNotPossible as refused:
            form.add_error(None, refused.sentence)
        else:
            until = clock.machine_now() + LASTS
            request.session[KEY] = {"seat": seat.pk, "until": until.isoformat(), "back": seat.editeur_id}
            _turn_over(request)
            return redirect("home")
    minutes = LASTS // timedelta(minutes=1)
    context = {"form": form, "seat": seat, "minutes": minutes, "trail": trail_to_team(seat.editeur, request.user)}
    return show_form(request, "comptes/see_as.html", context)


@require_POST
def end(request: PortalRequest) -> HttpResponse:
    """Return to one's own account; a second click does nothing."""
    kept = request.session.get(KEY)
    if kept is None:
        return redirect("home")
    _end(request)
    _turn_over(request)
    messages.success(request, "Retour à votre compte effectué.")
    return redirect("comptes:team", kept["back"])


def look(request: PortalRequest) -> None:
    """Replace, for this request only, an administrateur by the person as whom they see the portal.

    `request.seen_by` is then the administrateur; None for everybody else. A regard that is over, or no longer
    allowed, ends here; `request.regard_ended` tells `refuse`.
    """
    request.seen_by, request.regard_ended = None, False
    kept = request.session.get(KEY)
    if not kept or not request.user.is_authenticated:
        return
    seat = Rattachement.objects.current().filter(pk=kept["seat"]).first()
    person = PortalBackend().get_user(seat.compte_id) if seat else None
    until = datetime.fromisoformat(kept["until"])
    over = clock.machine_now() >= until
    if over or person is None or person.is_ans or not permissions.administers(request.user):
        request.regard_ended = True
        _end(request)
        _turn_over(request)  # written before the transaction of a GET, which writes nothing
        request.session.save()
        return
    request.seen_by, request.seen_until = request.user, clock.as_the_portal_sees(until)
    request.user = person


def _turn_over(request: PortalRequest) -> None:
    """Change the session key and the CSRF token: a form rendered as somebody else no longer works."""
    request.session.cycle_key()
    rotate_token(request)
    sessions.note_session(request, request.user)


def _end(request: PortalRequest) -> None:
    """End the regard; the security log says when."""
    kept = request.session.pop(KEY)
    seat = Rattachement.objects.filter(pk=kept["seat"]).select_related("compte").first()
    journal.note(
        SecurityEvent.SEEN_AS, compte=seat.compte if seat else None, by=request.seen_by or request.user, about="fin"
    )


def refuse(request: PortalRequest) -> HttpResponse | None:
    """Refuse, while the portal is seen as somebody, any change and the private pages of that person.

    A form sent just as the regard ended is refused too: it was not meant for the administrateur's own account.
    """
    match = request.resolver_match
    leaves = match is not None and match.view_name in LEAVES
    reads = request.method in ("GET", "HEAD")
    if request.regard_ended and not reads and not leaves:
        return render(request, "comptes/seen_as_only.html", {"ended": True}, status=403)
    if request.seen_by is None:
        return None
    if leaves:
        request.user = request.seen_by  # the administrateur leaves under their own name
        return None
    if reads and not request.path_info.startswith(PRIVATE):
        return None
    return render(request, "comptes/seen_as_only.html", {"ended": False}, status=403)
