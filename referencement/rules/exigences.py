"""What an échéance may ask. One record for each exigence: what is missing of it, whether it was done, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from candidatures.enums import EtatDeDate, ExigenceDEcheance, VoletState
from candidatures.rules.deadlines import Deadline
from guichets.enums import GateCode, Owner
from preuves.enums import ChapitreState

from .blocages import (
    SETTLED,
    WITH_THE_ANS,
    Blocage,
    after_a_refusal,
    never_submitted,
    of_chapitre,
    of_charte,
    of_gate,
    of_volet,
)
from .facts import ChapitreStanding, DossierFacts, VoletStanding

Done = tuple[EtatDeDate, datetime | None]
TO_COME: Done = (EtatDeDate.TO_COME, None)
WITHOUT_OBJECT: Done = (EtatDeDate.WITHOUT_OBJECT, None)


@dataclass(frozen=True)
class ExigenceRule:
    """One thing that an échéance may ask.

    :param asks: yields what is still missing, each bound by that échéance or by the time that a late return gave
    :param done: asked once nobody but the ANS owes anything: returns the state of the Date, and when the last of it
        was done, None when no row says it. Its third argument is what `asks` yielded, which the ANS owes
    """

    asks: Callable[[DossierFacts, Deadline, datetime], Iterator[Blocage]]
    done: Callable[[DossierFacts, Deadline, tuple[Blocage, ...], datetime], Done]


# -- the volets ------------------------------------------------------------------------------------------------------


def _volets(facts: DossierFacts, deadline: Deadline) -> list[VoletStanding]:
    only = deadline.exigences.volets
    return [volet for volet in facts.volets if not only or volet.kind in only]


def _volets_to_submit(facts: DossierFacts, deadline: Deadline, at: datetime) -> Iterator[Blocage]:
    """Yield the volets that are still drafts, that is, never submitted; and the charte, without which none can be."""
    drafts = [volet for volet in _volets(facts, deadline) if volet.state == VoletState.DRAFT]
    if drafts and not facts.charte_accepted:
        yield of_charte(deadline, at)
    yield from (of_volet(volet, deadline, at) for volet in drafts)


def _volets_submitted(facts: DossierFacts, deadline: Deadline, asked: tuple[Blocage, ...], at: datetime) -> Done:
    volets = _volets(facts, deadline)
    if any(volet.state == VoletState.DRAFT for volet in volets):
        return TO_COME
    return EtatDeDate.MET, latest(volet.first_submitted_at for volet in volets)


# -- the chapitres ---------------------------------------------------------------------------------------------------


def _chapitres(facts: DossierFacts, deadline: Deadline) -> list[ChapitreStanding]:
    only = deadline.exigences.chapitres
    return [chapitre for chapitre in facts.chapitres or () if not only or chapitre.code in only]


def _of_chapitre(chapitre: ChapitreStanding, deadline: Deadline, at: datetime) -> Blocage:
    """Return what a chapitre waits for; what the ANS asked late has more time than that échéance."""
    more_time = chapitre.deadline is not None and chapitre.deadline.at > deadline.at
    return of_chapitre(chapitre, chapitre.deadline if more_time else deadline, at)


def _chapitres_to_submit(facts: DossierFacts, deadline: Deadline, at: datetime) -> Iterator[Blocage]:
    """Yield the chapitres that were never handed over; those that were need not be approved."""
    chapitres = _chapitres(facts, deadline)
    yield from (_of_chapitre(chapitre, deadline, at) for chapitre in chapitres if never_submitted(chapitre))


def _chapitres_submitted(facts: DossierFacts, deadline: Deadline, asked: tuple[Blocage, ...], at: datetime) -> Done:
    if facts.chapitres is None:
        return TO_COME if deadline.is_met(at) else WITHOUT_OBJECT
    chapitres = _chapitres(facts, deadline)
    if not chapitres:  # it names some, and the candidature is concerned by none of them
        return WITHOUT_OBJECT
    handed_at = latest(chapitre.first_submitted_at for chapitre in chapitres)
    return EtatDeDate.MISSED if _is_late(handed_at, deadline) else EtatDeDate.MET, handed_at


def _returns_to_answer(facts: DossierFacts, deadline: Deadline, at: datetime) -> Iterator[Blocage]:
    chapitres = _chapitres(facts, deadline)
    returned = (chapitre for chapitre in chapitres if chapitre.standing == ChapitreState.RETURNED)
    yield from (_of_chapitre(chapitre, deadline, at) for chapitre in returned)


def _returns_answered(facts: DossierFacts, deadline: Deadline, asked: tuple[Blocage, ...], at: datetime) -> Done:
    """Say whether the returns were answered; never met before all is settled, since a return may still come."""
    chapitres = _chapitres(facts, deadline)
    if facts.chapitres is not None and not chapitres:
        return WITHOUT_OBJECT
    if facts.chapitres is not None and all(chapitre.standing in SETTLED for chapitre in chapitres):
        return EtatDeDate.MET, latest(chapitre.submitted_at for chapitre in chapitres)
    if deadline.is_met(at):
        return TO_COME
    answered = [chapitre.submitted_at for chapitre in chapitres if chapitre.standing in WITH_THE_ANS]
    return (EtatDeDate.IN_HAND, latest(answered)) if answered else WITHOUT_OBJECT


# -- the demandes to the other desks -----------------------------------------------------------------------------------


def _demandes_behind(facts: DossierFacts, deadline: Deadline, at: datetime) -> Iterator[Blocage]:
    yield from of_gate(facts, GateCode.REPUTE_COMPLET, deadline, at)


def _demandes_far_enough(facts: DossierFacts, deadline: Deadline, asked: tuple[Blocage, ...], at: datetime) -> Done:
    """Say whether the demandes came in time: what counts is their deposit, even when the ANS confirms it later.

    What was deposited after the échéance is late, unless the ANS gave more time.
    """
    arrivals = facts.gates[GateCode.REPUTE_COMPLET].arrivals
    came: list[tuple[datetime | None, Deadline | None]] = [(blocage.since, blocage.deadline) for blocage in asked]
    came += [(arrival.at, after_a_refusal(arrival.refused, deadline, facts.to_answer)) for arrival in arrivals]
    etat = EtatDeDate.IN_HAND if any(blocage.owner == Owner.ANS for blocage in asked) else EtatDeDate.MET
    is_late = any(_is_late(instant, binding) for instant, binding in came)
    return EtatDeDate.MISSED if is_late else etat, latest(instant for instant, _ in came)


EXIGENCES: Mapping[ExigenceDEcheance, ExigenceRule] = {
    ExigenceDEcheance.VOLETS_SOUMIS: ExigenceRule(_volets_to_submit, _volets_submitted),
    ExigenceDEcheance.CHAPITRES_SOUMIS: ExigenceRule(_chapitres_to_submit, _chapitres_submitted),
    ExigenceDEcheance.DEMANDES_AVANCEES: ExigenceRule(_demandes_behind, _demandes_far_enough),
    ExigenceDEcheance.RETOURS_REPONDUS: ExigenceRule(_returns_to_answer, _returns_answered),
}


# -- an échéance: all that it asks, together ---------------------------------------------------------------------------


def missing_of(facts: DossierFacts, deadline: Deadline, at: datetime) -> tuple[Blocage, ...]:
    """Return all that is missing of what an échéance asks."""
    kinds = deadline.exigences.kinds
    return tuple(blocage for kind in kinds for blocage in EXIGENCES[kind].asks(facts, deadline, at))


def done_of(facts: DossierFacts, deadline: Deadline, *, at: datetime, left_to_ans: bool = False) -> Done:
    """Return the state of a Date once nobody but the ANS owes anything for it, and when the last of it was done.

    :param left_to_ans: whether what the ANS still owes counts; once the candidature ended, the ANS owes nothing
    """
    parts = [
        _part(facts, deadline, EXIGENCES[kind], left_to_ans=left_to_ans, at=at) for kind in deadline.exigences.kinds
    ]
    if facts.chapitres is None and WITHOUT_OBJECT in parts:
        return WITHOUT_OBJECT
    etats = {etat for etat, _ in parts}
    for etat in (EtatDeDate.TO_COME, EtatDeDate.MISSED, EtatDeDate.IN_HAND, EtatDeDate.MET):
        if etat in etats:
            return etat, None if etat is EtatDeDate.TO_COME else latest(instant for _, instant in parts)
    return WITHOUT_OBJECT


def _part(facts: DossierFacts, deadline: Deadline, exigence: ExigenceRule, *, left_to_ans: bool, at: datetime) -> Done:
    return exigence.done(facts, deadline, tuple(exigence.asks(facts, deadline, at)) if left_to_ans else (), at)


def _is_late(instant: datetime | None, deadline: Deadline | None) -> bool:
    return instant is not None and deadline is not None and not deadline.is_met(instant)


def latest(instants: Iterable[datetime | None]) -> datetime | None:
    return max((instant for instant in instants if instant), default=None)
