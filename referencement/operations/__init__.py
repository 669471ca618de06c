"""The acts of phase 3. One module a noun; the names are handed on here."""

from .autorisations import settle_autorisation
from .avis import AvisMoved, Said, record_avis
from .conventions import (
    CANCELLABLE,
    ConventionNotPossible,
    cancel_convention,
    cancel_if_stale,
    change_signatory,
    prepare_convention,
    send_convention,
)
from .convocations import cancel_seance, entrust_seance, move_seance, send_agenda
from .derogations import refuse_derogation
from .documents import issue, issue_decision
from .evenements import CLOSED, SIGNED, UNKNOWN, receive_event, record_status, settle_event
from .examens import SeanceConflict, SeanceNotPossible, decide_examen, list_candidature, unlist_candidature
from .forclusions import Foreclosed, foreclose_on_photo, foreclose_on_photos
from .mesures import abandon_mesure, answer_mesure, decide_mesure, propose_mesure
from .ordre_du_jour import name_rapporteur, rank_examen
from .passation import hand_over_seances, why_seances_wait
from .photos import PhotoTooEarly, take_photos
from .rappels import recall_echeance
from .reexamens import ReexamenNotPossible, grant_reexamen, refuse_reexamen, request_reexamen
from .referencements import ReferencementNotPossible, open_referencement, renounce_referencement, why_not_renounced
from .retraits import why_not_withdrawn, withdraw_candidature
from .seances import close_seance, open_seance, plan_seance
from .signatures import SignatureNotPossible, send_code, sign_convention
from .tours import follow_the_journal, project_tours, refresh_tours
from .versions import VersionNotPossible, present_new_version

__all__ = [
    "CANCELLABLE",
    "CLOSED",
    "SIGNED",
    "UNKNOWN",
    "AvisMoved",
    "ConventionNotPossible",
    "Foreclosed",
    "PhotoTooEarly",
    "ReexamenNotPossible",
    "ReferencementNotPossible",
    "Said",
    "SeanceConflict",
    "SeanceNotPossible",
    "SignatureNotPossible",
    "VersionNotPossible",
    "abandon_mesure",
    "answer_mesure",
    "cancel_convention",
    "cancel_if_stale",
    "cancel_seance",
    "change_signatory",
    "close_seance",
    "decide_examen",
    "decide_mesure",
    "entrust_seance",
    "follow_the_journal",
    "foreclose_on_photo",
    "foreclose_on_photos",
    "grant_reexamen",
    "hand_over_seances",
    "issue",
    "issue_decision",
    "list_candidature",
    "move_seance",
    "name_rapporteur",
    "open_referencement",
    "open_seance",
    "plan_seance",
    "prepare_convention",
    "present_new_version",
    "project_tours",
    "propose_mesure",
    "rank_examen",
    "recall_echeance",
    "receive_event",
    "record_avis",
    "record_status",
    "refresh_tours",
    "refuse_derogation",
    "refuse_reexamen",
    "renounce_referencement",
    "request_reexamen",
    "send_agenda",
    "send_code",
    "send_convention",
    "settle_autorisation",
    "settle_event",
    "sign_convention",
    "take_photos",
    "unlist_candidature",
    "why_not_renounced",
    "why_not_withdrawn",
    "why_seances_wait",
    "withdraw_candidature",
]
