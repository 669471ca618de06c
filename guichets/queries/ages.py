"""How old the stage of a demande is, and whether it comes from the desk’s own answer or from a capture."""

from datetime import datetime

from comptes.dates import day_in_words
from guichets.catalogue.specs import GuichetSpec
from guichets.enums import Source
from guichets.models import DemandeAuGuichet
from guichets.rules.cadence import age_in_words, is_stale

from .desks import is_pulled


def is_captured(demande: DemandeAuGuichet | None) -> bool:
    """Whether the stage of a demande comes from a capture that the ANS confirmed."""
    return demande is not None and demande.source == Source.CAPTURE


def is_stale_at(demande: DemandeAuGuichet | None, guichet: GuichetSpec, *, at: datetime) -> bool:
    """Whether a desk should have answered again by now; never true of a stage that comes from a capture."""
    is_asked = is_pulled(guichet.code) and not is_captured(demande)
    return is_asked and is_stale(demande.confirmed_at if demande else None, guichet.cadence, at=at)


def age_of(demande: DemandeAuGuichet | None, *, at: datetime) -> str:
    """Say in French how old the stage of a demande is; for a capture, when the ANS confirmed it."""
    if demande is not None and demande.confirmed_at and is_captured(demande):
        return f"vérifié sur une capture, confirmée par l’ANS le {day_in_words(demande.confirmed_at)}"
    if demande is not None and demande.confirmed_at is None and not is_pulled(demande.guichet_id):
        return "aucune capture confirmée"
    return age_in_words(demande.confirmed_at if demande else None, at=at)
