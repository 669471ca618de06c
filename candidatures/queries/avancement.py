"""What an app above knows of candidatures, for the lists of this one: it registers a function, called here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from candidatures.enums import Camp, EtatDeDate
from candidatures.rules.dates import DateDite
from candidatures.rules.issue import Issue


@dataclass(frozen=True, slots=True)
class Avancement:
    """Where one candidature stands.

    :param sentences: who is waited for and for what, for this reader, each with whether it is the reader's turn
    :param dates: its Dates, by code, in order
    :param is_over: nobody is waited for any more
    :param issue: how it ended, or the state of its référencement; None while it goes on
    """

    sentences: tuple[tuple[str, bool], ...]
    dates: Mapping[str, DateDite]
    is_over: bool = False
    issue: Issue | None = None

    @property
    def next_date(self) -> DateDite | None:
        """Return the first Date that is neither met nor without object; none once it has ended."""
        over = (EtatDeDate.MET, EtatDeDate.WITHOUT_OBJECT)
        left = (date for date in self.dates.values() if date.etat not in over and not date.is_done_late)
        return next((date for date in left if not date.is_ended), None)


Reader = Callable[[Collection[int], Camp, datetime], Mapping[int, Avancement]]
_readers: list[Reader] = []


def register_avancement(reader: Reader) -> None:
    """Register the function that gives the `Avancement` of candidatures (pk), for a side, as of an instant."""
    if reader not in _readers:
        _readers.append(reader)


def avancements_of(candidature_ids: Collection[int], *, reader: Camp, at: datetime) -> Mapping[int, Avancement]:
    """Return where these candidatures stand; those that no app knows are left out."""
    asked = list(candidature_ids)
    return {pk: avancement for read in _readers for pk, avancement in read(asked, reader, at).items()} if asked else {}
