"""The public pages, read without an account: the list of solutions, and one page for each that is référencée."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from comptes.dates import instant_in_words
from comptes.queries.pages import number_of
from comptes.requests import PortalRequest
from referencement.enums import Publication
from referencement.queries.fiches import fiche_of
from referencement.queries.publication import demarches, lists_to_open, public_page
from referencement.rules.publication import BADGES, Fiche, wanted_from

WARNINGS = {
    Publication.SUSPENDED: "Son référencement est suspendu",
    Publication.WITHDRAWN: "Son référencement est retiré par l’ANS",
    Publication.RENOUNCED: "Son éditeur a renoncé au référencement, avec effet",
    Publication.REPLACED: "Une autre version technique remplace celle-ci",
}


@require_safe
@conditional_page
@cache_control(no_cache=True)
@login_not_required
def solutions(request: PortalRequest) -> HttpResponse:
    """The public list of the solutions, « en cours de référencement » and « référencées »."""
    dates, specs = demarches(at=request.at)
    wanted = wanted_from(request.GET, {spec.code: spec.profils for spec in specs})
    results = public_page(wanted, number=number_of(request.GET.get("page")), at=request.at, dates=dates)
    chosen = [spec for spec in specs if spec.code == wanted.dispositif or len(specs) == 1]
    context = {
        "lines": results.lines,
        "page": results.page,
        "wanted": wanted,
        "states": [(value, label, value == wanted.state) for value, label in Publication.choices],
        "demarches": [(spec.code, spec.titre, spec.code == wanted.dispositif) for spec in specs],
        "profils": [(code, label, code == wanted.profil) for spec in chosen for code, label in spec.profils.items()],
        "says_demarche": len(dates) > 1,
        "query": urlencode(wanted.as_query()),
        "of_demarche": urlencode({"dispositif": wanted.dispositif}) if wanted.dispositif else "",
        "opens": lists_to_open(chosen or specs, dates, at=request.at),
    }
    return render(request, "referencement/solutions.html", context)


@require_safe
@conditional_page
@cache_control(no_cache=True)
@login_not_required
def solution(request: PortalRequest, nru: str) -> HttpResponse:
    """The permanent page of a version technique that is référencée, with its history."""
    fiche = fiche_of(nru, at=request.at)
    if fiche is None:
        raise Http404
    context = {
        "fiche": fiche,
        "facts": _facts(fiche),
        "history": _history(fiche),
        "newer": fiche.newer,
        "badge": BADGES[fiche.standing.state],
        "warning": _warning(fiche),
        "trail": [("Solutions", reverse("referencement:solutions"))],
    }
    return render(request, "referencement/solution.html", context)


def _warning(fiche: Fiche) -> str:
    """Say that a référencement is no longer in force, and since when; the reason is not public."""
    standing = fiche.standing
    if standing.state == Publication.REFERENCED:
        return ""
    return f"{WARNINGS[standing.state]} depuis le {instant_in_words(standing.since)}."


def _facts(fiche: Fiche) -> list[tuple[str, str]]:
    names = "\n".join(f"{nom}, version {version}" for nom, version in fiche.noms_commerciaux)
    return [
        ("Éditeur", f"{fiche.editeur} ({fiche.designation})"),
        ("Démarche", fiche.demarche),
        ("Version technique", fiche.version),
        ("Profils", "\n".join(fiche.profils)),
        *([("Autres noms commerciaux", names)] if names else []),
    ]


def _history(fiche: Fiche) -> list[dict[str, object]]:
    """List the events of the solution, latest first."""
    told = [
        *fiche.history,
        *(
            (version.at, f"La version technique {version.version} est référencée.")
            for version in fiche.versions
            if version.nru != fiche.nru and version.at > fiche.referenced_at
        ),
    ]
    told.append((fiche.referenced_at, f"Le collège technique attribue le référencement à la version {fiche.version}."))
    if fiche.handed_over_at:
        told.append((fiche.handed_over_at, "Le dossier administratif est déposé."))
    return [{"at": at, "sentence": sentence, "who": ""} for at, sentence in told]
