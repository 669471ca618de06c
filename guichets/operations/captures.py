"""Captures: somebody records what the space of a desk shows, and somebody of the ANS confirms or refuses it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from candidatures.catalogue.formats import ATTESTATION
from candidatures.enums import CandidatureState
from candidatures.models import Piece
from candidatures.operations.pieces import keep_piece, put_away
from candidatures.operations.telling import after_commit, tell_the_team
from candidatures.queries.uploads import content_type_of
from candidatures.rules.pieces import NotAPiece
from comptes import journal
from comptes.dates import PARIS, day_in_words
from comptes.models import Compte
from comptes.rules.refusals import Misfilled, Refused
from guichets.enums import Act, CaptureState, Portee, Source
from guichets.models import Capture, DemandeAuGuichet, Releve
from guichets.queries.captures import believed_of_capture, decided_by
from guichets.rules import captures as rules
from guichets.rules.captures import Shown
from guichets.rules.reconciliation import AnomalieFound
from preuves import effects
from preuves.operations.lectures import ask_to_read
from preuves.queries.fichiers import opens

from .locking import locked_demande
from .remplacements import supersede_waiting
from .suivi import follow_observation

REPLACED = "une capture plus récente a été déposée"


class CaptureNotRecordable(Misfilled):
    """The capture was not kept."""


class CaptureNotDecidable(Refused):
    """The capture was neither confirmed nor refused."""


@dataclass(frozen=True)
class Observed:
    """A confirmed capture as an observation; what it does not show keeps its known value."""

    etape: str
    date_etape: date
    retour_prevu: date | None
    nil: str
    logiciel: str
    documents: tuple[tuple[str, str], ...]
    pieces: tuple[tuple[str, str], ...]
    objet: str = ""


def record_capture(
    *,
    demande_id: int,
    shown: Shown,
    upload: UploadedFile[bytes] | None,
    sent: Piece | None = None,
    by: Compte,
    at: datetime,
) -> Capture:
    """Keep what somebody read in a desk's space, with its capture; the demande does not move before it is confirmed.

    It replaces the capture that waits, if any. Sent twice, the same capture is kept once.

    :param upload: the capture itself, an image or a PDF; for a favourable decision, a PDF of the desk
    :param sent: the capture, when it was sent to be read and no other comes
    :raises CaptureNotRecordable: with what is wrong, by field
    """
    candidature_id = DemandeAuGuichet.objects.values_list("candidature", flat=True).get(pk=demande_id)
    with put_away(candidature_id=candidature_id, uploads=[upload] if upload and _is_received(upload) else []):
        return _keep_capture(demande_id=demande_id, shown=shown, upload=upload or sent, by=by, at=at)


@transaction.atomic
def _keep_capture(
    *, demande_id: int, shown: Shown, upload: UploadedFile[bytes] | Piece | None, by: Compte, at: datetime
) -> Capture:
    demande = locked_demande(demande_id=demande_id)
    refuse_what_is_not_followed(demande=demande)
    piece = _checked(demande, shown, upload, by, at)
    assert shown.date_etape is not None, "a capture without fault has its date"
    fields = {
        "etape": shown.etape,
        "date_etape": shown.date_etape,
        "retour_prevu": shown.retour_prevu,
        "logiciel": shown.logiciel.strip(),
        "nil": shown.nil,
        "documents": {next(iter(demande.spec.documents), "document"): shown.numero} if shown.numero else {},
        "piece": piece,
    }
    if twin := demande.captures.living().filter(**fields).first():
        return twin
    supersede_waiting(demande=demande, reason=REPLACED, by=by, at=at)
    capture = Capture.objects.create(demande=demande, recorded_by=by, recorded_at=at, **fields)
    _record(demande, capture, Act.CAPTURE_RECORDED, by=by, at=at, sha256=piece.sha256)
    for effect in (effects.scan_piece, effects.probe_piece, effects.draw_pages):
        after_commit(effect=effect, key=piece.pk)
    ask_to_read(piece=piece, at=at)
    return capture


def refuse_what_is_not_followed(*, demande: DemandeAuGuichet) -> None:
    """Refuse a capture of a demande that has ended, or that has none.

    :raises CaptureNotRecordable: with the reason
    """
    if demande.ended_at or demande.candidature.state != CandidatureState.OPEN:
        raise CaptureNotRecordable({"": "Cette demande n’est plus suivie."})
    if demande.spec.portee is Portee.PREUVE:
        raise CaptureNotRecordable({"": "Ce résultat est dans la preuve elle-même. Il n’a pas de capture."})


@transaction.atomic
def confirm_capture(*, capture_id: int, seen_version: int, by: Compte, at: datetime) -> Releve:
    """Confirm a capture: it becomes a relevé, and is followed like an answer of the desk.

    :param seen_version: the version of the demande when the page was read
    :raises CaptureNotDecidable: with the reason; when it cannot be followed, with the sentence of the anomaly
    """
    demande, capture = _locked(capture_id)
    facts = _facts(demande, capture, by, has_moved=demande.version != seen_version)
    if reason := rules.why_not_confirmed(facts):
        raise CaptureNotDecidable(reason)
    releve = Releve.objects.create(
        demande=demande,
        source=Source.CAPTURE,
        seen_at=capture.recorded_at,
        sha256=capture.piece.sha256,
        etape=capture.etape,
        date_etape=capture.date_etape,
        retour_prevu=capture.retour_prevu,
        logiciel=capture.logiciel,
        piece=capture.piece,
        recorded_by=capture.recorded_by,
        confirmed_by=by,
        confirmed_at=at,
    )
    capture.confirm(releve=releve, by=by, at=at)
    capture.save()
    _record(demande, capture, Act.CAPTURE_CONFIRMED, by=by, at=at)
    outcome = follow_observation(demande=demande, releve=releve, answer=_observed(demande, capture), by=by, at=at)
    if isinstance(outcome, AnomalieFound):
        raise CaptureNotDecidable(f"{outcome.sentence} Cette capture ne peut pas être prise en compte.")
    return releve


@transaction.atomic
def refuse_capture(*, capture_id: int, reason: str, by: Compte, at: datetime) -> Capture:
    """Refuse a capture, with a reason; its éditeur is told, and may record another.

    :raises CaptureNotDecidable: with the reason
    """
    demande, capture = _locked(capture_id)
    if refusal := rules.why_not_refused(_facts(demande, capture, by)):
        raise CaptureNotDecidable(refusal)
    if not reason.strip():
        raise CaptureNotDecidable("Indiquez le motif du refus, pour que l’éditeur puisse corriger.")
    capture.refuse(reason=reason.strip(), by=by, at=at)
    capture.save()
    _record(demande, capture, Act.CAPTURE_REFUSED, by=by, at=at, motif=capture.reason)
    if not capture.recorded_by.is_ans and demande.candidature.state == CandidatureState.OPEN:
        tell_the_team(candidature=demande.candidature, kind="guichets.capture_refused", on=capture.address, at=at)
    return capture


def _locked(capture_id: int) -> tuple[DemandeAuGuichet, Capture]:
    """Lock a demande, then one of its captures, joined with its file and its author."""
    demande = locked_demande(demande_id=Capture.objects.values_list("demande", flat=True).get(pk=capture_id))
    joined = Capture.objects.locked().select_related("piece", "recorded_by")
    return demande, joined.get(pk=capture_id)


def _facts(demande: DemandeAuGuichet, capture: Capture, by: Compte, *, has_moved: bool = False) -> rules.DecisionFacts:
    return rules.DecisionFacts(
        state=CaptureState(capture.state),
        decided=decided_by(capture),
        is_followed=demande.ended_at is None and demande.candidature.state == CandidatureState.OPEN,
        is_mine=capture.recorded_by_id == by.pk,
        has_moved=has_moved,
        is_readable=opens(capture.piece),
    )


def _observed(demande: DemandeAuGuichet, capture: Capture) -> Observed:
    return Observed(
        etape=capture.etape,
        date_etape=capture.date_etape,
        retour_prevu=capture.retour_prevu,
        nil=capture.nil,
        logiciel=capture.logiciel,
        documents=tuple({**demande.documents, **capture.documents}.items()),
        pieces=tuple(demande.pieces.items()),
    )


def _checked(
    demande: DemandeAuGuichet, shown: Shown, upload: UploadedFile[bytes] | Piece | None, by: Compte, at: datetime
) -> Piece:
    """Check everything that was typed, then keep the file as a pièce of the candidature.

    :raises CaptureNotRecordable: with every fault, by field
    """
    content_type, refusal = "", ""
    try:
        content_type = content_type_of_capture(upload=upload)
    except NotAPiece as reason:
        refusal = str(reason)
    believed, on = believed_of_capture(demande), at.astimezone(PARIS).date()
    faults = rules.faults_of_capture(shown, believed, content_type=content_type, on=on)
    if refusal:
        faults["capture"] = refusal
    if faults or upload is None:
        raise CaptureNotRecordable(faults)
    if isinstance(upload, Piece):
        return upload
    return keep_piece(candidature=demande.candidature, upload=upload, content_type=content_type, by=by, at=at)


def _is_received(upload: UploadedFile[bytes]) -> bool:
    try:
        content_type_of_capture(upload=upload)
    except NotAPiece:
        return False
    return True


def content_type_of_capture(*, upload: UploadedFile[bytes] | Piece | None) -> str:
    """Return the type of a capture, read from its content.

    :raises NotAPiece: with the French reason, when it is none
    """
    if isinstance(upload, Piece):
        return upload.content_type
    if upload is None:
        raise NotAPiece("Joignez la capture de la page du guichet.")
    return content_type_of(upload=upload, door=ATTESTATION)


def _record(demande: DemandeAuGuichet, capture: Capture, act: Act, *, by: Compte, at: datetime, **params: str) -> None:
    journal.record(
        demande.candidature.chain,
        act,
        on=capture.address,
        by=by,
        at=at,
        demande=demande.label,
        etape=demande.spec.labels.get(capture.etape, capture.etape),
        date=day_in_words(capture.date_etape),
        **params,
    )
