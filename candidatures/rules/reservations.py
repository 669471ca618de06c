"""Who reads what was submitted: one instructeur at a time, for some hours."""

from dataclasses import dataclass
from datetime import datetime, timedelta

CLAIM = timedelta(hours=4)
"""How long a volet or a chapitre stays with the instructeur who took it, since he last wrote."""


@dataclass(frozen=True)
class Claim:
    """Who reads a volet or a chapitre. `ends_at` (aware): from then on, anybody may take it over without a reason."""

    compte_id: int
    ends_at: datetime

    def holds(self, at: datetime) -> bool:
        return at < self.ends_at
