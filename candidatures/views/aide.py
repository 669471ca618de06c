"""The help centre, which everybody reads: its pages, its sessions, its contacts, its documents and its search."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from candidatures.catalogue.dispositifs import specs_in_order
from candidatures.documents.sessions import sessions_calendar
from candidatures.enums import AideIci, FicheKind, Parcours
from candidatures.operations.aide import count_answer
from candidatures.queries.aide import Aide, demarches_matching, public_aide
from candidatures.rules.aide_search import LONGEST, Results
from comptes import clock
from comptes.dates import PARIS
from comptes.operations.essais import TooManyTries
from comptes.requests import PortalRequest, client_address
from comptes.rules import texts
from comptes.rules.essais import place_of

# The page to which the home page and the sign-in lead.
DOOR = "commencer"
ANSWERS = {"oui": True, "non": False}
NEXT_SESSIONS = 3


@require_safe
@login_not_required
def centre(request: PortalRequest) -> HttpResponse:
    """Show the ways into the help; with `q`, what was found."""
    aide = _asked(request)
    asked = texts.line(request.GET.get("q", "")[:LONGEST])
    coming, weekly, _ = aide.sessions(today=_today(request))
    context = {
        **_around(request, aide),
        "asked": asked,
        **(_found(aide, asked) if asked else {}),
        "ways": [
            (parcours, aide.pages_of(parcours)) for parcours in (Parcours.PHASE, Parcours.GUICHET, Parcours.ACTEUR)
        ],
        "door": aide.pages_of(Parcours.COMMENCER),
        "questions": aide.pages_of(Parcours.FAQ),
        "sessions": [*coming, *weekly][:NEXT_SESSIONS],
        "contacts": aide.of_kind(FicheKind.CONTACT),
    }
    return render(request, "candidatures/aide/centre.html", context)


@require_safe
@login_not_required
def door(request: PortalRequest) -> HttpResponse:
    """Show where to begin without an invitation; the help centre, when nobody publishes that page."""
    return page(request, DOOR) if public_aide().page(DOOR) else redirect("help")


@require_safe
@login_not_required
def page(request: PortalRequest, code: str) -> HttpResponse:
    """Show one page, with its neighbours, and ask whether it helped."""
    aide = public_aide()
    version = aide.page(code)
    if version is None:
        raise Http404
    parcours = Parcours(version.parcours)
    context = {
        **_around(request, aide),
        "version": version,
        "neighbours": aide.pages_of(parcours),
        "parcours": parcours,
        "answered": request.GET.get("merci", ""),
    }
    return render(request, "candidatures/aide/page.html", context)


@require_safe
@login_not_required
def rubrique(request: PortalRequest, parcours: str) -> HttpResponse:
    """Show every page of one way, whole, as the frequent questions; the definitions are in the glossary."""
    if parcours not in Parcours.values:
        raise Http404
    if parcours == Parcours.DEFINITION:
        return redirect("glossary")
    aide = _asked(request)
    way = Parcours(parcours)
    pages = aide.pages_of(way)
    context = {
        **_around(request, aide),
        "parcours": way,
        "pages": pages,
        "sections": [(version.fiche.code, version.titre) for version in pages],
    }
    return render(request, "candidatures/aide/rubrique.html", context)


@require_safe
@login_not_required
def contacts(request: PortalRequest) -> HttpResponse:
    aide = _asked(request)
    context = {**_around(request, aide), "contacts": aide.of_kind(FicheKind.CONTACT)}
    return render(request, "candidatures/aide/contacts.html", context)


@require_safe
@login_not_required
def documents(request: PortalRequest) -> HttpResponse:
    aide = _asked(request)
    groups = aide.ressources()
    context = {
        **_around(request, aide),
        "groups": groups,
        "sections": [(f"groupe-{number}", label) for number, (label, _) in enumerate(groups, start=1)],
    }
    return render(request, "candidatures/aide/documents.html", context)


@require_safe
@login_not_required
def sessions(request: PortalRequest) -> HttpResponse:
    """Show the sessions to come, those of every week, and the past ones with their replays."""
    aide = _asked(request)
    coming, weekly, past = aide.sessions(today=_today(request))
    context = {**_around(request, aide), "coming": coming, "weekly": weekly, "past": past}
    return render(request, "candidatures/aide/sessions.html", context)


@require_safe
@login_not_required
def sessions_feed(request: PortalRequest) -> HttpResponse:
    """Send the sessions as a calendar, to which anybody subscribes."""
    content = sessions_calendar(_asked(request).of_kind(FicheKind.SESSION), at=request.at)
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")


@require_safe
@login_not_required
def ici(request: PortalRequest, page: str) -> HttpResponse:
    """Show what helps on one page of the portal: a part of that page for htmx, a page of its own without."""
    if page not in AideIci.values:
        raise Http404
    aide = _asked(request)
    context = {**_around(request, aide), "here": AideIci(page).label, "shown": aide.shown_at(page)}
    template = "candidatures/aide/ici_part.html" if request.htmx else "candidatures/aide/ici.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@csrf_exempt  # a visitor gets no cookie for it; all that it changes is a count
@require_POST
@login_not_required
def answer(request: PortalRequest, code: str) -> HttpResponse:
    """Count whether a page helped, and say thanks."""
    version = public_aide().page(code)
    if version is None:
        raise Http404
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise PermissionDenied("Répondez depuis la page d’aide.")
    outcome = "merci"
    if (helped := ANSWERS.get(request.POST.get("reponse", ""))) is not None:
        try:
            count_answer(
                fiche_id=version.fiche_id,
                helped=helped,
                place=place_of(client_address(request)),
                at=request.at,
                machine=clock.machine_now(),
            )
        except TooManyTries:
            outcome = "attente"
    else:
        outcome = "choix"
    return redirect(f"{reverse('candidatures:aide_page', args=[code])}?merci={outcome}#utile")


def _found(aide: Aide, asked: str) -> dict[str, Any]:
    """Return what a search finds: fiches, and the démarches that have these words."""
    results, demarches = aide.matching(asked), demarches_matching(asked)
    if demarches and results.is_partial:
        results = Results(())
    return {"results": results, "demarches_found": demarches, "count": len(results.subjects) + len(demarches)}


def _asked(request: PortalRequest) -> Aide:
    return public_aide(request.GET.get("demarche"))


def _around(request: PortalRequest, aide: Aide) -> dict[str, Any]:
    """Return what every page of the help shows: its trail, the démarches, where links may lead."""
    specs = specs_in_order()
    asked = request.GET.get("demarche", "")
    return {
        "trail": [("Aide", reverse("help"))],
        "demarches": [(spec.code, spec.titre, spec.code == asked) for spec in specs] if len(specs) > 1 else [],
        "demarche": asked if asked in {spec.code for spec in specs} else "",
        "codes": aide.codes,
    }


def _today(request: PortalRequest) -> date:
    return request.at.astimezone(PARIS).date()
