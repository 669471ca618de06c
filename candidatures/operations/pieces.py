from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import InterfaceError, OperationalError, connection, transaction

from candidatures.catalogue.champs import Value
from candidatures.catalogue.formats import ATTESTATION
from candidatures.enums import Act
from candidatures.models import Candidature, Piece
from candidatures.models.piece import PrivateStorage
from candidatures.queries.uploads import content_type_of
from candidatures.rules.pieces import tidy_name
from comptes import journal
from comptes.models import Compte

logger = logging.getLogger(__name__)

PUT_AS = "put_as"


def keep_pieces(
    *, candidature: Candidature, answers: Mapping[str, Value], by: Compte, at: datetime
) -> dict[str, Value]:
    """Return the answers where each file just sent has given way to the pièce that now holds it.

    The same file sent again, as each automatic save does, is the pièce already there. A pièce named by hand that is
    another candidature's counts for nothing.

    The content is written before the row: an upload that is cut leaves a file that nothing names, never a row without
    its file.
    """
    return {code: _kept(candidature, value, by=by, at=at) for code, value in answers.items()}


def _kept(candidature: Candidature, value: Value, *, by: Compte, at: datetime) -> Value:
    if isinstance(value, UploadedFile):
        return _named(keep_piece(candidature=candidature, upload=value, by=by, at=at))
    if isinstance(value, dict) and "piece" in value:
        kept = Piece.objects.filter(candidature=candidature, pk=value["piece"]).first()
        return _named(kept) if kept else None
    if isinstance(value, dict):
        return {key: _kept(candidature, item, by=by, at=at) for key, item in value.items()}
    if isinstance(value, list):
        return [_kept(candidature, item, by=by, at=at) for item in value]
    return value


def _named(piece: Piece) -> Value:
    """A pièce as an answer bears it."""
    return {"piece": piece.pk, "nom": piece.name, "sha256": piece.sha256}


def keep_piece(
    *, candidature: Candidature, upload: UploadedFile[bytes], by: Compte, at: datetime, content_type: str = ""
) -> Piece:
    """Return the pièce of this candidature that has this content and this name; deposit it when there is none.

    :param content_type: as in `deposit_piece`
    """
    twin = _twin(candidature.pk, upload)
    return twin or deposit_piece(candidature=candidature, upload=upload, by=by, at=at, content_type=content_type)


def deposit_piece(
    *, candidature: Candidature, upload: UploadedFile[bytes], by: Compte, at: datetime, content_type: str = ""
) -> Piece:
    """Keep one file of a candidature, once and for all.

    :param upload: already accepted by a rule
    :param content_type: what that rule found; empty, it is read as that of an attestation
    """
    piece = Piece(
        candidature=candidature,
        name=tidy_name(upload.name or ""),
        content_type=content_type or content_type_of(upload=upload, door=ATTESTATION),
        size=upload.size or 0,
        sha256=_sha256_of(upload),
        deposited_at=at,
        deposited_by=by,
    )
    piece.file.name = _name_where_it_was_put(upload) or _put(candidature.pk, upload)
    with transaction.atomic():
        piece.save(force_insert=True)
        journal.record(
            candidature.chain,
            Act.PIECE_DEPOSITED,
            on=f"piece:{piece.pk}",
            by=by,
            at=at,
            piece=piece.pk,
            sha256=piece.sha256,
        )
    return piece


@contextmanager
def put_away(*, candidature_id: int, uploads: Iterable[UploadedFile[bytes]]) -> Iterator[None]:
    """Store what was sent before any row is locked, since a storage may hang; what no row names after is removed.

    A file that the candidature already holds under its name, or that came straight to the storage, is not stored again.
    """
    put = []
    try:
        for upload in uploads:
            if not _name_where_it_was_put(upload) and _twin(candidature_id, upload) is None:
                vars(upload)[PUT_AS] = _put(candidature_id, upload)
                put.append(upload)
        yield
    finally:
        for upload in put:
            _remove_unless_named(candidature_id, vars(upload).pop(PUT_AS))


def _put(candidature_id: int, upload: UploadedFile[bytes]) -> str:
    upload.seek(0)
    return PrivateStorage().save(f"candidatures/{candidature_id}/{secrets.token_hex(16)}", upload)


def _name_where_it_was_put(upload: UploadedFile[bytes]) -> str:
    return str(vars(upload).get(PUT_AS, ""))


def _remove_unless_named(candidature_id: int, name: str) -> None:
    """What cannot be known or removed now stays for `remove_orphans`; whoever called hears its own failure."""
    try:
        if not _is_named(candidature_id, name):
            PrivateStorage().delete(name)
    except Exception as failure:  # noqa: BLE001 -- a bucket that is away keeps it; what was refused stays refused
        logger.warning("%s may be named by no row and could not be removed: %s", name, failure)


def _is_named(candidature_id: int, name: str) -> bool:
    named = Piece.objects.filter(candidature=candidature_id, file=name)
    try:
        return named.exists()
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block:
            raise
        connection.close()  # it may be what failed: another one says what is kept
        return named.exists()


def _twin(candidature_id: int, upload: UploadedFile[bytes]) -> Piece | None:
    """The pièce of this candidature that has this content and this name."""
    twins = Piece.objects.filter(
        candidature=candidature_id, sha256=_sha256_of(upload), name=tidy_name(upload.name or "")
    )
    return twins.order_by("pk").first()


def _sha256_of(upload: UploadedFile[bytes]) -> str:
    """Return the sha256 of a file just sent: known since it arrived, else computed by chunks."""
    if known := getattr(upload, "sha256", ""):
        return str(known)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest()
