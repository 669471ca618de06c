"""When and why not, in phase 3. One module a noun; the names are handed on here."""

from .attribution import AttributionSituation, ExamenFacts, is_attributed, only_before_the_college
from .blocages import Blocage, blocages
from .dates import dates_of
from .deplacements import Effect, effect_in_words
from .echeances import due, unsubmitted
from .facts import ChapitreFacts, ConventionFacts, DossierFacts, VoletFacts
from .fin import Fin, FinFacts, fin_of
from .issue import issue_of
from .parcours import PreuvesSituation, Situation, VoletSituation, steps_of
from .photo import WAIT, ForeclosureFacts, may_be_taken, sort_of, why_not_foreclosed
from .step import Step
from .tour import Attente, MesureWaiting, Part, Tour, TourFacts, how_long, order_for, said, tour, whose

__all__ = [
    "WAIT",
    "Attente",
    "AttributionSituation",
    "Blocage",
    "ChapitreFacts",
    "ConventionFacts",
    "DossierFacts",
    "Effect",
    "ExamenFacts",
    "Fin",
    "FinFacts",
    "ForeclosureFacts",
    "MesureWaiting",
    "Part",
    "PreuvesSituation",
    "Situation",
    "Step",
    "Tour",
    "TourFacts",
    "VoletFacts",
    "VoletSituation",
    "blocages",
    "dates_of",
    "due",
    "effect_in_words",
    "fin_of",
    "first_to_act",
    "how_long",
    "is_attributed",
    "issue_of",
    "may_be_taken",
    "only_before_the_college",
    "order_for",
    "said",
    "sort_of",
    "steps_of",
    "tour",
    "unsubmitted",
    "whose",
    "why_not_foreclosed",
]
