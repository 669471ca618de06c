"""« Le parcours type »: the path of any solution, from four questions, for everybody; the answers are not kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from candidatures.catalogue.dispositifs import specs_in_order
from candidatures.catalogue.specs import DispositifSpec
from candidatures.queries.candidatures import opening_of
from comptes.dates import day_in_words
from comptes.requests import PortalRequest
from guichets.forms.questions import QUESTIONS, QuestionsForm
from referencement.documents.dessin import TooManyDrawings
from referencement.queries.hypotheses import typical_paths
from referencement.queries.kept import kept
from referencement.rules.etapes import GrapheFacts
from referencement.rules.lignes import of_phase, overview
from referencement.rules.previsions import Paths

from .dessin import drawn, rows_by_date
from .parcours import PHASES, in_words, phase_asked
from .previsions import durees_shown, forecast_in_words
from .telechargements import KINDS, as_file, content_of

NAME = "Le parcours type"
PATIENCE = 5  # seconds that a visitor waits for the drawings asked before


def _read(request: PortalRequest) -> tuple[DispositifSpec, QuestionsForm] | None:
    """Return the dispositif that the address names, and the questions; None when none is open."""
    dispositifs = specs_in_order()
    if not dispositifs:
        return None
    spec = next((spec for spec in dispositifs if spec.code == request.GET.get("dispositif")), dispositifs[0])
    return spec, QuestionsForm(request.GET, spec=spec)


def _is_shown(form: QuestionsForm) -> bool:
    return form.verdict is not None and form.verdict.shows_desks


@require_safe
@login_not_required
def page(request: PortalRequest) -> HttpResponse:
    """Show the path of a solution of some profils, before any account."""
    read = _read(request)
    if read is None:
        return render(request, "guichets/questions_none.html")
    spec, form = read
    context: dict[str, Any] = {
        "form": form,
        "dispositif": spec,
        "others": [other for other in specs_in_order() if other is not spec],
        "is_refused": form.verdict is not None and not form.verdict.shows_desks,
        "query": request.GET.urlencode(),
    }
    if _is_shown(form):
        at = _begins(spec, request.at)
        (facts, paths), phase = typical_paths(spec, form.architecture(), at=at), phase_asked(request)
        picture = _picture(spec, facts, paths, phase)
        kept = request.GET.copy()
        kept.pop("phase", None)
        context |= {
            "answered": True,
            "begins": day_in_words(at),
            "is_past": at < request.at,
            "drawn": picture,
            "falling": rows_by_date(picture["rows"], picture["image"], at),
            "phases": [
                {
                    "label": label,
                    "href": f"?{kept.urlencode()}{f'&phase={number}' if number else ''}#image",
                    "is_here": number == phase,
                }
                for number, label in PHASES.items()
            ],
            "college": forecast_in_words(paths.college),
            "critical": in_words(paths.likely.critical),
            "durees": durees_shown(paths.durees),
        }
    return render(request, "referencement/parcours_type.html", context)


@require_safe
@login_not_required
def download(request: PortalRequest, forme: str) -> HttpResponse:
    """Answer with the picture as a file; it is drawn for nobody in particular, and kept for whoever asks it next."""
    read = _read(request)
    if forme not in KINDS or read is None or not _is_shown(read[1]):
        raise Http404
    spec, form = read
    at, phase = _begins(spec, request.at), phase_asked(request)

    def drawn_as_asked() -> bytes:
        facts, paths = typical_paths(spec, form.architecture(), at=at)
        return content_of(_picture(spec, facts, paths, phase), forme, at=request.at, patience=PATIENCE)

    answers = {name: form.cleaned_data[name] for name in QUESTIONS}
    asked_for = (spec.code, answers, phase, forme, day_in_words(at), day_in_words(request.at))
    try:
        content = kept("parcours-type", *asked_for, make=drawn_as_asked)
    except TooManyDrawings:
        return render(request, "referencement/parcours_type_busy.html", {"query": request.GET.urlencode()}, status=503)
    return as_file(content, forme, name=f"parcours-type-{spec.code}")


def _begins(spec: DispositifSpec, at: datetime) -> datetime:
    """Return today; before the dispositif opens or once its first échéance has passed, the day when it opens."""
    opens_at, first = opening_of(spec.code) or (spec.opens_at, None)
    return at if opens_at <= at <= (first or at) else opens_at


def _picture(spec: DispositifSpec, facts: GrapheFacts, paths: Paths, phase: int) -> dict[str, Any]:
    graph = paths.likely
    lignes = of_phase(graph, phase) if phase else overview(graph)
    shown = f"{PHASES[phase][0].lower()}{PHASES[phase][1:]}"
    title = f"{NAME}, {shown}, {spec.nom}"
    return drawn(graph, lignes, facts.dossier.echeances.values(), fills=True, title=title, now="Début")
