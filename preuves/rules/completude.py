"""Where a chapitre stands, what is missing in it, and why it cannot be handed to the ANS at that moment."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from candidatures.rules.deadlines import Deadline
from candidatures.rules.submission import Obstacle
from preuves.enums import ChapitreState, ExigibiliteKind, PreuveState
from preuves.rules.exigibilite import Exigibilite

OPEN_STATES = (ChapitreState.OPEN, ChapitreState.RETURNED)
# How a chapitre that has something due, or has not, is called.
STANDINGS = {**dict(ChapitreState.choices), "acquis": "Acquis", "sans_objet": "Sans objet"}


@dataclass(frozen=True)
class DepositedPreuve:
    """The living preuve of one N°: its state, its latest revision, and whether it answers to today's words."""

    state: str
    revision: int
    sha256: str


@dataclass(frozen=True)
class ChapitreFacts:
    """What the rules need of one chapitre.

    :param exigibilites: of every expected preuve of the chapitre, in order
    :param preuves: what was deposited, by N°
    :param unadmitted: the names of the volets that are not recevables
    """

    code: str
    state: str
    first_submitted_at: datetime | None
    exigibilites: tuple[Exigibilite, ...]
    preuves: Mapping[str, DepositedPreuve]
    candidature_open: bool = True
    unadmitted: tuple[str, ...] = ()

    @property
    def due(self) -> tuple[str, ...]:
        return tuple(one.numero for one in self.exigibilites if one.is_due)

    @property
    def missing(self) -> tuple[str, ...]:
        """The N° for which nothing was deposited."""
        return tuple(numero for numero in self.due if numero not in self.preuves)

    @property
    def to_correct(self) -> tuple[str, ...]:
        """The N° that the ANS returned, and that were not deposited again."""
        return tuple(
            numero
            for numero in self.due
            if numero in self.preuves and self.preuves[numero].state == PreuveState.TO_CORRECT
        )

    @property
    def answered(self) -> int:
        """How many due preuves are deposited and not waiting to be corrected."""
        return len(self.due) - len(self.missing) - len(self.to_correct)

    @property
    def accepted(self) -> int:
        return sum(numero in self.preuves and self.preuves[numero].state == PreuveState.ACCEPTED for numero in self.due)

    def number_of(self, kind: ExigibiliteKind) -> int:
        return sum(one.kind is kind for one in self.exigibilites)

    @property
    def standing(self) -> str:
        """Say where it stands: `sans_objet`, `acquis`, or the state of its machine.

        Without anything to deposit it has no machine: all not concerned, or all inherited or equivalent. One that was
        approved and is not complete any more (a profil was added) reads as returned.
        """
        if not self.due and self.state in OPEN_STATES:
            concerned = any(one.is_dispensed for one in self.exigibilites)
            return "acquis" if concerned else "sans_objet"
        if self.state == ChapitreState.APPROVED and self.accepted < len(self.due):
            return ChapitreState.RETURNED.value
        return self.state

    @property
    def is_settled(self) -> bool:
        """Whether nothing is expected of anybody: approved, acquis or sans objet."""
        return self.standing in (ChapitreState.APPROVED, "acquis", "sans_objet")

    @property
    def is_complete_not_submitted(self) -> bool:
        """The trap of the last evening: everything is deposited, and nothing is handed over."""
        return self.standing in OPEN_STATES and bool(self.due) and self.answered == len(self.due)


def obstacles_to_submit(
    facts: ChapitreFacts, *, date_2: Deadline, date_3: Deadline, at: datetime
) -> tuple[Obstacle, ...]:
    """Say, one reason each, why this chapitre cannot be handed to the ANS at that moment.

    Date 2 binds the first submission, Date 3 the answers to returns (webinar, « Les trois dates »).
    """
    return (*_of_the_whole(facts), *_late(facts, date_2, date_3, at), *_of_the_preuves(facts))


def _of_the_whole(facts: ChapitreFacts) -> Iterator[Obstacle]:
    if not facts.candidature_open:
        yield Obstacle("candidature_closed", "Cette candidature n’est plus ouverte.")
    for volet in facts.unadmitted:
        yield Obstacle("volet", f"Le volet «\u00a0{volet}\u00a0» n’est pas encore déclaré recevable par l’ANS.", volet)
    if facts.standing in ("acquis", "sans_objet"):
        yield Obstacle("nothing_due", "Ce chapitre n’attend aucune preuve\u00a0: il n’a pas à être soumis.")
    elif facts.state not in OPEN_STATES:
        yield Obstacle("state", "Ce chapitre est déjà soumis à l’ANS.")


def _late(facts: ChapitreFacts, date_2: Deadline, date_3: Deadline, at: datetime) -> Iterator[Obstacle]:
    deadline = binding(facts, date_2=date_2, date_3=date_3)
    if not deadline.is_met(at):
        yield Obstacle("late", f"La date limite ({deadline.nom}) est passée\u00a0: c’était le {deadline.label}.")


def binding(facts: ChapitreFacts, *, date_2: Deadline, date_3: Deadline) -> Deadline:
    """Return the échéance that binds the next submission of this chapitre."""
    return date_2 if facts.first_submitted_at is None else date_3


def _of_the_preuves(facts: ChapitreFacts) -> Iterator[Obstacle]:
    for numero in facts.missing:
        yield Obstacle("missing", f"La preuve {numero} n’est pas déposée.", numero)
    for numero in facts.to_correct:
        yield Obstacle("to_correct", f"La preuve {numero} est à corriger.", numero)


def fingerprint(revisions: Mapping[str, str]) -> str:
    """Compute the sha256 of what a submission hands over: the sha256 of each revision, by N° preuve."""
    canonical = json.dumps(revisions, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def why_not_taken_back(facts: ChapitreFacts) -> str:
    """Say why a submitted chapitre cannot be taken back; empty when it can."""
    if not facts.candidature_open:
        return "Cette candidature n’est plus ouverte."
    if facts.state == ChapitreState.UNDER_REVIEW:
        return "Un instructeur l’a déjà ouvert\u00a0: il ne peut plus être repris."
    if facts.state != ChapitreState.SUBMITTED:
        return "Ce chapitre n’est pas soumis."
    return ""
