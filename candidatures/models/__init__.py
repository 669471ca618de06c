from .calendrier import AbonnementCalendrier
from .candidature import AcceptationDeCharte, Candidature
from .demande import Demande, Jugement
from .dispositif import Charte, Dispositif, Echeance
from .piece import Piece
from .produit import AccesProduit, Produit
from .volet import Reponse, Soumission, Volet

__all__ = [
    "AbonnementCalendrier",
    "AcceptationDeCharte",
    "AccesProduit",
    "Candidature",
    "Charte",
    "Demande",
    "Dispositif",
    "Echeance",
    "Jugement",
    "Piece",
    "Produit",
    "Reponse",
    "Soumission",
    "Volet",
]
