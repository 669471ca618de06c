from .calendrier import AbonnementCalendrier
from .candidature import AcceptationDeCharte, Candidature
from .demande import Demande, Jugement
from .dispositif import Charte, Dispositif, Echeance
from .echeance import DeplacementDEcheance, Derogation
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
    "DeplacementDEcheance",
    "Derogation",
    "Dispositif",
    "Echeance",
    "Jugement",
    "Piece",
    "Produit",
    "Reponse",
    "Soumission",
    "Volet",
]
