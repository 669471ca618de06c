from .anomalie import Anomalie
from .capture import Capture
from .demande import DemandeAuGuichet
from .guichet import Etape, Guichet, Mouvement
from .releve import EchecDeReleve, Passage, Releve, ReponseDeGuichet

__all__ = [
    "Anomalie",
    "Capture",
    "DemandeAuGuichet",
    "EchecDeReleve",
    "Etape",
    "Guichet",
    "Mouvement",
    "Passage",
    "Releve",
    "ReponseDeGuichet",
]
