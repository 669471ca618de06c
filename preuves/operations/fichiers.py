"""A file is received for the preuves of a candidature: read, refused in words or kept once, then scanned and drawn."""

from __future__ import annotations

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from candidatures.enums import CandidatureState, VoletKind
from candidatures.models import Candidature, Piece
from candidatures.operations.pieces import keep_piece, put_away
from candidatures.operations.telling import after_commit
from candidatures.queries.uploads import content_type_of
from candidatures.rules.pieces import NotAPiece, tidy_name
from comptes.models import Compte
from comptes.rules.refusals import Refused
from preuves import effects
from preuves.catalogue.natures import NATURES
from preuves.enums import Nature
from preuves.rules import fichiers as rules

from .locking import locked_candidature


class FichierNotReceivable(Refused):
    """The file was not kept. `reason`: why, without the file's name, which `reasons` give too."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"«\u00a0{tidy_name(name)}\u00a0»\u00a0: {reason}")
        self.reason = reason


def receive_piece(
    *, candidature_id: int, upload: UploadedFile[bytes], nature: Nature, by: Compte, at: datetime
) -> Piece:
    """Keep a file for the preuves of a candidature; the same file under the same name is the pièce already there.

    It is read and stored before anything is locked: that may take some seconds.

    :raises FichierNotReceivable: with the French reason
    """
    try:
        content_type = _content_type_of(upload, nature)
    except NotAPiece as reason:
        raise FichierNotReceivable(upload.name or "", str(reason)) from None
    if refusal := why_not_receivable(Candidature.objects.get(pk=candidature_id)):
        raise FichierNotReceivable(upload.name or "", refusal)
    with put_away(candidature_id=candidature_id, uploads=[upload]):
        return _keep(candidature_id=candidature_id, upload=upload, content_type=content_type, by=by, at=at)


@transaction.atomic
def _keep(*, candidature_id: int, upload: UploadedFile[bytes], content_type: str, by: Compte, at: datetime) -> Piece:
    candidature = locked_candidature(candidature_id=candidature_id)
    if reason := why_not_receivable(candidature):
        raise FichierNotReceivable(upload.name or "", reason)
    piece = keep_piece(candidature=candidature, upload=upload, content_type=content_type, by=by, at=at)
    for effect in (effects.scan_piece, effects.probe_piece, effects.draw_pages):
        after_commit(effect=effect, key=piece.pk)
    return piece


def why_not_receivable(candidature: Candidature) -> str:
    """Say why no file can be received for this candidature now; empty when one can."""
    volet = candidature.volets.get(kind=VoletKind.ELIGIBILITE)
    return rules.why_not_receivable(
        candidature_open=candidature.state == CandidatureState.OPEN,
        eligibilite_submitted=volet.first_submitted_at is not None,
    )


def _content_type_of(upload: UploadedFile[bytes], nature: Nature) -> str:
    door = NATURES[nature].door
    if not door.formats:
        raise NotAPiece("Cette preuve ne peut pas être déposée sous forme de fichier.")
    return content_type_of(upload=upload, door=door)
