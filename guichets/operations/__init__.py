"""The acts on the other desks' counters. One module a noun; the names are handed on here."""

from guichets.rules.captures import Shown
from guichets.rules.declarations import Declaration

from .anomalies import AnomalieNotAcknowledgeable, acknowledge_anomalie
from .captures import (
    CaptureNotDecidable,
    CaptureNotRecordable,
    confirm_capture,
    record_capture,
    refuse_capture,
)
from .demandes import (
    DemandeConflict,
    DemandeNotRecordable,
    correct_demande,
    end_demande,
    record_demande,
    record_known_demandes,
)
from .guichets import GuichetConflict, load_guichet, refuse_unknown_desks, refuse_vanished_desks
from .liens import follow_link
from .reconfirmations import ask_again, ask_again_before_the_college
from .releves import LASTING, Answer, Pull, mark_due, note_failure, note_releve
from .reponses import answer_preuves
from .retours import ReturnNotConfirmable, confirm_return
from .suivi import Observation, follow_observation

__all__ = [
    "LASTING",
    "AnomalieNotAcknowledgeable",
    "Answer",
    "CaptureNotDecidable",
    "CaptureNotRecordable",
    "Declaration",
    "DemandeConflict",
    "DemandeNotRecordable",
    "GuichetConflict",
    "Observation",
    "Pull",
    "ReturnNotConfirmable",
    "Shown",
    "acknowledge_anomalie",
    "answer_preuves",
    "ask_again",
    "ask_again_before_the_college",
    "confirm_capture",
    "confirm_return",
    "correct_demande",
    "end_demande",
    "follow_link",
    "follow_observation",
    "load_guichet",
    "mark_due",
    "note_failure",
    "note_releve",
    "record_capture",
    "record_demande",
    "record_known_demandes",
    "refuse_capture",
    "refuse_unknown_desks",
    "refuse_vanished_desks",
]
