"""One step of the parcours, as everybody reads it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ParcoursStep:
    """One step of the parcours.

    :param key: `charte`, a volet's kind, `preuves`, `convention` or `college`
    :param state: `done`, `current` or `todo`; `refused`: over, and the answer is no
    :param at: when it was brought where it is, None when nobody moved it yet
    :param is_urgent: complete, and not handed over: one click is missing
    :param is_late: its échéance is over, and it was never handed over
    :param echeance: the name of that échéance
    """

    key: str
    label: str
    state: str
    hint: str
    at: datetime | None
    is_urgent: bool = False
    is_late: bool = False
    echeance: str = ""
