"""Many files at once: matched to preuves by their names, shown in a table, then deposited, one result for each."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from comptes.canonical import object_in
from comptes.requests import PortalRequest
from comptes.rules import texts
from comptes.rules.figures import whole
from comptes.views.refusals import show_form
from preuves.enums import Forme, Sort
from preuves.forms.ensemble import EnsembleForm
from preuves.operations.ensemble import Depose, Resultat, deposit_each
from preuves.operations.fichiers import FichierNotReceivable, receive_piece
from preuves.queries.dossier import Dossier
from preuves.queries.ensemble import cibles_of, example_of
from preuves.rules.depots import Contenu
from preuves.rules.rapprochement import Cible, Fichier, Rapproche, matched, refused

from .access import find_dossier_to_fill, trail_to_dossier

MOST_FILES = 500
LONGEST_NAME = 1000
TONES = {
    Sort.READY: "info",
    Sort.SAME: "success",
    Sort.IGNORED: "neutral",
    Sort.UNKNOWN: "attention",
    Sort.AMBIGUOUS: "attention",
    Sort.REFUSED: "danger",
}
NAMING = "Donnez à chaque fichier, ou à son dossier, le N° de sa preuve. Une barre du N° devient un point ou un tiret"
NOTHING_CHOSEN = "Choisissez au moins un fichier."
UNREADABLE = "La liste des fichiers n’a pas été reçue en entier\u00a0: choisissez-les de nouveau."


def page(request: PortalRequest, nru: str) -> HttpResponse:
    """Choose many files; on POST (without JavaScript), receive them and show what each would be deposited for."""
    dossier = find_dossier_to_fill(request, nru)
    if request.method != "POST":
        form = EnsembleForm(initial={"version_technique": dossier.version_technique})
        return render(request, "preuves/ensemble.html", _common(request, dossier, form))
    form = EnsembleForm(request.POST)
    form.is_valid()
    lines, pieces = _received(request, dossier)
    if not lines:
        form.add_error(None, NOTHING_CHOSEN)
    context = _common(request, dossier, form) | _table(lines, cibles_of(dossier)) | {"pieces": pieces}
    return show_form(request, "preuves/ensemble.html", context)


def _common(request: PortalRequest, dossier: Dossier, form: EnsembleForm) -> dict[str, Any]:
    example = example_of(dossier)
    return {
        "candidature": dossier.candidature,
        "trail": trail_to_dossier(dossier.candidature, request),
        "form": form,
        "naming": f"{NAMING}\u00a0: {example}." if example else f"{NAMING}.",
        "part_size": settings.UPLOAD_PART_SIZE,
        "most": MOST_FILES,
        "lines": (),
        "pieces": {},
    }


def _received(request: PortalRequest, dossier: Dossier) -> tuple[list[Rapproche], dict[str, list[int]]]:
    """Receive the files that came with a form, and return their lines, with the pièces (pk) of each preuve.

    Nothing is deposited: a pièce is in no deposit until somebody deposits it.
    """
    uploads = request.FILES.getlist("fichiers")
    cibles = cibles_of(dossier)
    lines = matched(
        [Fichier(upload.name or "", upload.size or 0, getattr(upload, "sha256", "")) for upload in uploads], cibles
    )
    pieces: dict[str, list[int]] = {}
    told = []
    for upload, line in zip(uploads, lines, strict=True):
        reason = _received_one(request, dossier, upload, cibles[line.numero], pieces) if line.sort is Sort.READY else ""
        told.append(refused(line, reason) if reason else line)
    wrong = {line.numero for line in told if line.sort is Sort.REFUSED}
    return told, {numero: held for numero, held in pieces.items() if numero not in wrong}


def _received_one(
    request: PortalRequest, dossier: Dossier, upload: Any, cible: Cible, pieces: dict[str, list[int]]
) -> str:
    """Receive one file among the pièces of its preuve; say why it is refused, if it is."""
    try:
        piece = receive_piece(
            candidature_id=dossier.candidature.pk, upload=upload, nature=cible.nature, by=request.user, at=request.at
        )
    except FichierNotReceivable as refusal:
        return refusal.reason
    pieces.setdefault(cible.numero, []).append(piece.pk)
    return ""


@require_POST
def preview(request: PortalRequest, nru: str) -> HttpResponse:
    """Say what each file would be deposited for, from its name, its size and its sha256: `{"fichiers": [{…}]}`."""
    dossier = find_dossier_to_fill(request, nru)
    try:
        fichiers = _announced(request)
    except (ValueError, LookupError, TypeError, OverflowError):
        return HttpResponse(UNREADABLE, status=422, content_type="text/plain; charset=utf-8")
    cibles = cibles_of(dossier)
    context = {"candidature": dossier.candidature, "pieces": {}, **_table(matched(fichiers, cibles), cibles)}
    return render(request, "preuves/ensemble_table.html", context)


def _announced(request: PortalRequest) -> list[Fichier]:
    """Read the list of files; whatever is not as it should be is an error of Python's own."""
    if request.content_type != "application/json":
        raise ValueError(request.content_type)
    listed = object_in(request.body)["fichiers"]
    if len(listed) > MOST_FILES:
        raise ValueError(len(listed))
    return [
        Fichier(
            texts.file_name(str(file["nom"])[:LONGEST_NAME]),
            int(file["taille"]),
            texts.identifier(str(file.get("sha256", ""))[:64]),
        )
        for file in listed
    ]


