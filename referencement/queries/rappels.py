"""Whom an échéance is recalled to, and of what: gathered for many candidatures at once."""

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
    """One échéance to recall to one person.

    :param former: the occurrences that this one replaces, never posted to them
    """

    address: str
    occurrence: str
    to: ProduitMember
    former: tuple[str, ...]


def address_of_echeance(nru: str, code: str) -> str:
    return f"echeance:{nru}/{code}"


def echeances_to_recall() -> QuerySet[Echeance]:
    """Every échéance, with its dispositif."""
    return Echeance.objects.select_related("dispositif").order_by("at", "pk")


def chunks_to_recall(echeance: Echeance, *, at: datetime) -> Iterator[list[int]]:
    """The open candidatures (pk) of which that échéance may be near, some at a time; constant memory.

    All of them when it is near for everybody, else those that a dérogation gave more time.
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
    """The reminders of an échéance that these candidatures (pk) lack, in the order of their addresses.

    Its latest palier alone is recalled, once to each person, while something is due. It replaces the paliers before
    it that this person never had, as far back as they had the candidature.
    """
    lacking = _lacking(echeance, candidatures, at=at)
    due = due_among(echeance, [candidature.candidature.pk for candidature in lacking], at=at)
    return [rappel for candidature in lacking if candidature.candidature.pk in due for rappel in candidature.rappels()]


@dataclass(frozen=True, slots=True)
class _Lacking:
    """A candidature in the window of a palier, and those who did not have the reminder of it."""

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

    def _replaced(self, person: ProduitMember) -> Iterator[str]:
        """Who had the palier just before had, or saw replaced, all those before it."""
        since = max(self.candidature.opened_at, person.since)
        for palier in reversed(self.reached.former):
            former = str(Occurrence(self.echeance, palier))
            if palier.before(self.echeance) < since or (former, person.email) in self.posted:
                return
            yield former


def _lacking(echeance: Echeance, candidatures: Sequence[int], *, at: datetime) -> list[_Lacking]:
    code, rows = echeance.code, Candidature.objects.filter(pk__in=candidatures, dispositif=echeance.dispositif_id)
    bound = list(rows.order_by("nru").only("nru", "produit", "dispositif", "succeeds", "opened_at"))
    deadlines = deadlines_of_many(bound)
    people = people_by_produit({candidature.produit_id for candidature in bound})
    near = [
        _Lacking(
            candidature,
            address_of_echeance(candidature.nru, code),
            binding.at,
            behind,
            people[candidature.produit_id],
            set(),
        )
        for candidature in bound
        for binding in [deadlines[candidature.pk][code]]
        for behind in [reached(binding.at, at=at) if binding.binds else None]
        if behind
    ]
    return _without_those_who_had_it(near)


def _without_those_who_had_it(near: Sequence[_Lacking]) -> list[_Lacking]:
    """Look for the latest palier and the one before; farther back only where somebody had neither."""
    had = _posted(
        [candidature.address for candidature in near],
        {str(occurrence) for candidature in near for occurrence in _last_two(candidature)},
    )
    lacking = [
        replace(
            candidature,
            people=[person for person in candidature.people if (latest, person.email) not in posted],
            posted=posted,
        )
        for candidature in near
        for latest, posted in [
            (str(Occurrence(candidature.echeance, candidature.reached.latest)), had.get(candidature.address, set()))
        ]
    ]
    unsure = [
        candidature.address
        for candidature in lacking
        if any(True for rappel in candidature.rappels() if len(rappel.former) > 1)
    ]
    before = _posted(unsure) if unsure else {}
    return [
        replace(candidature, posted=before.get(candidature.address, candidature.posted))
        for candidature in lacking
        if candidature.people
    ]


def _last_two(candidature: _Lacking) -> tuple[Occurrence, ...]:
    return tuple(
        Occurrence(candidature.echeance, palier)
        for palier in (*candidature.reached.former, candidature.reached.latest)[-2:]
    )


def _posted(addresses: Sequence[str], occurrences: Collection[str] | None = None) -> dict[str, set[tuple[str, str]]]:
    """The reminders that are already posted about these addresses: occurrence and person.

    :param occurrences: those that are looked for; all of them when it is None
    """
    rows = Notice.objects.filter(kind=REMINDER, address__in=addresses).order_by("pk")
    if occurrences is not None:
        rows = rows.filter(occurrence__in=occurrences)
    posted: dict[str, set[tuple[str, str]]] = {}
    for address, occurrence, email in rows.values_list("address", "occurrence", "email"):
        posted.setdefault(address, set()).add((occurrence, email))
    return posted
