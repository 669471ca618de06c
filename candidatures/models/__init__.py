from .candidature import AcceptationDeCharte, Candidature
from .dispositif import Charte, Dispositif, Echeance
from .produit import AccesProduit, Produit
from .volet import Reponse, Soumission, Volet

__all__ = [
    "AcceptationDeCharte",
    "AccesProduit",
    "Candidature",
    "Charte",
    "Dispositif",
    "Echeance",
    "Produit",
    "Reponse",
    "Soumission",
    "Volet",
]
