"""When and why not, in phase 3. One module a noun; the names are handed on here."""

from .blocages import Blocage, ChapitreFacts, ConventionFacts, DossierFacts, VoletFacts, blocages
from .parcours import PreuvesSituation, Situation, Step, VoletSituation, steps_of, turn_of

__all__ = [
    "Blocage",
    "ChapitreFacts",
    "ConventionFacts",
    "DossierFacts",
    "PreuvesSituation",
    "Situation",
    "Step",
    "VoletFacts",
    "VoletSituation",
    "blocages",
    "steps_of",
    "turn_of",
]
