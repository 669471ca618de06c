from .anomalie import Anomalie
from .demande import DemandeAuGuichet, Habilitation, Homologation, Suivie
from .releve import EchecDeReleve, Passage, Releve, ReponseDeGuichet

__all__ = [
    "Anomalie",
    "DemandeAuGuichet",
    "EchecDeReleve",
    "Habilitation",
    "Homologation",
    "Passage",
    "Releve",
    "ReponseDeGuichet",
    "Suivie",
]
