"""The events of an external provider of signatures.

An event is only kept: it may be forged, late or sent twice. The provider is then asked for the state of the procedure,
and that answer moves the convention.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from referencement import effects
from referencement.connectors.prestataire import Status
from referencement.connectors.signature import SignatureFailed, signed_fields
from referencement.models import EvenementDeSignature, ProcedureDeSignature
from referencement.queries.signatures import latest_file

from .conventions import cancel_if_stale, locked_convention
from .signatures import keep_signature

UNKNOWN = "procédure inconnue\u00a0: rien n’a bougé"
CLOSED = "procédure déjà close\u00a0: rien n’a bougé"
WAITING = "pas encore signée"
WITHDRAWN = "abandonnée chez le prestataire"
CHANGED = "le document rendu n’est pas celui qui fut envoyé\u00a0: rien n’a bougé"
SIGNED = "signée"


@transaction.atomic
def receive_event(*, event_id: str, reference: str, payload: dict[str, Any], at: datetime) -> bool:
    """Keep an event, whatever it announces; return whether it is new."""
    procedure = ProcedureDeSignature.objects.filter(reference=reference).first()
    _, is_new = EvenementDeSignature.objects.get_or_create(
        event_id=event_id, defaults={"procedure": procedure, "payload": payload, "received_at": at}
    )
    return is_new


@transaction.atomic
def settle_event(*, evenement_id: int, outcome: str, at: datetime) -> None:
    """Write what followed an event, unless that is written already.

    :param outcome: a French sentence, kept up to 200 characters
    """
    waiting = EvenementDeSignature.objects.filter(pk=evenement_id, handled_at=None)
    waiting.update(handled_at=at, outcome=outcome[:200])


def record_status(*, procedure_id: int, status: Status, at: datetime) -> str:
    """Move the procedure to the state that the provider gave, and return a French sentence that says what followed.

    The signed file is compared with the one that was sent, and stored, before any row is locked: both are slow.
    """
    procedure = ProcedureDeSignature.objects.select_related("convention", "compte").get(pk=procedure_id)
    cancel_if_stale(convention_id=procedure.convention_id, at=at)
    procedure.refresh_from_db()
    if procedure.closed_at or status.state != "signed":
        return _settle(procedure, status, at)
    if not _is_ours(procedure, status.pdf):
        return CHANGED
    try:
        with effects.stored(status.pdf) as name:
            return _settle(procedure, status, at, stored_as=name)
    except _AlreadyClosed:
        return CLOSED


class _AlreadyClosed(Exception):
    """The procedure was closed in the meantime; raised so that `effects.stored` deletes the file."""


def _settle(procedure: ProcedureDeSignature, status: Status, at: datetime, *, stored_as: str = "") -> str:
    with transaction.atomic():
        convention = locked_convention(convention_id=procedure.convention_id)
        procedure.refresh_from_db()
        if procedure.closed_at and stored_as:
            raise _AlreadyClosed
        if procedure.closed_at:
            return CLOSED
        if status.state == "cancelled":
            procedure.closed_at = at
            procedure.save()
            return WITHDRAWN
        if not stored_as:
            return WAITING
        signatory = procedure.compte
        keep_signature(
            seen=convention, procedure=procedure, signed=status.pdf, stored_as=stored_as, by=signatory, at=at
        )
    return SIGNED


def _is_ours(procedure: ProcedureDeSignature, pdf: bytes) -> bool:
    """Whether the file is the one that was sent, byte for byte, followed by that one signature and no other."""
    sent = latest_file(procedure.convention)
    if sent is None or not pdf.startswith(b"".join(sent.read())):
        return False
    try:
        return signed_fields(pdf) == (procedure.signataire,)
    except SignatureFailed:
        return False
