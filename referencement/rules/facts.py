"""All that the blocages of a candidature are derived from: volets, chapitres, gates, convention and échéances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from candidatures.rules.deadlines import Deadline
from guichets.enums import GateCode
from guichets.rules.gates import Gate

from .fin import Fin


@dataclass(frozen=True)
class VoletStanding:
    """One volet. All instants are aware.

    :param moved_at: when it came to its state; None for a draft
    :param is_complete: all is answered, and it was never submitted
    :param answer_due_at: until when the pending demande asks for its answer; None when it names no day
    :param unjudged: how many of the references that it declares were neither confirmed nor refused by the ANS
    :param first_submitted_at: when it was submitted first
    """

    kind: str
    label: str
    state: str
    moved_at: datetime | None
    is_complete: bool = False
    answer_due_at: datetime | None = None
    unjudged: int = 0
    first_submitted_at: datetime | None = None


@dataclass(frozen=True)
class ChapitreStanding:
    """One chapitre that concerns the solution.

    :param standing: `acquis`, or the state of its machine
    :param was_submitted: whether it was submitted at least once, and not taken back
    :param moved_at: when it came to its state
    :param is_complete: all is deposited, and not submitted
    :param first_submitted_at: when it was submitted first, and `submitted_at` last
    :param deadline: what binds its next submission, when an échéance does not
    """

    code: str
    label: str
    standing: str
    was_submitted: bool
    moved_at: datetime | None = None
    is_complete: bool = False
    first_submitted_at: datetime | None = None
    submitted_at: datetime | None = None
    deadline: Deadline | None = None


@dataclass(frozen=True)
class ConventionFacts:
    """The convention that is not cancelled.

    :param still_holds: what it quotes is still true
    :param moved_at: when it came to its state (aware)
    """

    state: str
    still_holds: bool
    moved_at: datetime


@dataclass(frozen=True)
class DossierFacts:
    """All that the blocages of one candidature are derived from.

    :param chapitres: those that concern the solution; None while the dispositif has no REM
    :param convention: the one that is not cancelled; None while nobody prepared it
    :param echeances: the échéances of the candidature by their code, in order
    :param fin: how it ended; None while it goes on
    :param to_answer: how long the éditeur has to answer what the ANS asks after an échéance
    """

    is_open: bool
    charte_accepted: bool
    volets: tuple[VoletStanding, ...]
    chapitres: tuple[ChapitreStanding, ...] | None
    gates: Mapping[GateCode, Gate]
    convention: ConventionFacts | None
    echeances: Mapping[str, Deadline]
    fin: Fin | None = None
    to_answer: timedelta = timedelta(0)
