"""What an échéance still asks of a candidature: those of its blocages that the échéance binds."""

from __future__ import annotations

from datetime import datetime

from guichets.enums import Owner
from referencement.enums import BlocageCode, Seuil

from .blocages import DATE_1, DATE_2, DATE_3, Blocage, ChapitreFacts, DossierFacts, blocages

# Where the blocages that each échéance binds are looked for.
SEUILS = {DATE_1: Seuil.COMPLETUDE, DATE_2: Seuil.COMPLETUDE, DATE_3: Seuil.CONVENTION}


def due(facts: DossierFacts, code: str, *, at: datetime) -> tuple[Blocage, ...]:
    """Say all that an échéance still asks of somebody else than the ANS; nothing of who it does not bind.

    What the ANS asked once it was over, and gave more time for, it asks only when that time is over too.

    Date 1: the volets never submitted, and the charte that keeps them from it. Date 2: the chapitres never submitted
    and the demandes to the CNDA. Date 3: the returns that were not answered.
    """
    if not facts.is_open:
        return ()
    asked = [one for one in asked_by(facts, code, at=at) if one.owner != Owner.ANS]
    return tuple(one for one in asked if one.is_late or facts.echeances[code].is_met(at))


def asked_by(facts: DossierFacts, code: str, *, at: datetime) -> tuple[Blocage, ...]:
    """Say all that an échéance asks of anybody, ended or not; nothing of who it does not bind."""
    deadline = facts.echeances.get(code)
    if code not in SEUILS or deadline is None or not deadline.binds:
        return ()
    found = blocages(facts, seuil=SEUILS[code], at=at)
    asked = tuple(one for one in found if one.date == code)
    return () if all(one.code == BlocageCode.CHARTE for one in asked) else asked


def unsubmitted(facts: DossierFacts, *, at: datetime) -> tuple[ChapitreFacts, ...]:
    """Return the chapitres that are complete, not handed over, and still may be: the trap of the last evening."""
    found = blocages(facts, seuil=Seuil.CONVENTION, at=at) if facts.is_open else ()
    addresses = {one.address for one in found if one.is_complete and not one.is_late}
    return tuple(one for one in facts.chapitres or () if f"chapitre:{one.code}" in addresses)
