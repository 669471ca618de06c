"""The acts on the other desks' counters. One module a noun; the names are handed on here."""

from guichets.rules.declarations import Capture, Declaration

from .anomalies import AnomalieNotAcknowledgeable, acknowledge_anomalie
from .demandes import DemandeConflict, DemandeNotRecordable, correct_demande, end_demande, record_demande
from .guichets import GuichetConflict, load_guichet, refuse_unknown_desks
from .liens import follow_link
from .manuels import ReleveNotRecordable, record_manual_releve
from .releves import LASTING, Answer, Pull, mark_due, note_failure, note_releve
from .reponses import answer_preuves
from .retours import ReturnNotConfirmable, confirm_return, observation_of
from .suivi import Observation, follow_observation

__all__ = [
    "LASTING",
    "AnomalieNotAcknowledgeable",
    "Answer",
    "Capture",
    "Declaration",
    "DemandeConflict",
    "DemandeNotRecordable",
    "GuichetConflict",
    "Observation",
    "Pull",
    "ReleveNotRecordable",
    "ReturnNotConfirmable",
    "acknowledge_anomalie",
    "answer_preuves",
    "confirm_return",
    "correct_demande",
    "end_demande",
    "follow_link",
    "follow_observation",
    "load_guichet",
    "mark_due",
    "note_failure",
    "note_releve",
    "observation_of",
    "record_demande",
    "record_manual_releve",
    "refuse_unknown_desks",
]
