"""All that the blocages of a candidature follow from: its volets, chapitres, gates, convention and échéances."""

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
    """One volet.

    :param moved_at: when it was brought where it is; None for a draft
    :param is_complete: all is answered, and it was never submitted
    :param answer_due_at: the day that the demande which waits for an answer named
    :param first_submitted_at: when it was handed over first
    :param unjudged: how many earlier references the ANS said nothing of, once it was submitted
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
    :param was_submitted: whether it was handed over at least once, and not taken back
    :param is_complete: all is deposited, and what is deposited is not handed over
    :param first_submitted_at: when it was handed over first, and `submitted_at` last
    :param deadline: what binds its next submission, when it is not the Date that does
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
    """The living convention. `still_holds`: what it quotes is still true. `moved_at`: when it came to its state."""

    state: str
    still_holds: bool
    moved_at: datetime


@dataclass(frozen=True)
class DossierFacts:
    """All that the blocages of one candidature follow from.

    :param chapitres: None while the dispositif has no REM
    :param convention: the living one; None while nobody prepared it
    :param fin: how it ended; None while it goes on
    :param to_answer: how long there is to answer what the ANS asks once an échéance is over
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
