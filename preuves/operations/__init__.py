"""The acts of phase 2. One module a noun; the names are handed on here."""

from preuves.rules.depots import Contenu

from .chapitres import ChapitreNotSubmittable, ChapitreNotTakenBack, submit_chapitre, take_back_chapitre
from .depots import DepositConflict, DepositNotPossible, DepositRefused, deposit, deposit_constat
from .dossiers import (
    Moved,
    VersionNotAdoptable,
    move_to_version,
    open_dossier,
    reopen_after_new_profils,
    reopen_what_lacks,
)
from .fichiers import FichierNotReceivable, receive_piece, why_not_receivable
from .imports import ImportClosed, correct_natures, discard_import, publish_import, send_workbook
from .instruction import (
    ReviewConflict,
    ReviewNotConcludable,
    ReviewNotPossible,
    claim_chapitre,
    conclude_review,
    release_chapitre,
    save_draft,
    take_over_chapitre,
)
from .locking import locked_candidature, locked_chapitre
from .passation import hand_over_chapitres, why_chapitres_wait
from .rem import RemNotPublishable, publish_rem
from .reouvertures import contest_dispense, reopen_chapitre

__all__ = [
    "ChapitreNotSubmittable",
    "ChapitreNotTakenBack",
    "Contenu",
    "DepositConflict",
    "DepositNotPossible",
    "DepositRefused",
    "FichierNotReceivable",
    "ImportClosed",
    "Moved",
    "RemNotPublishable",
    "ReviewConflict",
    "ReviewNotConcludable",
    "ReviewNotPossible",
    "VersionNotAdoptable",
    "claim_chapitre",
    "conclude_review",
    "contest_dispense",
    "correct_natures",
    "deposit",
    "deposit_constat",
    "discard_import",
    "hand_over_chapitres",
    "locked_candidature",
    "locked_chapitre",
    "move_to_version",
    "open_dossier",
    "publish_import",
    "publish_rem",
    "receive_piece",
    "release_chapitre",
    "reopen_after_new_profils",
    "reopen_chapitre",
    "reopen_what_lacks",
    "save_draft",
    "send_workbook",
    "submit_chapitre",
    "take_back_chapitre",
    "take_over_chapitre",
    "why_chapitres_wait",
    "why_not_receivable",
]
