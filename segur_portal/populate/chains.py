"""The journal of what is made: the same rows, the same fingerprints and the same chains as `comptes.journal`."""

from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db.models import TextChoices

from comptes import journal
from comptes.models import JournalChain, JournalEntry

from .copying import Tables


@dataclass(frozen=True, slots=True)
class Done:
    """One act that is still to be written."""

    act: str
    on: str
    by: int
    at: datetime
    params: dict[str, Any]


@dataclass
class Chain:
    """A chain that begins here; acts are told in any order, and written in that of their instants."""

    name: str
    acts: list[Done] = field(default_factory=list)

    def tell(self, act: TextChoices, *, on: str, by: int, at: datetime, **params: Any) -> None:
        self.acts.append(Done(act.value, on, by, at, params))

    def write(self, tables: Tables) -> None:
        """Write the chain whole."""
        previous = ""
        entries = tables[JournalEntry]
        for number, done in enumerate(sorted(self.acts, key=attrgetter("at")), start=1):
            said = {
                "chain_id": self.name,
                "number": number,
                "act": done.act,
                "address": done.on,
                "by_id": done.by,
                "at": done.at,
                "written_at": done.at,
                "params": done.params,
                "previous": previous,
            }
            previous = journal.fingerprint_of_entry(JournalEntry(**said))
            entries.add(**said, sha256=previous)
        tables[JournalChain].add(name=self.name, length=len(self.acts), head=previous)
