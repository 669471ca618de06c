"""What is, seen from the floor that sees everybody. One module a noun; the names are handed on here."""

from .blocages import DossierComplet, dossier_complet
from .candidatures import (
    dates_1,
    dossiers,
    echeances_for_page,
    in_progress,
    public_list_opens,
    situation_of,
)
from .conventions import convention_facts, living_convention, quotes_of, still_holds

__all__ = [
    "DossierComplet",
    "convention_facts",
    "dates_1",
    "dossier_complet",
    "dossiers",
    "echeances_for_page",
    "in_progress",
    "living_convention",
    "public_list_opens",
    "quotes_of",
    "situation_of",
    "still_holds",
]
