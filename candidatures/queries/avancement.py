"""What an upper floor knows of candidatures, and the lists of this one show: each says how it is read."""

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

    :param sentences: who is waited for and for what, said to whoever reads, and whether it is theirs
    :param dates: its Dates, by code, in order
    :param is_over: nobody is waited for any more
    :param issue: how it ended, or what its référencement is; None while it goes on
    """

    sentences: tuple[tuple[str, bool], ...]
    dates: Mapping[str, DateDite]
    is_over: bool = False
    issue: Issue | None = None

    @property
    def next_date(self) -> DateDite | None:
        """The first that is neither met nor without object; none once it ended."""
        over = (EtatDeDate.MET, EtatDeDate.WITHOUT_OBJECT)
        left = (date for date in self.dates.values() if date.etat not in over and not date.is_done_late)
        return next((date for date in left if not date.is_ended), None)


Reader = Callable[[Collection[int], Camp, datetime], Mapping[int, Avancement]]
_readers: list[Reader] = []


def register_avancement(reader: Reader) -> None:
    """Have a floor say where candidatures (pk) stand, to a side, as of an instant."""
    if reader not in _readers:
        _readers.append(reader)


def avancements_of(candidature_ids: Collection[int], *, reader: Camp, at: datetime) -> Mapping[int, Avancement]:
    """Where these candidatures stand; nothing of those that no floor knows."""
    asked = list(candidature_ids)
    return {pk: avancement for read in _readers for pk, avancement in read(asked, reader, at).items()} if asked else {}
