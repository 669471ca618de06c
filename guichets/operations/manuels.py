"""Where a desk cannot be asked, a person records what its page shows, with the capture: a proof, and never a gate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from candidatures.enums import CandidatureState
from candidatures.models import Piece
from candidatures.operations import keep_piece
from candidatures.queries import PARIS
from candidatures.rules.pieces import ATTESTATION, HEAD, NotAPiece, content_type_of
from comptes import journal
from comptes.models import Compte
from guichets import queries
from guichets.enums import Act, Portee, Source
from guichets.models import DemandeAuGuichet, Releve
from guichets.rules import declarations as rules
from guichets.rules.declarations import Capture

from .locking import locked_demande
from .reponses import answer_preuves


class ReleveNotRecordable(Exception):
    """`faults`: French sentences by name of field; under the empty name, what is not about one field."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(*faults.values())
        self.faults = faults


@transaction.atomic
def record_manual_releve(
    *, demande_id: int, capture: Capture, upload: UploadedFile[bytes] | None, by: Compte, at: datetime
) -> Releve:
    """Keep what a person read on a desk's page. The demande does not move: the desk alone moves it.

    The same capture that says the same, sent twice, is the relevé that it made.

    :param upload: the capture itself, an image or a PDF
    :raises ReleveNotRecordable: with what is wrong, by field
    """
    demande = locked_demande(demande_id=demande_id)
    if demande.ended_at or demande.candidature.state != CandidatureState.OPEN:
        raise ReleveNotRecordable({"": "Cette demande n’est plus suivie."})
    piece = _checked(demande, capture, upload, by, at)
    assert capture.date_etape is not None, "a capture without fault has its date"
    same = Releve.objects.filter(
        demande=demande,
        piece=piece,
        etape=capture.etape,
        date_etape=capture.date_etape,
        retour_prevu=capture.retour_prevu,
    )
    if known := same.order_by("pk").first():
        return known
    releve = Releve.objects.create(
        demande=demande,
        source=Source.MANUAL,
        seen_at=at,
        sha256=piece.sha256,
        etape=capture.etape,
        date_etape=capture.date_etape,
        retour_prevu=capture.retour_prevu,
        logiciel=capture.logiciel[:200],
        piece=piece,
        recorded_by=by,
    )
    journal.record(
        demande.candidature.chain,
        Act.RELEVE_RECORDED,
        on=demande.address,
        by=by,
        at=at,
        demande=demande.label,
        etape=demande.spec.labels[capture.etape],
        date=f"{capture.date_etape:%d/%m/%Y}",
        sha256=piece.sha256,
    )
    answer_preuves(demande=demande, releve=releve, at=at)
    return releve


def _checked(
    demande: DemandeAuGuichet, capture: Capture, upload: UploadedFile[bytes] | None, by: Compte, at: datetime
) -> Piece:
    """Keep the capture as a pièce of the candidature, once everything that was said of it can be.

    :raises ReleveNotRecordable: with every fault, by field
    """
    on = at.astimezone(PARIS).date()
    found = rules.faults_of_capture(capture, demande.spec, _nil_of(demande), on=on)
    content_type = ""
    try:
        content_type = _content_type_of(upload)
    except NotAPiece as reason:
        found["capture"] = str(reason)
    if found or upload is None:
        raise ReleveNotRecordable(found)
    return keep_piece(candidature=demande.candidature, upload=upload, content_type=content_type, by=by, at=at)


def _content_type_of(upload: UploadedFile[bytes] | None) -> str:
    if upload is None:
        raise NotAPiece("Joignez la capture de la page du guichet.")
    upload.seek(0)
    return content_type_of(upload.name or "", upload.read(HEAD), upload.size or 0, ATTESTATION)


def _nil_of(demande: DemandeAuGuichet) -> str:
    """The NIL that a capture must show: declared with the demande, else in the formulaire d'éligibilité."""
    if demande.spec.portee is not Portee.COMPOSANT:
        return ""
    return demande.nil or rules.nil_of(demande.composant, queries.architecture_of(demande.candidature))
