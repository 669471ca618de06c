from .instruction import DemandeForm, JugementForm
from .produits import AccesForm, CandidatureForm, ProduitForm
from .volet import ADD_LINE, VoletForm

__all__ = ["ADD_LINE", "AccesForm", "CandidatureForm", "DemandeForm", "JugementForm", "ProduitForm", "VoletForm"]
