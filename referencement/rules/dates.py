"""Each Date of a candidature: met, missed, put off, to come, without object, or handed over and not read yet.

One rule for its page, the lists, the calendar, the reminders, the photos and the foreclosure: what a Date still asks
is `due`, and this says what that means.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from candidatures.enums import EtatDeDate, VoletState
from candidatures.rules.dates import DateDite, still_to_do
from candidatures.rules.deadlines import Deadline
from guichets.enums import GateCode, Owner

from .blocages import DATE_1, DATE_2, DATE_3, SETTLED, WITH_THE_ANS, Blocage, DossierFacts, after_a_refusal
from .echeances import asked_by

Said = tuple[EtatDeDate, datetime | None]
TO_COME: Said = (EtatDeDate.TO_COME, None)
WITHOUT_OBJECT: Said = (EtatDeDate.WITHOUT_OBJECT, None)


def dates_of(facts: DossierFacts, *, at: datetime) -> dict[str, DateDite]:
    """Say where each Date of a candidature stands, by its code, in order."""
    return {code: _date(facts, code, deadline, at) for code, deadline in facts.echeances.items()}


def _date(facts: DossierFacts, code: str, deadline: Deadline, at: datetime) -> DateDite:
    ended = facts.fin is not None or not facts.is_open
    if not deadline.binds or code not in _DONE:
        return DateDite(code, deadline, EtatDeDate.WITHOUT_OBJECT, is_ended=ended)
    asked = asked_by(facts, code, at=at)
    owed = [one for one in asked if one.owner != Owner.ANS]
    if ended:
        etat, done_at = _once_ended(facts, code, deadline, owed, at)
        return DateDite(code, deadline, etat, done_at, is_ended=True)
    if owed:
        return _owed(code, deadline, owed, at)
    etat, done_at = _DONE[code](facts, deadline, asked, at)
    return DateDite(code, deadline, etat, done_at)


def _owed(code: str, deadline: Deadline, owed: Iterable[Blocage], at: datetime) -> DateDite:
    """Something is to do: until the échéance, or until what a late return gave."""
    until = max((one.deadline for one in owed if one.deadline), key=lambda one: one.at, default=deadline)
    if not until.is_met(at) or any(one.is_late for one in owed):
        return DateDite(code, deadline, EtatDeDate.MISSED)
    put_off = deadline.extended or until.at > deadline.at
    return DateDite(
        code, until if until.at > deadline.at else deadline, EtatDeDate.PUT_OFF if put_off else EtatDeDate.TO_COME
    )


def _once_ended(facts: DossierFacts, code: str, deadline: Deadline, owed: list[Blocage], at: datetime) -> Said:
    """What was done stays done; what was not, and whose échéance passed before the end, is missed."""
    ended_at = facts.fin.at if facts.fin and facts.fin.at else at
    if not owed:
        etat, done_at = _DONE[code](facts, deadline, (), at)
        return (etat, done_at) if etat in (EtatDeDate.MET, EtatDeDate.MISSED) else WITHOUT_OBJECT
    return still_to_do(code, deadline, ended_at=ended_at, at=at).etat, None


def _date_1(facts: DossierFacts, deadline: Deadline, asked: Iterable[Blocage], at: datetime) -> Said:
    """Both volets were submitted once."""
    if any(one.state == VoletState.DRAFT for one in facts.volets):
        return TO_COME
    return EtatDeDate.MET, _latest(one.first_submitted_at for one in facts.volets)


def _date_2(facts: DossierFacts, deadline: Deadline, asked: Iterable[Blocage], at: datetime) -> Said:
    """Every chapitre was submitted once, and the demandes are far enough, as of their deposit once it is confirmed.

    What came after the échéance is late, but in the time that a refusal gave.
    """
    if facts.chapitres is None:
        return TO_COME if deadline.is_met(at) else WITHOUT_OBJECT
    handed_at = _latest(one.first_submitted_at for one in facts.chapitres)
    arrivals = facts.gates[GateCode.REPUTE_COMPLET].arrivals
    came: list[tuple[datetime | None, Deadline | None]] = [(handed_at, deadline)]
    came += [(one.since, one.deadline) for one in asked]
    came += [(one.at, after_a_refusal(one.refused, deadline, facts.to_answer)) for one in arrivals]
    done_at, is_late = _latest(one for one, _ in came), any(_is_late(*one) for one in came)
    etat = EtatDeDate.IN_HAND if any(one.owner == Owner.ANS for one in asked) else EtatDeDate.MET
    return EtatDeDate.MISSED if is_late else etat, done_at


def _is_late(instant: datetime | None, deadline: Deadline | None) -> bool:
    return instant is not None and deadline is not None and not deadline.is_met(instant)


def _date_3(facts: DossierFacts, deadline: Deadline, asked: Iterable[Blocage], at: datetime) -> Said:
    """Every return was answered: for good once all is settled; until then, a return may still come."""
    chapitres = facts.chapitres
    if chapitres is not None and all(one.standing in SETTLED for one in chapitres):
        return EtatDeDate.MET, _latest(one.submitted_at for one in chapitres)
    if deadline.is_met(at):
        return TO_COME
    answered = [one for one in chapitres or () if one.standing in WITH_THE_ANS]
    return (EtatDeDate.IN_HAND, _latest(one.submitted_at for one in answered)) if answered else WITHOUT_OBJECT


_DONE = {DATE_1: _date_1, DATE_2: _date_2, DATE_3: _date_3}


def _latest(instants: Iterable[datetime | None]) -> datetime | None:
    return max((one for one in instants if one), default=None)
