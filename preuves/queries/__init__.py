"""What is, in phase 2. One module a noun; the names are handed on here."""

from .chapitres import (
    LigneDePreuve,
    candidatures_presented_anew,
    history_of,
    lines_of_chapitre,
    pieces_reusable,
    soumissions_standing,
    verdicts_on,
    who_deposited,
    who_moved_chapitre,
)
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
from .fichiers import Viewing, fichiers_visible_to, for_viewing, opens, revisions_submitted, words_on
from .instruction import missing_in, review_facts_of, submitted_revisions
from .suppositions import Change, Changes, changes_for, count_by_chapitre, simulate

__all__ = [
    "Attendu",
    "Change",
    "Changes",
    "ChapitreDuDossier",
    "Dossier",
    "LigneDePreuve",
    "Rem",
    "Viewing",
    "attendues_of",
    "candidatures_presented_anew",
    "changes_for",
    "count_by_chapitre",
    "dossier_of",
    "fichiers_visible_to",
    "for_viewing",
    "history_of",
    "latest_version",
    "lines_of_chapitre",
    "missing_in",
    "newer_version",
    "opens",
    "pieces_reusable",
    "rem_of",
    "review_facts_of",
    "revisions_submitted",
    "simulate",
    "soumissions_standing",
    "submitted_revisions",
    "verdicts_on",
    "who_deposited",
    "who_moved_chapitre",
    "words_on",
]
