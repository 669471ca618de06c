"""A file is received for the preuves of a candidature: read, refused in words or kept once, then scanned and drawn."""

from __future__ import annotations

import logging
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from candidatures.enums import CandidatureState, VoletKind
from candidatures.models import Candidature, Piece
from candidatures.operations.pieces import keep_piece, put_away
from candidatures.operations.telling import after_commit
from candidatures.rules.pieces import HEAD, NotAPiece, tidy_name
from comptes.models import Compte
from comptes.rules.refusals import Refused
from preuves import effects
from preuves.connectors import pdf
from preuves.enums import Nature
from preuves.rules import fichiers as rules

from .locking import locked_candidature

logger = logging.getLogger(__name__)

# The list of what a zip holds stands at its end; a document has a few dozen entries, and some hostile files millions.
LARGEST_LIST = 512 * 1024


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
    for effect in (effects.scan_piece, effects.draw_pages):
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
    upload.seek(0)
    head = upload.read(HEAD)
    content_type = rules.content_type_of(
        upload.name or "",
        head,
        upload.size or 0,
        nature,
        entries=_entries_of(upload) if rules.is_zip(head) else (),
        holds_nul=_holds_nul(upload, nature),
    )
    if content_type == rules.PDF and _is_locked(upload):
        raise NotAPiece("Ce PDF demande un mot de passe\u00a0: déposez-le sans protection, l’ANS doit pouvoir le lire.")
    return content_type


def _entries_of(upload: UploadedFile[bytes]) -> tuple[str, ...]:
    """Return the names inside a zip; none when it is too crowded to be a document."""
    size = upload.size or 0
    if size > rules.LARGEST_DOCUMENT:
        return ()
    upload.seek(max(0, size - 65_577))
    end = upload.read()
    start = end.rfind(b"PK\x05\x06")
    if start < 0 or len(end) < start + 22:
        raise NotAPiece("Cette archive est abîmée ou incomplète\u00a0: son contenu ne se lit pas.")
    is_huge = end[max(0, start - 20) : start].startswith(b"PK\x06\x07")
    if is_huge or struct.unpack_from("<L", end, start + 12)[0] > LARGEST_LIST:
        return ()
    try:
        with zipfile.ZipFile(upload) as archive:
            return tuple(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise NotAPiece("Cette archive est abîmée ou incomplète\u00a0: son contenu ne se lit pas.") from None


def _holds_nul(upload: UploadedFile[bytes], nature: Nature) -> bool:
    """Look for a NUL, where the nature may be answered by a text; nobody reads a whole video for that."""
    if (upload.size or 0) > rules.LARGEST_DOCUMENT or not rules.may_be_text(nature):
        return True
    return any(b"\0" in chunk for chunk in upload.chunks())


def _is_locked(upload: UploadedFile[bytes]) -> bool:
    with _on_disk(upload) as file:
        return pdf.look(file).locked


@contextmanager
def _on_disk(upload: UploadedFile[bytes]) -> Iterator[Path]:
    """Give the file where it arrived; one that is in memory is copied for that time."""
    if hasattr(upload, "temporary_file_path"):
        yield Path(upload.temporary_file_path())
        return
    with NamedTemporaryFile() as copy:
        for chunk in upload.chunks():
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name)
