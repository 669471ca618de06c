"""A file is declared, then comes part by part, whoever sends them and as often as they are cut; then it is verified."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from celery import current_app
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from kombu.exceptions import OperationalError

from candidatures.catalogue.dispositifs import spec_of
from candidatures.models import Candidature, Piece
from candidatures.rules.pieces import tidy_name
from comptes.models import Compte
from comptes.rules.refusals import Refused
from preuves.catalogue.natures import NATURES
from preuves.connectors.arrivals import Arrivals
from preuves.enums import Nature
from preuves.models import Envoi, FichierAttendu, PartieRecue, RevisionPiece
from preuves.queries.envois import bytes_held, soumissions_to_settle
from preuves.rules import envois as rules
from preuves.rules.envois import Annonce

from .attentes import acknowledge_file, settle_soumission
from .fichiers import FichierNotReceivable, receive_piece, why_not_receivable
from .locking import locked_candidature

logger = logging.getLogger(__name__)

SETTLING = "preuves.sweeps.settle_envoi"
CHUNK = 1024 * 1024


class EnvoiNotDeclared(Refused):
    """This file cannot come; the reason is in words."""


class PartieRefused(Refused):
    """This part was not kept: it is not the one that was declared, or no part is awaited."""


class EnvoiNotAbandoned(Refused):
    """A deposit holds this file."""


def arrivals() -> Arrivals:
    return Arrivals(Path(settings.ARRIVALS_ROOT))


def declare_envoi(*, candidature_id: int, annonce: Annonce, nature: Nature, by: Compte, at: datetime) -> Envoi:
    """Open the way to a file, whose name, size and parts are bound from now on.

    The same file declared again is the envoi already there, with the parts that have come.

    :raises EnvoiNotDeclared: with the French reason
    """
    if reason := rules.why_ill_declared(annonce, part_size=settings.UPLOAD_PART_SIZE):
        raise EnvoiNotDeclared(reason)
    if reason := rules.why_not_taken(annonce, NATURES[nature].door):
        raise EnvoiNotDeclared(reason)
    return _declare(candidature_id=candidature_id, annonce=annonce, nature=nature, by=by, at=at)


@transaction.atomic
def _declare(*, candidature_id: int, annonce: Annonce, nature: Nature, by: Compte, at: datetime) -> Envoi:
    candidature = locked_candidature(candidature_id=candidature_id)
    if reason := why_not_receivable(candidature):
        raise EnvoiNotDeclared(reason)
    empreinte, name = rules.empreinte_of(annonce.parts), tidy_name(annonce.name)
    same = candidature.envois.filter(empreinte=empreinte, size=annonce.size, name=name, nature=nature, refusal="")
    if known := same.order_by("-pk").first():
        return known
    _refuse_over_the_quota(candidature, annonce.size)
    return Envoi.objects.create(
        candidature=candidature,
        nature=nature,
        name=name,
        size=annonce.size,
        part_size=annonce.part_size,
        parts=list(annonce.parts),
        empreinte=empreinte,
        stored_as=arrivals().begin(),
        declared_at=at,
        declared_by=by,
    )


def _refuse_over_the_quota(candidature: Candidature, size: int) -> None:
    """Refuse what would make a candidature hold more than its files may weigh.

    :raises EnvoiNotDeclared: with how much is left
    """
    quota = spec_of(candidature.dispositif_id).fichiers.quota
    if reason := rules.why_over_the_quota(size=size, held=bytes_held(candidature), quota=quota):
        raise EnvoiNotDeclared(reason)


def receive_part(*, envoi_id: int, number: int, content: bytes, at: datetime) -> Envoi:
    """Keep one part, once it was found to be the one that was declared; sent twice, it is the same part.

    It is written before anything is locked, and known before its row is: a process that dies between leaves it to be
    sent again.

    :raises PartieRefused: with the French reason
    """
    envoi = Envoi.objects.get(pk=envoi_id)
    if not 1 <= number <= len(envoi.parts):
        raise PartieRefused("Ce fichier n’a pas de telle partie.")
    if envoi.arrived_at is not None:
        return envoi
    reason = rules.why_not_the_part(
        content,
        number=number,
        of=len(envoi.parts),
        length=envoi.length_of(number),
        sha256=envoi.parts[number - 1],
    )
    if reason:
        raise PartieRefused(reason)
    arrivals().put(envoi.stored_as, offset=(number - 1) * envoi.part_size, content=content)
    return _note_part(envoi_id=envoi_id, number=number, at=at)


@transaction.atomic
def _note_part(*, envoi_id: int, number: int, at: datetime) -> Envoi:
    envoi = Envoi.objects.select_for_update(no_key=True).filter(pk=envoi_id).first()
    if envoi is None:
        raise PartieRefused("Cet envoi a été abandonné.")
    PartieRecue.objects.get_or_create(envoi=envoi, number=number, defaults={"received_at": at})
    if envoi.arrived_at is None and envoi.received.count() == len(envoi.parts):
        _arrive(envoi)
    return envoi


def _arrive(envoi: Envoi) -> None:
    """Note that the last part of a locked envoi has come, and have the whole verified."""
    envoi.arrived_at = envoi.received.aggregate(last=Max("received_at"))["last"]
    envoi.save(update_fields=["arrived_at"])
    transaction.on_commit(partial(_have_it_verified, envoi.pk), robust=True)


def _have_it_verified(envoi_id: int) -> None:
    """Wake who verifies files, by its name: it stands above the operations. When the broker is away, a sweep does."""
    try:
        current_app.signature(SETTLING).delay(envoi_id)
    except OperationalError:
        logger.warning("The broker is away: the sweep will take up envoi %s.", envoi_id)


def settle_envoi(*, envoi_id: int, at: datetime) -> Envoi:
    """Make a pièce of a file that has arrived whole, or write down why it cannot be one; once done, nothing."""
    envoi = Envoi.objects.select_related("declared_by").get(pk=envoi_id)
    if envoi.arrived_at is None or envoi.settled_at is not None:
        return envoi
    try:
        with _whole(envoi) as upload:
            piece = receive_piece(
                candidature_id=envoi.candidature_id,
                upload=upload,
                nature=Nature(envoi.nature),
                by=envoi.declared_by,
                at=envoi.arrived_at,
            )
    except FichierNotReceivable as refused:
        settled = _settle(envoi_id=envoi_id, piece=None, refusal=refused.reason, at=at)
    else:
        settled = _settle(envoi_id=envoi_id, piece=piece, refusal="", at=at)
    arrivals().remove(envoi.stored_as)
    acknowledge_file(envoi_id=envoi_id, by=envoi.declared_by, at=at)
    for soumission_id in soumissions_to_settle(of=settled):
        settle_soumission(soumission_id=soumission_id, at=at)
    return settled


@transaction.atomic
def _settle(*, envoi_id: int, piece: Piece | None, refusal: str, at: datetime) -> Envoi:
    envoi = Envoi.objects.select_for_update(no_key=True, of=("self",)).get(pk=envoi_id)
    if envoi.settled_at is not None or envoi.arrived_at is None:
        return envoi
    envoi.piece, envoi.refusal = piece, refusal
    envoi.settled_at = max(at, envoi.arrived_at)
    envoi.save(update_fields=["piece", "refusal", "settled_at"])
    if piece is not None:
        for awaited in FichierAttendu.objects.filter(envoi=envoi).order_by("pk"):
            _hold(awaited, piece)
    return envoi


def _hold(awaited: FichierAttendu, piece: Piece) -> None:
    """Put in a revision the file that it awaited; one that it holds already is not put there twice."""
    if not RevisionPiece.objects.filter(revision=awaited.revision_id, piece=piece).exists():
        RevisionPiece.objects.create(revision_id=awaited.revision_id, piece=piece, rank=awaited.rank)


if TYPE_CHECKING:
    Uploaded = UploadedFile[bytes]
else:
    Uploaded = UploadedFile


class ArrivedFile(Uploaded):
    """A whole file where its parts arrived, as the forms know one."""

    def __init__(self, path: Path, *, name: str, size: int, sha256: str) -> None:
        super().__init__(path.open("rb"), name, size=size)
        self.path, self.sha256 = path, sha256

    def temporary_file_path(self) -> str:
        return str(self.path)


@contextmanager
def _whole(envoi: Envoi) -> Iterator[UploadedFile[Any]]:
    """Give a file that arrived, under a name that the storage may take: what is refused later is still here."""
    path = arrivals().another_name_for(envoi.stored_as)
    try:
        with path.open("rb") as content:
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        with ArrivedFile(path, name=envoi.name, size=envoi.size, sha256=sha256) as upload:
            yield upload
    finally:
        path.unlink(missing_ok=True)


def abandon_envoi(*, envoi_id: int) -> None:
    """Forget a file that did not come, or that no deposit took.

    :raises EnvoiNotAbandoned: when a deposit holds it
    """
    with transaction.atomic():
        envoi = Envoi.objects.select_for_update(no_key=True).filter(pk=envoi_id).first()
        if envoi is None:
            return
        if envoi.awaited.exists():
            raise EnvoiNotAbandoned(f"Un dépôt attend «\u00a0{envoi.name}\u00a0»\u00a0: déposez de nouveau sans lui.")
        if envoi.settled_at is not None:
            return
        envoi.delete()
    arrivals().remove(envoi.stored_as)
