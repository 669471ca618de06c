"""What an échéance still asks of a candidature."""

from __future__ import annotations

from datetime import datetime

from guichets.enums import Owner
from referencement.enums import Seuil

from .blocages import Blocage, blocages
from .exigences import missing_of
from .facts import ChapitreStanding, DossierFacts


def due(facts: DossierFacts, code: str, *, at: datetime) -> tuple[Blocage, ...]:
    """Return what an échéance still asks of anybody but the ANS; empty for a candidature that it does not bind.

    Once the échéance has passed, what the ANS gave more time for is left out until that time is over too.
    """
    if not facts.is_open:
        return ()
    asked = [blocage for blocage in asked_by(facts, code, at=at) if blocage.owner != Owner.ANS]
    return tuple(blocage for blocage in asked if blocage.is_late or facts.echeances[code].is_met(at))


def asked_by(facts: DossierFacts, code: str, *, at: datetime) -> tuple[Blocage, ...]:
    """Return what an échéance asks of anybody, the ANS included, whether or not the candidature ended.

    Empty for a candidature that the échéance does not bind.
    """
    deadline = facts.echeances.get(code)
    return missing_of(facts, deadline, at) if deadline is not None and deadline.binds else ()


def unsubmitted(facts: DossierFacts, *, at: datetime) -> tuple[ChapitreStanding, ...]:
    """Return the chapitres that are complete, not submitted, and may still be submitted.

    Éditeurs forget this last click: the pages and the reminders show these chapitres first.
    """
    missing = blocages(facts, seuil=Seuil.CONVENTION, at=at) if facts.is_open else ()
    addresses = {blocage.address for blocage in missing if blocage.is_complete and not blocage.is_late}
    return tuple(chapitre for chapitre in facts.chapitres or () if f"chapitre:{chapitre.code}" in addresses)