def _table(lines: Sequence[Rapproche], cibles: dict[str, Cible]) -> dict[str, Any]:
    """Return the lines of a preview, and how many files there are of each sort."""
    counted = Counter(line.sort for line in lines)
    preuves = len({line.numero for line in lines if line.sort is Sort.READY})
    return {
        "lines": [_shown(line, cibles.get(line.numero), rank) for rank, line in enumerate(lines)],
        "counts": [(sort.value, str(sort.label), counted[sort]) for sort in Sort if counted[sort]],
        "ready": counted[Sort.READY],
        "act": "Déposer cette preuve" if preuves == 1 else f"Déposer ces {preuves} preuves",
    }


def _shown(line: Rapproche, cible: Cible | None, rank: int) -> dict[str, Any]:
    door = cible.spec.door if cible and cible.spec.door.formats else None
    formats = " ".join(known.code for known in door.formats) if door else ""
    accepted, at_most = (door.accepted, door.at_most) if door else ("", 0)
    return {
        "line": line,
        "cible": cible,
        "rank": rank,
        "tone": TONES[line.sort],
        "formats": formats,
        "accepted": accepted,
        "at_most": at_most,
    }


@require_POST
def deposit(request: PortalRequest, nru: str) -> HttpResponse:
    """Deposit the files of one preuve or of several, each named by its N°; say what became of each.

    A program that asks for JSON gets `{"resultats": [{"numero", "depose", "phrase"}]}`.
    """
    dossier = find_dossier_to_fill(request, nru)
    form = EnsembleForm(request.POST)
    form.is_valid()
    results = deposit_each(
        candidature_id=dossier.candidature.pk, depots=_asked(request, form), by=request.user, at=request.at
    )
    if request.accepts("text/html"):
        return _result_page(request, dossier, results)
    lines = [{"numero": result.numero, "depose": result.is_deposited, "phrase": result.sentence} for result in results]
    return JsonResponse({"resultats": lines})


def _asked(request: PortalRequest, form: EnsembleForm) -> list[Depose]:
    def numbers(name: str, numero: str) -> tuple[int, ...]:
        typed = request.POST.getlist(f"{name}:{numero}")
        return tuple(number for text in typed if (number := whole(text)) is not None)

    return [
        Depose(
            numero,
            Contenu(
                Forme.FILES,
                piece_ids=numbers("pieces", numero),
                envoi_ids=numbers("envois", numero),
                evidence_date=form.cleaned_data.get("evidence_date"),
                version_technique=form.cleaned_data.get("version_technique", ""),
            ),
            seen=next(iter(numbers("seen", numero)), 0),
        )
        for numero in dict.fromkeys(request.POST.getlist("numero"))
    ]


def _result_page(request: PortalRequest, dossier: Dossier, results: list[Resultat]) -> HttpResponse:
    context = {
        "candidature": dossier.candidature,
        "trail": trail_to_dossier(dossier.candidature, request),
        "results": results,
        "deposited": sum(result.is_deposited for result in results),
    }
    return render(request, "preuves/ensemble_resultats.html", context)
