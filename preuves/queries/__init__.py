"""What is, in phase 2. One module a noun; the names are handed on here."""

from .accuses import accuses_of_chapitre, depots_of_soumission
from .annotations import known_of, known_with
from .as_of import DossierThen, RevisionThen, dossiers_at
from .beside import Beside, register_beside, said_beside
from .chapitres import (
    candidatures_presented_anew,
    history_of,
    pieces_reusable,
    soumissions_standing,
    who_contested_in,
    who_deposited,
    who_moved_chapitre,
)
from .dossier import (
    Attendu,
    ChapitreDuDossier,
    Dossier,
    Rem,
    attendues_of,
    chapitres_asked_of_everybody,
    dossier_of,
    latest_version,
    newer_version,
    rem_of,
)
from .dossiers import whole_dossiers_of
from .fichiers import (
    Viewing,
    examiners_of,
    fichiers_visible_to,
    for_viewing,
    is_evidence,
    opens,
    pieces_of,
    register_readable,
    revisions_submitted,
    words_on,
)
from .impact import Impact, dossiers_of, impact_of
from .imports import exigences_to_read, imports, imports_pending, preview_of, reading_of, versions
from .instruction import (
    Examen,
    LigneDExamen,
    examen_of,
    former_verdicts,
    missing_in,
    review_facts_of,
    submitted_revisions,
)
from .lignes import LigneDePreuve, by_exigence, lines_of_chapitre
from .presentations import PRESENTED
from .suppositions import Change, Changes, changes_for, count_by_chapitre, simulate
from .waiting import chapitres_to_read, filters_to_read, waiting_lines

__all__ = [
    "PRESENTED",
    "Attendu",
    "Beside",
    "Change",
    "Changes",
    "ChapitreDuDossier",
    "Dossier",
    "DossierThen",
    "Examen",
    "Impact",
    "LigneDExamen",
    "LigneDePreuve",
    "Rem",
    "RevisionThen",
    "Viewing",
    "accuses_of_chapitre",
    "attendues_of",
    "by_exigence",
    "candidatures_presented_anew",
    "changes_for",
    "chapitres_asked_of_everybody",
    "chapitres_to_read",
    "count_by_chapitre",
    "depots_of_soumission",
    "dossier_of",
    "dossiers_at",
    "dossiers_of",
    "examen_of",
    "examiners_of",
    "exigences_to_read",
    "fichiers_visible_to",
    "filters_to_read",
    "for_viewing",
    "former_verdicts",
    "history_of",
    "impact_of",
    "imports",
    "imports_pending",
    "is_evidence",
    "known_of",
    "known_with",
    "latest_version",
    "lines_of_chapitre",
    "missing_in",
    "newer_version",
    "opens",
    "pieces_of",
    "pieces_reusable",
    "preview_of",
    "reading_of",
    "register_beside",
    "register_readable",
    "rem_of",
    "review_facts_of",
    "revisions_submitted",
    "said_beside",
    "simulate",
    "soumissions_standing",
    "submitted_revisions",
    "versions",
    "waiting_lines",
    "who_contested_in",
    "who_deposited",
    "who_moved_chapitre",
    "whole_dossiers_of",
    "words_on",
]
