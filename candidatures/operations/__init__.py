from .calendrier import open_calendar, revoke_calendar
from .candidatures import (
    CandidatureNotPossible,
    CharteNotAcceptable,
    accept_charte,
    open_candidature,
    withdraw_candidature,
)
from .dispositifs import DispositifConflict, load_dispositif
from .instruction import (
    DemandeNotPossible,
    VoletNotAdmissible,
    admit_volet,
    ask_complement,
    judge_reference,
    reopen_volet,
)
from .pieces import deposit_piece, keep_piece, keep_pieces
from .produits import AccesNotPossible, ProduitNotPossible, create_produit, end_acces, give_acces, rename_produit
from .volets import (
    Conflict,
    Saved,
    VoletNotOpen,
    VoletNotSubmittable,
    save_answers,
    submit_volet,
)

__all__ = [
    "AccesNotPossible",
    "CandidatureNotPossible",
    "CharteNotAcceptable",
    "Conflict",
    "DemandeNotPossible",
    "DispositifConflict",
    "ProduitNotPossible",
    "Saved",
    "VoletNotAdmissible",
    "VoletNotOpen",
    "VoletNotSubmittable",
    "accept_charte",
    "admit_volet",
    "ask_complement",
    "create_produit",
    "deposit_piece",
    "end_acces",
    "give_acces",
    "judge_reference",
    "keep_piece",
    "keep_pieces",
    "load_dispositif",
    "open_calendar",
    "open_candidature",
    "rename_produit",
    "reopen_volet",
    "revoke_calendar",
    "save_answers",
    "submit_volet",
    "withdraw_candidature",
]
