"""The acts of phase 3. One module a noun; the names are handed on here."""

from .autorisations import settle_autorisation
from .conventions import (
    CANCELLABLE,
    ConventionNotPossible,
    cancel_convention,
    cancel_if_stale,
    change_signatory,
    prepare_convention,
    send_convention,
)
from .documents import issue
from .evenements import CLOSED, SIGNED, UNKNOWN, receive_event, record_status, settle_event
from .examens import (
    Said,
    SeanceConflict,
    SeanceNotPossible,
    decide_examen,
    list_candidature,
    record_avis,
    unlist_candidature,
)
from .forclusions import Foreclosed, foreclose_on_photo, foreclose_on_photos
from .photos import PhotoTooEarly, take_photos
from .rappels import recall_echeance
from .seances import close_seance, open_seance, plan_seance
from .signatures import SignatureNotPossible, send_code, sign_convention
from .versions import VersionNotPossible, present_new_version

__all__ = [
    "CANCELLABLE",
    "CLOSED",
    "SIGNED",
    "UNKNOWN",
    "ConventionNotPossible",
    "Foreclosed",
    "PhotoTooEarly",
    "Said",
    "SeanceConflict",
    "SeanceNotPossible",
    "SignatureNotPossible",
    "VersionNotPossible",
    "cancel_convention",
    "cancel_if_stale",
    "change_signatory",
    "close_seance",
    "decide_examen",
    "foreclose_on_photo",
    "foreclose_on_photos",
    "issue",
    "list_candidature",
    "open_seance",
    "plan_seance",
    "prepare_convention",
    "present_new_version",
    "recall_echeance",
    "receive_event",
    "record_avis",
    "record_status",
    "send_code",
    "send_convention",
    "settle_autorisation",
    "settle_event",
    "sign_convention",
    "take_photos",
    "unlist_candidature",
]
