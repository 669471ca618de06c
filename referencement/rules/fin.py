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
# Why nothing more can be done with a candidature that is over.
SENTENCES = {
    FinKind.NOT_ATTRIBUTED: "Le collège n’a pas attribué le référencement, et aucun nouvel examen n’est accordé.",
    FinKind.FORECLOSED: "La candidature est close pour dépôt hors délai (forclusion).",
    FinKind.WITHDRAWN: "La candidature est close\u00a0: l’éditeur l’a retirée.",
}


@dataclass(frozen=True, slots=True)
class Fin:
    """How a candidature came to its end.

    :param at: when (aware); None when no row says it
    :param by: the person who decided it, or the collège, in words
    :param ends_at: when the référencement that it obtained ends, or ended (aware); None when no end is decided
    """

    kind: FinKind
    at: datetime | None
    by: str
    ends_at: datetime | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more is expected: no turn, no blocage, no countdown. False for a candidature référencée."""
        return self.kind != FinKind.REFERENCED

    def is_left(self, at: datetime) -> bool:
        """Whether nobody is waited for: it is over, or its référencement was withdrawn, renounced or replaced."""
        return self.is_over or (self.ends_at is not None and self.ends_at <= at)

    @property
    def retour(self) -> Retour:
        """How the candidature may be opened again."""
        return RETOURS[self.kind]


@dataclass(frozen=True, slots=True)
class FinFacts:
    """What tells whether a candidature is over. All instants are aware.

    :param state: of the candidature
    :param closed_at: when it was withdrawn or foreclosed, and `closed_by` the name of the person who did it
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
    """Say how a candidature ended; None while it goes on. Once attributed, it stays so, whatever happened since."""
    if facts.attributed_at is not None:
        return Fin(FinKind.REFERENCED, facts.attributed_at, LE_COLLEGE, facts.ends_at)
    if facts.state == CandidatureState.WITHDRAWN:
        return Fin(FinKind.WITHDRAWN, facts.closed_at, facts.closed_by)
    if facts.state == CandidatureState.FORECLOSED:
        return Fin(FinKind.FORECLOSED, facts.closed_at, facts.closed_by)
    if facts.refused_at is not None:
        return Fin(FinKind.NOT_ATTRIBUTED, facts.refused_at, LE_COLLEGE)
    return None
