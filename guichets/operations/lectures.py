"""A capture is sent to be read before it is recorded: what a machine recognises is proposed, and not kept."""

from __future__ import annotations

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from candidatures.models import Piece
from candidatures.operations.pieces import keep_piece, put_away
from candidatures.operations.telling import after_commit
from candidatures.rules.pieces import NotAPiece
from comptes.models import Compte
from guichets.models import DemandeAuGuichet
from preuves import effects
from preuves.operations.lectures import ask_to_read

from .captures import CaptureNotRecordable, content_type_of_capture, refuse_what_is_not_followed
from .locking import locked_demande


def send_to_read(*, demande_id: int, upload: UploadedFile[bytes] | None, by: Compte, at: datetime) -> Piece:
    """Keep a capture as a pièce of the candidature, and have it read.

    :raises CaptureNotRecordable: with what is wrong, by field
    """
    candidature_id = DemandeAuGuichet.objects.values_list("candidature", flat=True).get(pk=demande_id)
    try:
        content_type = content_type_of_capture(upload=upload)
    except NotAPiece as reason:
        raise CaptureNotRecordable({"capture": str(reason)}) from None
    assert upload is not None, "what is not there has no type"
    with put_away(candidature_id=candidature_id, uploads=[upload]):
        return _keep(demande_id=demande_id, upload=upload, content_type=content_type, by=by, at=at)


@transaction.atomic
def _keep(*, demande_id: int, upload: UploadedFile[bytes], content_type: str, by: Compte, at: datetime) -> Piece:
    demande = locked_demande(demande_id=demande_id)
    refuse_what_is_not_followed(demande=demande)
    piece = keep_piece(candidature=demande.candidature, upload=upload, content_type=content_type, by=by, at=at)
    for effect in (effects.scan_piece, effects.probe_piece, effects.draw_pages):
        after_commit(effect=effect, key=piece.pk)
    ask_to_read(piece=piece, at=at)
    return piece
