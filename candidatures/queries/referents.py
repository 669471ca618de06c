"""Who follows what at the ANS, who is absent, and how much each person has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, DateField, Exists, OuterRef, QuerySet, Subquery

from candidatures.enums import CandidatureState
from candidatures.models import Absence, Candidature, Referent, ReferentDeChapitre
from candidatures.rules.referents import Away, absent, acted_for
from comptes.dates import PARIS
from comptes.enums import INSTRUCTING
from comptes.models import Compte
from comptes.models.prepared import Prepared


def day_of(at: datetime) -> date:
    return at.astimezone(PARIS).date()


def instructeurs() -> QuerySet[Compte]:
    """Return the people of the ANS who instruct, in order of name."""
    people = Compte.objects.filter(is_active=True, roles_ans__overlap=INSTRUCTING)
    return people.order_by("last_name", "first_name", "pk")


def _team(day: Any) -> QuerySet[Compte, Any]:
    """Return the people who instruct, and whether and for whom each is absent on a day."""
    gone = Absence.objects.filter(compte=OuterRef("pk"), from_date__lte=day, until_date__gte=day).order_by("pk")
    people = instructeurs().annotate(is_away=Exists(gone), stand_in=Subquery(gone.values("stand_in")[:1]))
    return people.values_list("pk", "first_name", "last_name", "is_away", "stand_in")


_TEAM = Prepared(_team, day=DateField())


@dataclass(frozen=True, slots=True)
class Equipe:
    """The people who instruct.

    :param names: by pk, in order of name
    :param away: who is absent today
    """

    names: Mapping[int, str]
    away: Mapping[int, Away]


def equipe(*, at: datetime) -> Equipe:
    """Return the people who instruct, and who is absent on the day of an instant, in one query."""
    rows = _TEAM.ask(day=day_of(at))
    names = {pk: f"{first} {last}" for pk, first, last, _, _ in rows}
    return Equipe(names, absent({pk: stand_in for pk, _, _, is_away, stand_in in rows if is_away}, team=names))


@dataclass(frozen=True, slots=True)
class Mien:
    """Whose work a reader does today.

    :param comptes: the reader, and those for whom they stand in
    """

    compte: int
    equipe: Equipe

    @property
    def comptes(self) -> frozenset[int]:
        return acted_for(self.compte, self.equipe.away)


def mine(reader: Compte, *, at: datetime) -> Mien:
    """Return whose work a reader does today, in one query."""
    return Mien(reader.pk, equipe(at=at))


def chapitres_of_people() -> dict[tuple[str, str], int]:
    """Return the référent of each chapitre that has one, by dispositif and code, in one query."""
    return {(dispositif, code): compte for dispositif, code, compte in _CHAPITRES.ask()}


_CHAPITRES = Prepared(
    lambda: ReferentDeChapitre.objects.order_by("dispositif", "code").values_list("dispositif", "code", "compte")
)


@dataclass(frozen=True, slots=True)
class Charge:
    """What one person has at the ANS.

    :param candidatures: how many open candidatures they follow
    :param chapitres: the codes of the chapitres that they read, with their dispositif
    :param absence: the one of today, if any
    """

    compte: Compte
    candidatures: int
    chapitres: tuple[tuple[str, str], ...]
    absence: Absence | None


def charges(*, at: datetime) -> list[Charge]:
    """Return what each person who instructs has, in four queries; those who left and still follow something too."""
    counted = Referent.objects.filter(candidature__state=CandidatureState.OPEN).order_by("compte").values_list("compte")
    followed = dict(counted.annotate(count=Count("pk")))
    read: dict[int, list[tuple[str, str]]] = {}
    for key, compte in chapitres_of_people().items():
        read.setdefault(compte, []).append(key)
    absences = {absence.compte_id: absence for absence in Absence.objects.on(day_of(at)).select_related("stand_in")}
    keys = {*followed, *read}
    people = instructeurs() | Compte.objects.filter(pk__in=keys).order_by("last_name", "first_name", "pk")
    return [
        Charge(person, followed.get(person.pk, 0), tuple(read.get(person.pk, ())), absences.get(person.pk))
        for person in people.distinct()
    ]


def loads(*, at: datetime) -> dict[int, int]:
    """Return how many open candidatures each person who may receive one follows: those who instruct and are there."""
    gone = equipe(at=at).away
    return {
        charge.compte.pk: charge.candidatures
        for charge in charges(at=at)
        if charge.compte.pk not in gone and charge.compte.is_active
    }


def followed_by_nobody() -> QuerySet[Candidature]:
    """Return the open candidatures without a référent, the first opened first."""
    return Candidature.objects.filter(state=CandidatureState.OPEN, referent=None).order_by("opened_at", "pk")


def absences_to_come(*, at: datetime) -> QuerySet[Absence]:
    """Return the absences that are not over, the next one first."""
    coming = Absence.objects.filter(until_date__gte=day_of(at)).select_related("compte", "stand_in")
    return coming.order_by("from_date", "pk")
