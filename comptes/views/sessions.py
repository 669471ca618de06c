"""The reader's own open sessions: to recognise them, and to end them."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from comptes import clock
from comptes.models import Compte, SessionOuverte
from comptes.operations import sessions as sessions_operations
from comptes.operations.sessions import end_session, end_sessions
from comptes.requests import PortalRequest, client_address, posted_number

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def note_session(request: HttpRequest, compte: Compte) -> None:
    """Note the session that somebody has just opened, or that has just changed its key."""
    if not request.session.session_key:
        request.session.create()
    sessions_operations.note_session(
        compte_id=compte.pk,
        key=str(request.session.session_key),
        address=client_address(request),
        browser=request.headers.get("User-Agent", ""),
        at=clock.machine_now(),
    )


def page(request: PortalRequest) -> HttpResponse:
    """List the reader's open sessions; end one of them, or all but this one."""
    here = request.session.session_key
    if request.method == "POST":
        return _end(request, str(here))
    store = import_module(settings.SESSION_ENGINE).SessionStore
    opened = SessionOuverte.objects.filter(compte=request.user).order_by("-opened_at", "-pk")
    rows: list[dict[str, Any]] = [
        {"session": session, "is_here": session.key == here, "browser": browser_in_words(session.browser)}
        for session in opened
        if store(session.key).load()
    ]
    context = {"rows": rows, "others": sum(not row["is_here"] for row in rows)}
    return render(request, "comptes/sessions.html", context)


def _end(request: PortalRequest, here: str) -> HttpResponse:
    if "toutes" in request.POST:
        count = end_sessions(compte_id=request.user.pk, but=here)
        messages.success(
            request, "Vos autres sessions sont fermées." if count else "Aucune autre session n’est ouverte."
        )
    elif end_session(compte_id=request.user.pk, session_id=posted_number(request, "session")):
        messages.success(request, "Cette session est fermée.")
    else:
        messages.info(request, "Cette session était déjà fermée.")
    return redirect("comptes:sessions")


def browser_in_words(text: str) -> str:
    """Say a browser and its system in two words: « Firefox, Windows »."""
    browser = next((name for sign, name in BROWSERS if sign in text), "Navigateur inconnu")
    system = next((name for sign, name in SYSTEMS if sign in text), "")
    return f"{browser}, {system}" if system else browser
