"""The reading of a chapitre: who holds it, what is to be read this round, and what prevents its conclusion."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from candidatures.rules.reservations import Claim
from candidatures.rules.submission import Obstacle
from preuves.enums import Avis, ChapitreState, PreuveState


@dataclass(frozen=True)
class DraftVerdict:
    """An instructeur's draft on the revision whose sha256 was read."""

    sha256: str
    avis: str
    reason: str


@dataclass(frozen=True)
class ReviewFacts:
    """What the rules need to know of a chapitre being read.

    :param submitted: the sha256 of each revision submitted, by N° preuve
    :param states: the state of each preuve, by N°
    :param drafts: of the instructeur who concludes, by N°
    """

    state: str
    candidature_open: bool
    claim: Claim | None
    submitted: Mapping[str, str]
    states: Mapping[str, str]
    drafts: Mapping[str, DraftVerdict]

    @property
    def asked(self) -> tuple[str, ...]:
        """The N° to be read this round: those that are not accepted yet."""
        return tuple(numero for numero in self.submitted if self.states.get(numero) != PreuveState.ACCEPTED)

    @property
    def to_correct(self) -> tuple[str, ...]:
        return self._drafted(Avis.TO_CORRECT)

    @property
    def accepted(self) -> tuple[str, ...]:
        return self._drafted(Avis.ACCEPTED)

    def _drafted(self, avis: Avis) -> tuple[str, ...]:
        return tuple(numero for numero in self.asked if numero in self.drafts and self.drafts[numero].avis == avis)


def why_not_read(facts: ReviewFacts, *, by: int) -> str:
    """Say why this person cannot write on the chapitre now; empty when they can.

    :param by: the pk of their compte
    """
    if not facts.candidature_open:
        return "Cette candidature n’est plus ouverte."
    if facts.state != ChapitreState.UNDER_REVIEW or facts.claim is None:
        return "Ce chapitre n’est pas en cours d’examen."
    if facts.claim.compte_id != by:
        return "Un autre instructeur examine ce chapitre."
    return ""


def obstacles_to_conclude(facts: ReviewFacts) -> tuple[Obstacle, ...]:
    """Say, one reason each, what is left to judge before the chapitre can be returned or approved."""
    return tuple(_missing(facts))


def _missing(facts: ReviewFacts) -> Iterator[Obstacle]:
    for numero in facts.asked:
        draft = facts.drafts.get(numero)
        if draft is None or not draft.avis:
            yield Obstacle("no_avis", f"La preuve {numero} n’est pas encore vérifiée.", numero)
        elif draft.sha256 != facts.submitted[numero]:
            yield Obstacle("other_revision", f"Le dépôt de la preuve {numero} a changé depuis votre lecture.", numero)
        elif draft.avis == Avis.TO_CORRECT and not draft.reason.strip():
            yield Obstacle("no_reason", f"La preuve {numero} est à corriger, sans motif.", numero)


def goes_back(facts: ReviewFacts, *, missing: Collection[str]) -> bool:
    """Whether concluding returns the chapitre to the éditeur; else it approves it.

    :param missing: the N° that became due since its submission, for which nothing was deposited
    """
    return bool(facts.to_correct or missing)


def why_not_contested(*, dispensed: bool, candidature_open: bool, reason: str) -> str:
    """Say why a dispense cannot be contested; empty when it can."""
    if not candidature_open:
        return "Cette candidature n’est plus ouverte."
    if not dispensed:
        return "Cette preuve est déjà à déposer : il n’y a rien à contester."
    return "" if reason.strip() else "Indiquez pourquoi cette preuve doit être déposée."
