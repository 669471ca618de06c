"""Whether a candidature is over, and how: one rule for its page, the lists, the collège and what is public."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from candidatures.enums import CandidatureState
from referencement.enums import FinKind, Retour

RETOURS = {
    FinKind.NOT_ATTRIBUTED: Retour.EXAMEN,
    FinKind.FORECLOSED: Retour.DEROGATION,
    FinKind.WITHDRAWN: Retour.NEVER,
    FinKind.REFERENCED: Retour.NEVER,
}
# What keeps one that is over from anything that only one that goes on may do.
SENTENCES = {
    FinKind.NOT_ATTRIBUTED: "Le collège n’a pas attribué le référencement, et aucun nouvel examen n’est accordé.",
    FinKind.FORECLOSED: "La candidature est close\u00a0: elle est forclose.",
    FinKind.WITHDRAWN: "La candidature est close\u00a0: l’éditeur l’a retirée.",
}


@dataclass(frozen=True, slots=True)
class Fin:
    """How a candidature came to its end.

    :param at: when; None when no row says it
    :param by: who decided it, in words: a name, or the collège
    :param ends_at: when the référencement that it obtained ends, or ended; None while nothing puts an end to it
    """

    kind: FinKind
    at: datetime | None
    by: str
    ends_at: datetime | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing is awaited of it any more: no turn, gap nor countdown; not so of what is référencé."""
        return self.kind != FinKind.REFERENCED

    def is_left(self, at: datetime) -> bool:
        """Whether nobody is waited for any more: it is over, or what it obtained was withdrawn, renounced, replaced."""
        return self.is_over or (self.ends_at is not None and self.ends_at <= at)

    @property
    def retour(self) -> Retour:
        """How it may be open again."""
        return RETOURS[self.kind]


@dataclass(frozen=True, slots=True)
class FinFacts:
    """What tells whether a candidature is over.

    :param state: of the candidature
    :param closed_at: when it was withdrawn or foreclosed, and `closed_by` whom
    :param attributed_at: when the collège attributed the référencement
    :param refused_at: when its latest examen was published, if it is a non-attribution that nothing reopened
    :param ends_at: when the référencement ends, or ended
    """

    state: str
    closed_at: datetime | None = None
    closed_by: str = ""
    attributed_at: datetime | None = None
    refused_at: datetime | None = None
    ends_at: datetime | None = None


LE_COLLEGE = "le collège technique"


def fin_of(facts: FinFacts) -> Fin | None:
    """Say how a candidature ended; None while it goes on. An attribution is for good, whatever came after it."""
    if facts.attributed_at is not None:
        return Fin(FinKind.REFERENCED, facts.attributed_at, LE_COLLEGE, facts.ends_at)
    if facts.state == CandidatureState.WITHDRAWN:
        return Fin(FinKind.WITHDRAWN, facts.closed_at, facts.closed_by)
    if facts.state == CandidatureState.FORECLOSED:
        return Fin(FinKind.FORECLOSED, facts.closed_at, facts.closed_by)
    if facts.refused_at is not None:
        return Fin(FinKind.NOT_ATTRIBUTED, facts.refused_at, LE_COLLEGE)
    return None
