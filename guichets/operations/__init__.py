"""The acts on the other desks' counters. One module a noun; the names are handed on here."""

from guichets.rules.declarations import Capture, Declaration

from .anomalies import AnomalieNotAcknowledgeable, acknowledge_anomalie
from .demandes import DemandeConflict, DemandeNotRecordable, correct_demande, end_demande, record_demande
from .gazelle import follow_link
from .manuels import ReleveNotRecordable, record_manual_releve
from .releves import LASTING, Answer, Pull, mark_due, note_failure, note_releve
from .reponses import answer_preuves

__all__ = [
    "LASTING",
    "AnomalieNotAcknowledgeable",
    "Answer",
    "Capture",
    "Declaration",
    "DemandeConflict",
    "DemandeNotRecordable",
    "Pull",
    "ReleveNotRecordable",
    "acknowledge_anomalie",
    "answer_preuves",
    "correct_demande",
    "end_demande",
    "follow_link",
    "mark_due",
    "note_failure",
    "note_releve",
    "record_demande",
    "record_manual_releve",
]
