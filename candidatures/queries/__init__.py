"""What is, in phase 1. One module a noun; the names are handed on here."""

from .candidatures import (
    charte_accepted,
    charte_of,
    deadline_of,
    deadlines_of,
    next_echeance,
    said,
    upcoming_dispositifs,
)
from .produits import (
    acces_of,
    managers_of,
    names_of_produits,
    produit_called,
    produits_of,
    salaries_of,
    salaries_without_acces,
)
from .summary import in_words, summary_of
from .volets import (
    answers_at,
    choices_of,
    facts_of,
    latest_reponses,
    prefill_of,
    reponses_at,
    spec_of_volet,
    who_moved,
)

__all__ = [
    "acces_of",
    "answers_at",
    "charte_accepted",
    "charte_of",
    "choices_of",
    "deadline_of",
    "deadlines_of",
    "facts_of",
    "in_words",
    "latest_reponses",
    "managers_of",
    "names_of_produits",
    "next_echeance",
    "prefill_of",
    "produit_called",
    "produits_of",
    "reponses_at",
    "said",
    "salaries_of",
    "salaries_without_acces",
    "spec_of_volet",
    "summary_of",
    "upcoming_dispositifs",
    "who_moved",
]
