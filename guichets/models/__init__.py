from .anomalie import Anomalie
from .demande import DemandeAuGuichet
from .gazelle import LienGazelle
from .habilitation import Habilitation
from .homologation import Homologation
from .releve import EchecDeReleve, Passage, Releve, ReponseDeGuichet

Suivie = Habilitation | Homologation | LienGazelle
"""A demande with its machine."""

__all__ = [
    "Anomalie",
    "DemandeAuGuichet",
    "EchecDeReleve",
    "Habilitation",
    "Homologation",
    "LienGazelle",
    "Passage",
    "Releve",
    "ReponseDeGuichet",
    "Suivie",
]
