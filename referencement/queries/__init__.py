"""What is, seen from the floor that sees everybody. One module a noun; the names are handed on here."""

from .blocages import DossierComplet, dossier_complet
from .candidatures import attribution_of, dossiers, echeances_for_page, situation_of
from .conventions import convention_facts, living_convention, quotes_of, still_holds
from .kept import kept
from .publication import (
    PER_PAGE,
    PublicPage,
    dates_1,
    dispositifs_by_code,
    every_solution,
    fiche_of,
    latest_referenced,
    over,
    profils_by_code,
    public_list_opens,
    public_page,
    published,
    solutions_of,
)
from .signatures import (
    code_facts,
    hashed,
    is_attributed,
    last_code,
    latest_file,
    latest_file_of,
    open_procedure,
    people_who_can_sign,
    words_of,
)
from .verification import verified_by_file, verified_by_number

__all__ = [
    "PER_PAGE",
    "DossierComplet",
    "PublicPage",
    "attribution_of",
    "code_facts",
    "convention_facts",
    "dates_1",
    "dispositifs_by_code",
    "dossier_complet",
    "dossiers",
    "echeances_for_page",
    "every_solution",
    "fiche_of",
    "hashed",
    "is_attributed",
    "kept",
    "last_code",
    "latest_file",
    "latest_file_of",
    "latest_referenced",
    "living_convention",
    "open_procedure",
    "over",
    "people_who_can_sign",
    "profils_by_code",
    "public_list_opens",
    "public_page",
    "published",
    "quotes_of",
    "situation_of",
    "solutions_of",
    "still_holds",
    "verified_by_file",
    "verified_by_number",
    "words_of",
]
