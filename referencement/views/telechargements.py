"""The picture of the coordinated path as a file: SVG, PNG, or a sheet of A4."""

from __future__ import annotations

from collections.abc import Mapping
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
    return as_file(request, drawn, forme, name=f"parcours-{nru}")


def as_file(request: PortalRequest, drawn: Mapping[str, Any], forme: str, *, name: str) -> HttpResponse:
    """Answer with a picture that was drawn, as a file.

    :param drawn: from `views.dessin.drawn`, without links
    """
    image, title = drawn["image"], drawn["title"]
    size = {"width": image.width, "height": image.height, "title": title}
    svg = standalone(render_to_string("referencement/parcours_image.html", {"drawn": drawn}), **size)
    content: str | bytes = svg
    if forme != "svg":
        sentence = f"État au {day_in_words(request.at)}. {LEGEND}"
        pdf = as_pdf(svg, **size, sentence=sentence, at=request.at)
        content = pdf if forme == "pdf" else as_png(pdf)
    answer = HttpResponse(content, content_type=KINDS[forme])
    answer["Content-Disposition"] = f'attachment; filename="{name}.{forme}"'
    return answer
