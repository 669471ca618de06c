"""The picture of the coordinated path as a file: SVG, PNG, or a sheet of A4."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from comptes.dates import day_in_words
from comptes.requests import PortalRequest
from referencement.documents.dessin import as_pdf, as_png, standalone

from .parcours import phase_asked, picture_of, read_path

LEGEND = (
    "Clair\u00a0: l’éditeur. Foncé\u00a0: le guichet. Bord rouge\u00a0: décide de la date du collège. "
    "Flèche\u00a0: nécessaire pour."
)
KINDS = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf"}


@require_safe
def download(request: PortalRequest, nru: str, forme: str) -> HttpResponse:
    """Answer with the picture of the path, or of one phase of it."""
    if forme not in KINDS:
        raise Http404
    read = read_path(request, nru)
    if read is None:
        return redirect("referencement:candidature", nru)
    drawn = picture_of(read, phase_asked(request), fills=not request.user.is_ans, leads=False)
    return as_file(content_of(drawn, forme, at=request.at), forme, name=f"parcours-{nru}")


def content_of(drawn: Mapping[str, Any], forme: str, *, at: datetime, patience: float = -1) -> bytes:
    """Return a picture that was drawn, as the content of a file.

    :param drawn: from `views.dessin.drawn`, without links
    :param patience: how many seconds it may wait for other drawings; -1, as long as they take
    :raises TooManyDrawings: when it waited that long
    """
    image, title = drawn["image"], drawn["title"]
    size = {"width": image.width, "height": image.height, "title": title}
    svg = standalone(render_to_string("referencement/parcours_image.html", {"drawn": drawn}), **size)
    if forme == "svg":
        return svg.encode()
    pdf = as_pdf(svg, **size, sentence=f"État au {day_in_words(at)}. {LEGEND}", at=at, patience=patience)
    return pdf if forme == "pdf" else as_png(pdf, patience=patience)


def as_file(content: bytes, forme: str, *, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=KINDS[forme])
    answer["Content-Disposition"] = f'attachment; filename="{name}.{forme}"'
    return answer
