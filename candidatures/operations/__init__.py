from .candidatures import (
    CandidatureNotPossible,
    CharteNotAcceptable,
    accept_charte,
    open_candidature,
)
from .dispositifs import DispositifConflict, load_dispositif
from .produits import AccesNotPossible, ProduitNotPossible, create_produit, end_acces, give_acces, rename_produit
from .volets import (
    Conflict,
    Saved,
    VoletNotOpen,
    VoletNotSubmittable,
    admit_volet,
    save_answers,
    submit_volet,
)

__all__ = [
    "AccesNotPossible",
    "CandidatureNotPossible",
    "CharteNotAcceptable",
    "Conflict",
    "DispositifConflict",
    "ProduitNotPossible",
    "Saved",
    "VoletNotOpen",
    "VoletNotSubmittable",
    "accept_charte",
    "admit_volet",
    "create_produit",
    "end_acces",
    "give_acces",
    "load_dispositif",
    "open_candidature",
    "rename_produit",
    "save_answers",
    "submit_volet",
]
