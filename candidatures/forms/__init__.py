from .produits import CandidatureForm, ProduitForm
from .volet import ADD_LINE, VoletForm

__all__ = ["ADD_LINE", "CandidatureForm", "ProduitForm", "VoletForm"]
