"""A file is declared, then comes part by part, whoever sends them and as often as they are cut; then it is verified."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from candidatures.catalogue.dispositifs import spec_of
from candidatures.models import Candidature, Piece
from candidatures.rules.pieces import tidy_name
from comptes.models import Compte
from comptes.rules.refusals import Refused
from preuves.catalogue.natures import NATURES
from preuves.connectors.bucket import NoReception, ReceivedPart
from preuves.enums import Nature
from preuves.models import Envoi, FichierAttendu, RevisionPiece
from preuves.queries.envois import bytes_held, soumissions_to_settle
from preuves.rules import envois as rules
from preuves.rules.envois import Annonce

from .attentes import acknowledge_file, settle_soumission
from .fichiers import FichierNotReceivable, receive_piece, why_not_receivable
from .lectures import ask_to_read_evidence
from .locking import locked_candidature
from .parties import PartieRefused, note_parts
from .reception import NotIdentical, begin_reception, end_reception, the_bucket, whole_file


class EnvoiNotDeclared(Refused):
    """This file cannot come; the reason is in words."""


class EnvoiNotAbandoned(Refused):
    """A deposit holds this file."""


def declare_envoi(*, candidature_id: int, annonce: Annonce, nature: Nature, by: Compte, at: datetime) -> Envoi:
    """Open the way to a file, whose name, size and parts are bound from now on.

    The same file declared again is the envoi already there, with the parts that have come.

    :raises EnvoiNotDeclared: with the French reason
    """
    if reason := rules.why_ill_declared(annonce, part_size=settings.UPLOAD_PART_SIZE):
        raise EnvoiNotDeclared(reason)
    if reason := rules.why_not_taken(annonce, NATURES[nature].door):
        raise EnvoiNotDeclared(reason)
    candidature = Candidature.objects.get(pk=candidature_id)
    if known := _same_as(candidature, annonce, nature):
        return known
    _refuse_what_does_not_fit(candidature, annonce.size)
    stored_as, upload_id = begin_reception(candidature_id=candidature_id)
    try:
        envoi = _declare(candidature_id, annonce, nature, (stored_as, upload_id), by=by, at=at)
    except EnvoiNotDeclared:
        end_reception(stored_as=stored_as, upload_id=upload_id, kept=False)
        raise
    if envoi.stored_as != stored_as:  # somebody declared it at the same instant
        end_reception(stored_as=stored_as, upload_id=upload_id, kept=False)
    return envoi


def _same_as(candidature: Candidature, annonce: Annonce, nature: Nature) -> Envoi | None:
    empreinte, name = rules.empreinte_of(annonce.parts), tidy_name(annonce.name)
    same = candidature.envois.filter(empreinte=empreinte, size=annonce.size, name=name, nature=nature, refusal="")
    return same.order_by("-pk").first()


@transaction.atomic
def _declare(
    candidature_id: int, annonce: Annonce, nature: Nature, reception: tuple[str, str], *, by: Compte, at: datetime
) -> Envoi:
    candidature = locked_candidature(candidature_id=candidature_id)
    if known := _same_as(candidature, annonce, nature):
        return known
    _refuse_what_does_not_fit(candidature, annonce.size)
    stored_as, upload_id = reception
    return Envoi.objects.create(
        candidature=candidature,
        nature=nature,
        name=tidy_name(annonce.name),
        size=annonce.size,
        part_size=annonce.part_size,
        parts=list(annonce.parts),
        empreinte=rules.empreinte_of(annonce.parts),
        stored_as=stored_as,
        upload_id=upload_id,
        declared_at=at,
        declared_by=by,
    )


def _refuse_what_does_not_fit(candidature: Candidature, size: int) -> None:
    """Refuse a file that the candidature cannot receive now, or that would make it hold too much.

    :raises EnvoiNotDeclared: with the French reason
    """
    quota = spec_of(candidature.dispositif_id).fichiers.quota
    reason = why_not_receivable(candidature)
    if reason := reason or rules.why_over_the_quota(size=size, held=bytes_held(candidature), quota=quota):
        raise EnvoiNotDeclared(reason)


def door_of_part(*, envoi_id: int, number: int) -> tuple[str, dict[str, str]]:
    """Return where a bucket takes one part that was declared, and the headers to send with it.

    :raises PartieRefused: when no bucket awaits that part
    """
    envoi, bucket = Envoi.objects.get(pk=envoi_id), the_bucket()
    if bucket is None or not envoi.upload_id or envoi.arrived_at is not None or not 1 <= number <= len(envoi.parts):
        raise PartieRefused("Aucune partie n’est attendue là.")
    return bucket.door(envoi.stored_as, envoi.upload_id, number=number, sha256=envoi.parts[number - 1])


def follow_envoi(*, envoi_id: int, at: datetime) -> Envoi:
    """Note which parts a bucket holds, and make one file of them once all are there; on a disk, nothing is to note.

    A reception that the bucket gave up begins again: nothing of the file has come.

    :raises PartieRefused: when it was abandoned meanwhile
    :raises BucketAway: when the bucket does not answer
    """
    envoi, bucket = Envoi.objects.get(pk=envoi_id), the_bucket()
    if bucket is None or not envoi.upload_id or envoi.arrived_at is not None:
        return envoi
    try:
        held = bucket.parts(envoi.stored_as, envoi.upload_id)
        right = {number: part for number, part in held.items() if _is_declared(envoi, part)}
        numbers = list(right)
        if len(right) == len(envoi.parts):
            bucket.finish(envoi.stored_as, envoi.upload_id, right)
    except NoReception:  # finished by somebody who could not write it down, or given up, for instance by the bucket
        if bucket.size_of(envoi.stored_as) != envoi.size:
            return _begin_again(envoi)
        numbers = list(range(1, len(envoi.parts) + 1))
    return note_parts(envoi_id=envoi_id, numbers=numbers, at=at)


def _is_declared(envoi: Envoi, part: ReceivedPart) -> bool:
    """Say whether a part in the bucket is the one declared; a bucket that computes no sha256 is checked at the end."""
    if not 1 <= part.number <= len(envoi.parts) or part.size != envoi.length_of(part.number):
        return False
    return part.checksum in ("", envoi.parts[part.number - 1])


def settle_envoi(*, envoi_id: int, at: datetime) -> Envoi:
    """Make a pièce of a file that has arrived whole, or write down why it cannot be one; once done, nothing."""
    envoi = Envoi.objects.select_related("declared_by").get(pk=envoi_id)
    if envoi.arrived_at is None or envoi.settled_at is not None:
        return envoi
    try:
        with whole_file(envoi=envoi) as upload:
            piece = receive_piece(
                candidature_id=envoi.candidature_id,
                upload=upload,
                nature=Nature(envoi.nature),
                by=envoi.declared_by,
                at=envoi.arrived_at,
            )
    except NotIdentical:
        return _begin_again(envoi)
    except FichierNotReceivable as refused:
        settled = _settle(envoi, piece=None, refusal=refused.reason, at=at)
    else:
        settled = _settle(envoi, piece=piece, refusal="", at=at)
    kept = settled.piece is not None and settled.piece.file.name == envoi.stored_as  # else it was here already
    end_reception(stored_as=envoi.stored_as, upload_id=envoi.upload_id, kept=kept)
    for soumission_id in soumissions_to_settle(of=settled):
        settle_soumission(soumission_id=soumission_id, at=at)
    return settled


def _begin_again(seen: Envoi) -> Envoi:
    """Forget what came of a file, which is not what was declared: it has not arrived, and may still.

    :param seen: as it was when that was found; when somebody else began it again since, nothing
    """
    stored_as, upload_id = begin_reception(candidature_id=seen.candidature_id)
    with transaction.atomic():
        envoi = Envoi.objects.select_for_update(no_key=True).filter(pk=seen.pk).first()
        is_mine = envoi is not None and envoi.stored_as == seen.stored_as and envoi.settled_at is None
        if envoi is not None and is_mine:
            envoi.received.all().delete()
            envoi.stored_as, envoi.upload_id, envoi.arrived_at, envoi.sha256 = stored_as, upload_id, None, ""
            envoi.save(update_fields=["stored_as", "upload_id", "arrived_at", "sha256"])
    useless = (seen.stored_as, seen.upload_id) if is_mine else (stored_as, upload_id)
    end_reception(stored_as=useless[0], upload_id=useless[1], kept=False)
    return envoi or seen


@transaction.atomic
def _settle(seen: Envoi, *, piece: Piece | None, refusal: str, at: datetime) -> Envoi:
    """Write down what became of a file, and issue the accusé that it has arrived when a submission awaited it."""
    locked_candidature(candidature_id=seen.candidature_id)
    envoi = Envoi.objects.select_for_update(no_key=True, of=("self",)).get(pk=seen.pk)
    if envoi.settled_at is not None or envoi.arrived_at is None:
        return envoi
    envoi.piece, envoi.refusal = piece, refusal
    envoi.settled_at = max(at, envoi.arrived_at)
    envoi.save(update_fields=["piece", "refusal", "settled_at"])
    if piece is not None:
        ask_to_read_evidence(pieces=(piece,), nature=Nature(envoi.nature), at=at)
        for awaited in FichierAttendu.objects.filter(envoi=envoi).order_by("pk"):
            _hold(awaited, piece)
    acknowledge_file(envoi_id=envoi.pk, by=seen.declared_by, at=at)
    return envoi


def _hold(awaited: FichierAttendu, piece: Piece) -> None:
    """Put in a revision the file that it awaited; one that it holds already is not put there twice."""
    if not RevisionPiece.objects.filter(revision=awaited.revision_id, piece=piece).exists():
        RevisionPiece.objects.create(revision_id=awaited.revision_id, piece=piece, rank=awaited.rank)


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
    end_reception(stored_as=envoi.stored_as, upload_id=envoi.upload_id, kept=False)
