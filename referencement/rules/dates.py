"""Each Date of a candidature: met, missed, put off, to come, without object, or handed over and not read yet.

The page of the candidature, the lists and the calendar read the same rule: `due` tells what a Date still asks, and this
module tells where that leaves the Date.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from candidatures.enums import EtatDeDate
from candidatures.rules.dates import DateDite, still_to_do
from candidatures.rules.deadlines import Deadline
from guichets.enums import Owner

from .blocages import Blocage
from .echeances import asked_by
from .exigences import WITHOUT_OBJECT, done_of
from .facts import DossierFacts


def dates_of(facts: DossierFacts, *, at: datetime) -> dict[str, DateDite]:
    """Say where each Date of a candidature stands, by its code, in order."""
    return {code: _date(facts, code, deadline, at) for code, deadline in facts.echeances.items()}


def _date(facts: DossierFacts, code: str, deadline: Deadline, at: datetime) -> DateDite:
    ended = facts.fin is not None or not facts.is_open
    if not deadline.binds or not deadline.exigences.kinds:
        return DateDite(code, deadline, EtatDeDate.WITHOUT_OBJECT, is_ended=ended)
    owed = [blocage for blocage in asked_by(facts, code, at=at) if blocage.owner != Owner.ANS]
    if ended:
        return _once_ended(facts, code, deadline, owed, at)
    if owed:
        return _owed(code, deadline, owed, at)
    etat, done_at = done_of(facts, deadline, at=at, left_to_ans=True)
    return DateDite(code, deadline, etat, done_at)


def _owed(code: str, deadline: Deadline, owed: Iterable[Blocage], at: datetime) -> DateDite:
    """Return a Date that still asks something, until the échéance or until the time that a late return gave."""
    bindings = (deadline, *(blocage.deadline for blocage in owed if blocage.deadline))
    until = max(bindings, key=lambda binding: binding.at)
    if not until.is_met(at) or any(blocage.is_late for blocage in owed):
        return DateDite(code, deadline, EtatDeDate.MISSED)
    put_off = deadline.extended or until.at > deadline.at
    return DateDite(code, until, EtatDeDate.PUT_OFF if put_off else EtatDeDate.TO_COME)


def _once_ended(facts: DossierFacts, code: str, deadline: Deadline, owed: list[Blocage], at: datetime) -> DateDite:
    """Return a Date of a candidature that ended: what was done stays done.

    What was not done is missed when the échéance passed before the end, and without object otherwise.
    """
    ended_at = facts.fin.at if facts.fin and facts.fin.at else at
    if owed:
        return still_to_do(code, deadline, ended_at=ended_at, at=at)
    etat, done_at = done_of(facts, deadline, at=at)
    if etat not in (EtatDeDate.MET, EtatDeDate.MISSED):
        etat, done_at = WITHOUT_OBJECT
    return DateDite(code, deadline, etat, done_at, is_ended=True)
