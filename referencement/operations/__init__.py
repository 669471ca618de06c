"""The acts of phase 3. One module a noun; the names are handed on here."""

from .conventions import (
    CANCELLABLE,
    ConventionNotPossible,
    address_of,
    cancel_convention,
    cancel_if_stale,
    change_signatory,
    numero_of,
    prepare_convention,
    send_convention,
)
from .documents import issue
from .evenements import CLOSED, SIGNED, UNKNOWN, receive_event, record_status, settle_event
from .signatures import SignatureNotPossible, send_code, sign_convention
from .versions import VersionNotPossible, present_new_version

__all__ = [
    "CANCELLABLE",
    "CLOSED",
    "SIGNED",
    "UNKNOWN",
    "ConventionNotPossible",
    "SignatureNotPossible",
    "VersionNotPossible",
    "address_of",
    "cancel_convention",
    "cancel_if_stale",
    "change_signatory",
    "issue",
    "numero_of",
    "prepare_convention",
    "present_new_version",
    "receive_event",
    "record_status",
    "send_code",
    "send_convention",
    "settle_event",
    "sign_convention",
]
