"""The acts of phase 2. One module a noun; the names are handed on here."""

from preuves.rules.depots import Contenu

from .chapitres import ChapitreNotSubmittable, ChapitreNotTakenBack, submit_chapitre, take_back_chapitre
from .depots import DepositConflict, DepositNotPossible, DepositRefused, deposit
from .dossiers import (
    Moved,
    VersionNotAdoptable,
    move_to_version,
    open_dossier,
    reopen_after_new_profils,
    reopen_what_lacks,
)
from .fichiers import FichierNotReceivable, receive_piece, why_not_receivable
from .locking import locked_candidature, locked_chapitre
from .rem import RemNotPublishable, publish_rem

__all__ = [
    "ChapitreNotSubmittable",
    "ChapitreNotTakenBack",
    "Contenu",
    "DepositConflict",
    "DepositNotPossible",
    "DepositRefused",
    "FichierNotReceivable",
    "Moved",
    "RemNotPublishable",
    "VersionNotAdoptable",
    "deposit",
    "locked_candidature",
    "locked_chapitre",
    "move_to_version",
    "open_dossier",
    "publish_rem",
    "receive_piece",
    "reopen_after_new_profils",
    "reopen_what_lacks",
    "submit_chapitre",
    "take_back_chapitre",
    "why_not_receivable",
]
