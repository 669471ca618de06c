"""The reminders of an échéance that are still to be posted, gathered for many candidatures at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import QuerySet

from candidatures.enums import CandidatureState, DerogationState
from candidatures.models import Candidature, Derogation, Echeance
from candidatures.queries.candidatures import deadlines_of_many
from candidatures.queries.people import ProduitMember, people_by_produit
from comptes.models import Notice
from referencement.rules.rappels import LONGEST, Occurrence, Reached, reached

from .echeances import due_among

REMINDER = "referencement.reminder"
CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Rappel:
    """A reminder of one échéance to one person.

    :param address: of the échéance of the candidature, `echeance:<nru>/<code>`
    :param occurrence: the instant and the palier, as `Occurrence` writes them
    :param former: the earlier occurrences that this person never received, and that this one replaces
    """

    address: str
    occurrence: str
    to: ProduitMember
    former: tuple[str, ...]


def address_of_echeance(nru: str, code: str) -> str:
    return f"echeance:{nru}/{code}"


def echeances_to_recall() -> QuerySet[Echeance]:
    """Return every échéance, with its dispositif joined."""
    return Echeance.objects.select_related("dispositif").order_by("at", "pk")


def chunks_to_recall(echeance: Echeance, *, at: datetime) -> Iterator[list[int]]:
    """Yield the open candidatures (pk) for which that échéance may be near, `CHUNK` at a time; constant memory.

    These are all of them when it is near for everybody, else those that have a dérogation to a near instant.
    """
    open_ones = Candidature.objects.filter(dispositif=echeance.dispositif_id, state=CandidatureState.OPEN)
    candidatures, last = open_ones.order_by("pk"), 0
    if not at <= echeance.at <= at + LONGEST:
        granted = Derogation.objects.filter(
            state=DerogationState.GRANTED, echeance=echeance.code, to_at__range=(at, at + LONGEST)
        )
        candidatures = candidatures.filter(pk__in=granted.values("candidature"))
    while chunk := list(candidatures.filter(pk__gt=last).values_list("pk", flat=True)[:CHUNK]):
        yield chunk
        last = chunk[-1]


def rappels_of(echeance: Echeance, candidatures: Sequence[int], *, at: datetime) -> list[Rappel]:
    """Return the reminders of an échéance that these candidatures (pk) lack, in the order of their NRU.

    Only the latest palier is recalled, once to each person, while something is due. It replaces the earlier paliers
    that this person never received, since the day when they were given the product.
    """
    to_recall = _to_recall(echeance, candidatures, at=at)
    due = due_among(echeance, [row.candidature.pk for row in to_recall], at=at)
    return [rappel for row in to_recall if row.candidature.pk in due for rappel in row.rappels()]


@dataclass(frozen=True, slots=True)
class _ToRecall:
    """A candidature of which an échéance is near, and the people to remind of it.

    :param echeance: the instant that binds it (aware)
    :param reached: the paliers that are behind
    :param posted: the reminders of it that are already posted: occurrence and e-mail of the person
    """

    candidature: Candidature
    address: str
    echeance: datetime
    reached: Reached
    people: list[ProduitMember]
    posted: set[tuple[str, str]]

    def rappels(self) -> Iterator[Rappel]:
        latest = str(Occurrence(self.echeance, self.reached.latest))
        for person in self.people:
            yield Rappel(self.address, latest, person, tuple(self._replaced(person))[::-1])

    def without_those_recalled(self, posted: set[tuple[str, str]]) -> _ToRecall:
        """Return the same without the people who had the latest palier, among the reminders that were posted."""
        latest = str(Occurrence(self.echeance, self.reached.latest))
        lacking = [person for person in self.people if (latest, person.email) not in posted]
        return replace(self, people=lacking, posted=posted)

    def _replaced(self, person: ProduitMember) -> Iterator[str]:
        """The paliers that this person never had, latest first.

        Whoever had one of them had, or saw replaced, all those before it.
        """
        since = max(self.candidature.opened_at, person.since)
        for palier in reversed(self.reached.former):
            former = str(Occurrence(self.echeance, palier))
            if palier.before(self.echeance) < since or (former, person.email) in self.posted:
                return
            yield former


def _to_recall(echeance: Echeance, candidatures: Sequence[int], *, at: datetime) -> list[_ToRecall]:
    rows = Candidature.objects.filter(pk__in=candidatures, dispositif=echeance.dispositif_id)
    bound = list(rows.order_by("nru").only("nru", "produit", "dispositif", "succeeds", "opened_at"))
    deadlines = deadlines_of_many(bound)
    people = people_by_produit({candidature.produit_id for candidature in bound})
    near = [
        _ToRecall(
            candidature=candidature,
            address=address_of_echeance(candidature.nru, echeance.code),
            echeance=deadline.at,
            reached=paliers,
            people=people[candidature.produit_id],
            posted=set(),
        )
        for candidature in bound
        for deadline in [deadlines[candidature.pk][echeance.code]]
        for paliers in [reached(deadline.at, at=at) if deadline.binds else None]
        if paliers
    ]
    return _without_those_recalled(near)


def _without_those_recalled(near: Sequence[_ToRecall]) -> list[_ToRecall]:
    """Leave out whoever had the latest palier.

    Only that palier and the one before are read first; all of them, where somebody had neither.
    """
    occurrences = {str(occurrence) for row in near for occurrence in _last_two(row)}
    posted = _posted([row.address for row in near], occurrences)
    lacking = [row.without_those_recalled(posted.get(row.address, set())) for row in near]
    unsure = [row.address for row in lacking if any(len(rappel.former) > 1 for rappel in row.rappels())]
    ever_posted = _posted(unsure) if unsure else {}
    return [replace(row, posted=ever_posted.get(row.address, row.posted)) for row in lacking if row.people]


def _last_two(row: _ToRecall) -> tuple[Occurrence, ...]:
    return tuple(Occurrence(row.echeance, palier) for palier in (*row.reached.former, row.reached.latest)[-2:])


def _posted(addresses: Sequence[str], occurrences: Collection[str] | None = None) -> dict[str, set[tuple[str, str]]]:
    """Return the reminders that are already posted about these addresses: (occurrence, e-mail), by address.

    :param occurrences: looks for these alone; None for all
    """
    rows = Notice.objects.filter(kind=REMINDER, address__in=addresses).order_by("pk")
    if occurrences is not None:
        rows = rows.filter(occurrence__in=occurrences)
    posted: dict[str, set[tuple[str, str]]] = {}
    for address, occurrence, email in rows.values_list("address", "occurrence", "email"):
        posted.setdefault(address, set()).add((occurrence, email))
    return posted
