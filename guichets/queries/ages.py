"""How old what is known of a demande is, and what it rests on: the desk’s own answer, or a capture."""

from datetime import datetime

from comptes.dates import day_in_figures
from guichets.catalogue.specs import GuichetSpec
from guichets.enums import Source
from guichets.models import DemandeAuGuichet
from guichets.rules.cadence import is_stale, said_age

from .desks import is_pulled


def is_captured(demande: DemandeAuGuichet | None) -> bool:
    """Whether the stage of a demande rests on a capture that the ANS confirmed."""
    return demande is not None and demande.source == Source.CAPTURE


def is_stale_at(demande: DemandeAuGuichet | None, guichet: GuichetSpec, *, at: datetime) -> bool:
    """Whether what a desk says should have been read again; what rests on captures is as old as they are."""
    is_asked = is_pulled(guichet.code) and not is_captured(demande)
    return is_asked and is_stale(demande.confirmed_at if demande else None, guichet.cadence, at=at)


def age_of(demande: DemandeAuGuichet | None, *, at: datetime) -> str:
    """Say how old what is known of a demande is; of a capture, that it is one, and when the ANS confirmed it."""
    if demande is not None and demande.confirmed_at and is_captured(demande):
        return f"constaté sur capture, confirmé par l’ANS le {day_in_figures(demande.confirmed_at)}"
    if demande is not None and demande.confirmed_at is None and not is_pulled(demande.guichet_id):
        return "aucune capture confirmée"
    return said_age(demande.confirmed_at if demande else None, at=at)
