from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from candidatures import queries
from comptes.requests import PortalRequest

from .access import find_candidature


@require_safe
def download(request: PortalRequest, nru: str, piece_id: int) -> FileResponse:
    """Serve one pièce to who may read the candidature; the ANS reads it once it was submitted."""
    candidature = find_candidature(request, nru)
    piece = get_object_or_404(candidature.pieces, pk=piece_id)
    if request.user.is_ans and piece.pk not in queries.pieces_submitted(candidature):
        raise Http404
    response = FileResponse(
        piece.file.open("rb"), as_attachment=True, filename=piece.name, content_type=piece.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
