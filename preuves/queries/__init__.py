"""What is, in phase 2. One module a noun; the names are handed on here."""

from .chapitres import soumissions_standing, who_deposited, who_moved_chapitre
from .dossier import (
    Attendu,
    ChapitreDuDossier,
    Dossier,
    Rem,
    attendues_of,
    dossier_of,
    latest_version,
    newer_version,
    rem_of,
)

__all__ = [
    "Attendu",
    "ChapitreDuDossier",
    "Dossier",
    "Rem",
    "attendues_of",
    "dossier_of",
    "latest_version",
    "newer_version",
    "rem_of",
    "soumissions_standing",
    "who_deposited",
    "who_moved_chapitre",
]
