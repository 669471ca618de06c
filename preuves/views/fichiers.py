"""The files of the preuves: shown in a page, downloaded whole or in part."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from candidatures.models import Candidature, Piece
from candidatures.models.piece import PrivateStorage
from candidatures.queries.seen import seen_candidature
from candidatures.views.access import Trail, trail_to_candidature
from comptes.dates import instant_in_words
from comptes.requests import PortalRequest
from comptes.typography import size_in_words
from preuves.catalogue.natures import SHOWN_IMAGES, VIDEOS
from preuves.models import CopieDeLecture, ImageDePage
from preuves.queries.fichiers import Viewing, fichiers_visible_to, for_viewing, is_evidence, opens, words_on
from preuves.queries.secondes_lectures import candidature_read_by, fichiers_read_by
from preuves.rules.ranges import ByteRange, Unsatisfiable, part_asked
from preuves.rules.reperes import seconds_of

from .access import trail_to_dossier

# What a stranger sent is shown as an image or as a video, and as nothing else, even when it is opened by itself.
ALONE = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"


@require_safe
def fichier(request: PortalRequest, nru: str, piece_id: int) -> HttpResponseBase:
    """Give the content of a file, whole or the part that is asked for; the page says why one does not open."""
    reached = _find(request, nru, piece_id)
    piece = reached.piece
    if not opens(piece):
        return _page(request, reached, status=409)
    if "copie" in request.GET:
        copie = get_object_or_404(CopieDeLecture.objects.exclude(file=""), piece=piece)
        content = Content(str(copie.file.name), copie.size, copie.content_type, f"{piece.sha256}-copie")
        return give(request, content, {})
    disposition = content_disposition_header(not _shows_inline(request, piece), piece.name)
    content = Content(str(piece.file.name), piece.size, piece.content_type, piece.sha256)
    return give(request, content, {"Content-Disposition": disposition or "inline"})


@dataclass(frozen=True)
class Content:
    """What is given: a stored file, never rewritten, which its `tag` names."""

    name: str
    size: int
    content_type: str
    tag: str


PRIVATE = {
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def _shows_inline(request: PortalRequest, piece: Piece) -> bool:
    return "voir" in request.GET and piece.content_type in (*SHOWN_IMAGES, *VIDEOS)


def _part_asked(request: PortalRequest, content: Content) -> ByteRange | None:
    """Read `Range`, unless `If-Range` names another content than this one."""
    if request.headers.get("If-Range", f'"{content.tag}"') != f'"{content.tag}"':
        return None
    return part_asked(request.headers.get("Range", ""), size=content.size)


def give(request: PortalRequest, content: Content, headers: Mapping[str, str]) -> HttpResponseBase:
    """Give a content, or the part of it that is asked for."""
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": f'"{content.tag}"',
        "Content-Security-Policy": ALONE,
        **PRIVATE,
        **headers,
    }
    try:
        part = _part_asked(request, content)
    except Unsatisfiable:
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{content.size}"})
    if part:
        headers["Content-Range"] = f"bytes {part.start}-{part.start + part.length - 1}/{content.size}"
    asked = part or ByteRange(0, content.size)
    headers["Content-Length"] = str(asked.length)
    status = 206 if part else 200
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers, content_type=content.content_type)
    reading = PrivateStorage().read(content.name, start=asked.start, length=asked.length)
    return StreamingHttpResponse(reading, status=status, headers=headers, content_type=content.content_type)


@require_safe
def page_image(request: PortalRequest, nru: str, piece_id: int, number: int) -> StreamingHttpResponse:
    """Give one page of a PDF, drawn."""
    piece = _find(request, nru, piece_id).piece
    image = get_object_or_404(ImageDePage, piece=piece, number=number)
    if not opens(piece):
        raise Http404
    name = str(image.file.name)
    size = PrivateStorage().size(name)
    reading = PrivateStorage().read(name, start=0, length=size)
    return StreamingHttpResponse(reading, headers={"Content-Length": str(size), **PRIVATE}, content_type="image/webp")


@require_safe
def lecture(request: PortalRequest, nru: str, piece_id: int) -> HttpResponse:
    """Show one file: an image, the pages of a PDF, a video at the moment that is asked for."""
    return _page(request, _find(request, nru, piece_id))


class Reached(NamedTuple):
    """A file that somebody may read; `by_expert`: because they were asked for a second reading of its chapitre."""

    candidature: Candidature
    piece: Piece
    by_expert: bool


def _find(request: PortalRequest, nru: str, piece_id: int) -> Reached:
    reader = request.user
    if seen := seen_candidature(nru, reader):
        return Reached(seen, _piece(fichiers_visible_to(reader, seen), piece_id), by_expert=False)
    if confided := candidature_read_by(reader, nru):
        return Reached(confided, _piece(fichiers_read_by(reader, confided), piece_id), by_expert=True)
    raise Http404


def _piece(pieces: QuerySet[Piece], piece_id: int) -> Piece:
    return get_object_or_404(pieces.select_related("deposited_by", "candidature", "analyse", "apercu"), pk=piece_id)


def _page(request: PortalRequest, reached: Reached, *, status: int = 200) -> HttpResponse:
    piece = reached.piece
    text = "" if reached.by_expert else words_on(piece, read_by=request.user)
    (viewing,) = for_viewing([piece], text=text)
    context = {
        "candidature": reached.candidature,
        "trail": _trail(request, reached),
        "viewing": viewing,
        "rows": _facts(viewing),
        "moment": seconds_of(request.GET.get("t", "")),
    }
    return render(request, "preuves/lecture.html", context, status=status)


def _trail(request: PortalRequest, reached: Reached) -> Trail:
    if reached.by_expert:
        return [("Secondes lectures", reverse("preuves:secondes_lectures"))]
    trail_to = trail_to_dossier if is_evidence(reached.piece) else trail_to_candidature
    return trail_to(reached.candidature, request)


def _facts(viewing: Viewing) -> list[tuple[str, str]]:
    piece = viewing.piece
    return [
        ("Type", viewing.type_name),
        ("Taille", size_in_words(piece.size)),
        ("Déposé le", instant_in_words(piece.deposited_at)),
        ("Par", str(piece.deposited_by)),
        ("Empreinte SHA-256", f"{piece.sha256[:16]}…"),
        ("Antivirus", viewing.scan["label"]),
        ("Lecture", viewing.reading["label"]),
        *([("Contenu", viewing.seen)] if viewing.seen else []),
    ]
