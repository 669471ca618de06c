"""The spreadsheet of a dossier: downloaded, filled in, sent back, shown, then deposited whole or not at all."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from comptes.canonical import array_in
from comptes.dates import PARIS
from comptes.requests import PortalRequest
from comptes.rules import texts
from comptes.views.refusals import refuse
from preuves.catalogue.classeur import read_classeur, write_classeur
from preuves.enums import Forme, Sort
from preuves.forms.classeur import ClasseurForm
from preuves.operations.ensemble import Depose, NothingDeposited, deposit_together
from preuves.queries.classeur import rows_of_classeur
from preuves.queries.dossier import Dossier
from preuves.queries.ensemble import cibles_of
from preuves.rules.classeur import Attendu, Jugee, judged
from preuves.rules.depots import Contenu

from .access import find_dossier_to_fill, trail_to_dossier
from .ensemble import TONES

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOT_READ = "Ce qui devait être déposé n’a pas été reçu en entier\u00a0: envoyez de nouveau le classeur."


@require_safe
def download(request: PortalRequest, nru: str) -> HttpResponse:
    """Give the spreadsheet of a dossier, with a row for each preuve to deposit."""
    dossier = find_dossier_to_fill(request, nru)
    content = write_classeur(rows_of_classeur(dossier, cibles_of(dossier)))
    disposition = content_disposition_header(as_attachment=True, filename=f"preuves-{nru}.xlsx")
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": disposition or "attachment"})


def page(request: PortalRequest, nru: str) -> HttpResponse:
    """Explain the spreadsheet; on POST, read the one that was sent, and show what it would deposit."""
    dossier = find_dossier_to_fill(request, nru)
    form = ClasseurForm(request.POST, request.FILES)
    if request.method != "POST":
        return render(request, "preuves/classeur.html", _common(request, dossier))
    if not form.is_valid():
        return render(request, "preuves/classeur.html", _common(request, dossier) | {"form": form}, status=422)
    sent = form.cleaned_data["classeur"]
    lignes, problems = read_classeur(cast("BinaryIO", sent.file), sent.name or "")
    if problems:
        reasons = [f"{problem.cell}\u00a0: {problem.sentence}" for problem in problems]
        return render(request, "preuves/classeur.html", _common(request, dossier) | {"problems": reasons}, status=422)
    told = judged(
        lignes,
        cibles_of(dossier),
        Attendu(nru, dossier.rem.version.date),
        hosts=settings.GAZELLE_HOSTS,
        on=request.at.astimezone(PARIS).date(),
    )
    return render(request, "preuves/classeur.html", _common(request, dossier) | _preview(told))


def _common(request: PortalRequest, dossier: Dossier) -> dict[str, Any]:
    return {
        "candidature": dossier.candidature,
        "trail": trail_to_dossier(dossier.candidature, request),
        "form": ClasseurForm(),
        "problems": (),
        "told": None,
    }


def _preview(told: list[Jugee]) -> dict[str, Any]:
    counted = Counter(line.sort for line in told)
    ready = [line for line in told if line.sort is Sort.READY]
    return {
        "told": [{"line": line, "tone": TONES[line.sort]} for line in told if line.sort is not Sort.SAME],
        "counts": [(str(sort.label), counted[sort]) for sort in Sort if counted[sort]],
        "kept": json.dumps([_kept(line) for line in ready]) if ready else "",
        "act": "Déposer cette réponse" if len(ready) == 1 else f"Déposer ces {len(ready)} réponses",
    }


def _kept(line: Jugee) -> list[Any]:
    contenu = line.contenu
    assert contenu is not None, "A row that is ready says what it deposits."
    made = contenu.evidence_date.isoformat() if contenu.evidence_date else ""
    return [line.ligne.numero, contenu.forme.value, contenu.value, made, contenu.version_technique, line.ligne.seen]


@require_POST
def deposit(request: PortalRequest, nru: str) -> HttpResponse:
    """Deposit all that the preview showed as ready, or nothing."""
    dossier = find_dossier_to_fill(request, nru)
    try:
        depots = list(_asked(array_in(request.POST.get("lignes", "").encode())))
    except (ValueError, TypeError, OverflowError):
        return refuse(request, [NOT_READ], "preuves:classeur", nru)
    try:
        results = deposit_together(candidature_id=dossier.candidature.pk, depots=depots, by=request.user, at=request.at)
    except NothingDeposited as refused:
        context = _common(request, dossier) | {"problems": ["Rien n’est déposé.", *refused.reasons]}
        return render(request, "preuves/classeur.html", context, status=422)
    many = "s" if len(results) > 1 else ""
    messages.success(request, f"{len(results)} preuve{many} déposée{many} depuis le classeur.")
    return redirect("preuves:dossier", nru)


def _asked(lines: Iterable[Any]) -> Iterable[Depose]:
    """Read again what the preview kept; whatever is not as it should be is an error of Python's own."""
    for numero, forme, value, made, version, seen in lines:
        contenu = Contenu(
            Forme(forme),
            value=str(value),
            evidence_date=date.fromisoformat(made) if made else None,
            version_technique=str(version),
        )
        yield Depose(texts.identifier(str(numero)), contenu, int(seen))
