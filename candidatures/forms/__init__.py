from .instruction import CancellationForm, DemandeForm, JugementForm, ModeleForm
from .produits import AccesForm, CandidatureForm, ProduitForm
from .volet import ADD_LINE, VoletForm

__all__ = [
    "ADD_LINE",
    "AccesForm",
    "CancellationForm",
    "CandidatureForm",
    "DemandeForm",
    "JugementForm",
    "ModeleForm",
    "ProduitForm",
    "VoletForm",
]
