"""What may be done with a référencement, and why not; what it is at an instant. Pure functions over frozen data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from comptes.dates import PARIS
from referencement.enums import EvenementKind, MesureKind, MesureState, ReferencementState

State = ReferencementState
ENDED = (State.WITHDRAWN, State.RENOUNCED, State.REPLACED)
LIVING = (State.IN_FORCE, State.SUSPENDED)
SOURCES = {
    MesureKind.SUSPENSION: (State.IN_FORCE,),
    MesureKind.LEVEE: (State.SUSPENDED,),
    MesureKind.RETRAIT: LIVING,
}
EVENEMENTS = {
    MesureKind.SUSPENSION: EvenementKind.SUSPENDED,
    MesureKind.LEVEE: EvenementKind.RESTORED,
    MesureKind.RETRAIT: EvenementKind.WITHDRAWN,
}
# These mesures are announced to the éditeur, who may answer before they are decided.
ANNOUNCED = (MesureKind.SUSPENSION, MesureKind.RETRAIT)
WHY_NOT = {
    State.IN_FORCE: "Ce référencement est en vigueur\u00a0: il n’y a pas de suspension à lever.",
    State.SUSPENDED: "Ce référencement est déjà suspendu.",
    State.WITHDRAWN: "Ce référencement a déjà été retiré.",
    State.RENOUNCED: "L’éditeur a déjà renoncé à ce référencement.",
    State.REPLACED: "Ce référencement a déjà été remplacé par celui d’une autre version.",
}
LONGEST = timedelta(days=366)
PAST = "La date d’effet est passée\u00a0: choisissez aujourd’hui, ou plus tard."


@dataclass(frozen=True)
class MesureFacts:
    """One mesure.

    :param proposed_by: the pk of the person who proposed it
    :param answer_until_at: until when the éditeur may answer in time (aware); None when it is not announced
    """

    kind: str
    state: str
    proposed_by: int
    answer_until_at: datetime | None
    answered_at: datetime | None


class Heard(Protocol):
    """The part of a mesure that tells whether the éditeur was heard."""

    @property
    def answer_until_at(self) -> datetime | None: ...

    @property
    def answered_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class ReferencementMove:
    """One move of a référencement, in the order of its history."""

    kind: EvenementKind
    to_state: State
    effect_at: datetime


def state_at(evenements: Sequence[ReferencementMove], *, at: datetime) -> State:
    """Return what a référencement is at an instant: what was decided last, among what has taken effect.

    :param evenements: in the order in which they were decided
    """
    effective = [evenement for evenement in evenements if evenement.effect_at <= at]
    return effective[-1].to_state if effective else State.IN_FORCE


def answer_until(days: int, *, at: datetime) -> datetime:
    """Return until when the éditeur may answer: the end of the day in Paris, so many days later."""
    last = at.astimezone(PARIS).date() + timedelta(days=days)
    return datetime.combine(last, time(23, 59, 59), tzinfo=PARIS)


def takes_effect_at(day: date, *, at: datetime) -> datetime:
    """Return when a decision takes effect: at once when that day is today in Paris, else when the day begins there."""
    return at if day == at.astimezone(PARIS).date() else datetime.combine(day, time(), tzinfo=PARIS)


def obstacles_to_propose(state: str, kind: MesureKind, *, reasons: str, is_waiting: bool) -> tuple[str, ...]:
    """Say why a mesure cannot be proposed.

    :param is_waiting: whether another mesure awaits its decision
    """
    return tuple(_to_propose(state, kind, reasons, is_waiting=is_waiting))


def _to_propose(state: str, kind: MesureKind, reasons: str, *, is_waiting: bool) -> Iterator[str]:
    if state not in SOURCES[kind]:
        yield WHY_NOT[State(state)]
        return
    if is_waiting:
        yield "Une mesure attend déjà une décision : prononcez-la ou abandonnez-la d’abord."
    if not reasons.strip():
        yield (
            "Indiquez les motifs : l’éditeur les lit et peut y répondre." if kind in ANNOUNCED else "Donnez les motifs."
        )


def obstacles_to_answer(mesure: MesureFacts, *, answer: str) -> tuple[str, ...]:
    """Say why the éditeur cannot answer; a late answer is still received, as long as nothing is decided."""
    if mesure.kind not in ANNOUNCED:
        return ("Cette mesure n’appelle pas de réponse.",)
    if mesure.state != MesureState.PROPOSED:
        return (f"Cette mesure est déjà {MesureState(mesure.state).label.lower()}.",)
    if mesure.answered_at is not None:
        return ("Vous avez déjà répondu\u00a0: ajoutez ce qui manque par la messagerie.",)
    return () if answer.strip() else ("Écrivez votre réponse.",)


def obstacles_to_decide(
    mesure: MesureFacts, state: str, *, by: int, reasons: str, effect: date, at: datetime
) -> tuple[str, ...]:
    """Say why a mesure cannot be decided.

    :param state: of the référencement
    :param by: the pk of the person who decides
    """
    return tuple(_to_decide(mesure, state, by, reasons, effect, at))


def _to_decide(mesure: MesureFacts, state: str, by: int, reasons: str, effect: date, at: datetime) -> Iterator[str]:
    if mesure.state != MesureState.PROPOSED:
        yield f"Cette mesure est déjà {MesureState(mesure.state).label.lower()}."
        return
    if state not in SOURCES[MesureKind(mesure.kind)]:
        yield WHY_NOT[State(state)]
    if mesure.proposed_by == by:
        yield "Vous avez proposé cette mesure\u00a0: une autre personne doit la prononcer."
    if still_to_be_heard(mesure, at=at):
        yield "L’éditeur peut encore répondre : attendez la fin de son délai."
    if not reasons.strip():
        yield "Indiquez les motifs de la décision."
    yield from obstacles_to_take_effect(effect, at=at)


def still_to_be_heard(mesure: Heard, *, at: datetime) -> bool:
    """Say whether the éditeur has not answered what was announced, and still may in time."""
    return mesure.answered_at is None and mesure.answer_until_at is not None and at <= mesure.answer_until_at


def obstacles_to_abandon(mesure: MesureFacts, *, reason: str) -> tuple[str, ...]:
    if mesure.state != MesureState.PROPOSED:
        return (f"Cette mesure est déjà {MesureState(mesure.state).label.lower()}.",)
    return () if reason.strip() else ("Indiquez pourquoi cette mesure est abandonnée.",)


def obstacles_to_renounce(state: str, *, effect: date, days: int, is_announced: bool, at: datetime) -> tuple[str, ...]:
    """Say why the éditeur cannot renounce a référencement from that day.

    A distant date of effect must not be a way around a suspension or a retrait. So a renunciation takes effect today
    when one of them is announced; otherwise, no later than the day when one that is announced today could be decided.

    :param effect: the day when it takes effect, in Paris
    :param days: how many days the éditeur has to answer a mesure
    :param is_announced: whether a suspension or a retrait awaits its decision
    """
    return tuple(_to_renounce(state, effect, days, is_announced=is_announced, at=at))


def _to_renounce(state: str, effect: date, days: int, *, is_announced: bool, at: datetime) -> Iterator[str]:
    today = at.astimezone(PARIS).date()
    if state in ENDED:
        yield WHY_NOT[State(state)]
    elif effect < today:
        yield PAST
    elif is_announced and effect > today:
        yield "Une suspension ou un retrait est annoncé\u00a0: une renonciation prend alors effet aujourd’hui."
    elif effect > today + timedelta(days=days):
        yield f"Une renonciation prend effet dans les {days}\u00a0jours\u00a0: choisissez un jour plus proche."


def obstacles_to_take_effect(day: date, *, at: datetime) -> Iterator[str]:
    today = at.astimezone(PARIS).date()
    if day < today:
        yield PAST
    if day > today + LONGEST:
        yield "La date d’effet est à plus d’un an\u00a0: vérifiez-la."
