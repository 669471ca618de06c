"""One step of the parcours, as every reader sees it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ParcoursStep:
    """One step of the parcours.

    :param key: `charte`, a volet's kind, `preuves`, `convention` or `college`
    :param state: `done`, `current`, `todo`, or `refused` when it ended with a negative decision
    :param hint: what is to do or what was done, in French
    :param at: when it came to its state (aware); None when nobody has begun
    :param is_urgent: complete and not submitted: one click is missing
    :param is_late: its échéance has passed, and it was never submitted
    :param echeance: the name of that échéance; empty when none was missed
    """

    key: str
    label: str
    state: str
    hint: str
    at: datetime | None
    is_urgent: bool = False
    is_late: bool = False
    echeance: str = ""
