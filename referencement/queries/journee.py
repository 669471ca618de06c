"""What waits for one person of the ANS today: what they follow, the oldest and the most threatened first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, JSONObject

from candidatures.models import Absence, Referent
from candidatures.queries.echeances import derogations_waiting
from candidatures.queries.referents import Mien
from candidatures.rules.referents import absent, acted_for, uncovered
from comptes.enums import INSTRUCTING
from comptes.models import Compte
from comptes.queries.counts import capped, numbers_of
from guichets.queries.captures import captures_to_confirm
from guichets.queries.sante import anomalies_to_deal_with
from preuves.enums import ChapitreState, VueDesChapitres
from preuves.models import Chapitre
from preuves.models.chapitre import WAITING
from preuves.queries.waiting import chapitres_to_read, in_view

from .candidatures import dossiers
from .instruction import InstructionLine, instruction_lines
from .projections import FileDeLANS, Passed
from .referencements import mesures_to_decide, reexamens_to_decide
from .vues import Part, VueDesDossiers, answers_by_count, referent_in

# The attribute of the person who asks that `waiting_for` fills, and `waiting` reads.
FOR_ME = "waiting_for_me"
# How many rows each part shows; the list has the others.
SHOWN = 8
# Until when a threatened date is shown, and since when what a colleague concluded is.
AHEAD, BACK = timedelta(days=45), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Tas:
    """One kind of thing that waits for the reader, in so many candidatures."""

    name: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Rendu:
    """A chapitre that a colleague concluded, in a candidature that the reader follows."""

    nru: str
    code: str
    produit: str
    state: str
    state_label: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Journee:
    """What waits for one person.

    :param mine: in how many candidatures that they follow the ANS is waited for
    :param piles: for what, the most frequent first
    :param threatened: the lines whose date comes soon; `oldest` those that have waited longest
    :param reading: how many chapitres they hold; empty when none
    :param shared: what waits for whoever takes it: the name of a pile and its count, empty when nothing does
    :param uncovered: the absent people whose work nobody does: pk and name
    """

    mine: int
    piles: tuple[Tas, ...]
    threatened: tuple[InstructionLine, ...]
    oldest: tuple[InstructionLine, ...]
    reading: str
    returned: tuple[Rendu, ...]
    shared: dict[str, str]
    uncovered: tuple[tuple[int, str], ...]


def journee_of(reader: Compte, *, mien: Mien, passed: Passed, at: datetime) -> Journee:
    """Gather what waits for one person, in nine queries."""
    own = dossiers(reader, part=Part(mien, VueDesDossiers.MINE.value), passed=passed)
    near = own.filter(tour__due_at__isnull=False, tour__due_at__lte=at + AHEAD).order_by("tour__due_at", "pk")
    old = own.order_by(F("tour__since").asc(nulls_last=True), "pk")
    threatened = list(near.values_list("pk", flat=True)[:SHOWN])
    oldest = [pk for pk in old.values_list("pk", flat=True)[: SHOWN * 2] if pk not in threatened][:SHOWN]
    lines = instruction_lines([*threatened, *oldest], reader, passed=passed, at=at, away=mien.equipe.away)
    counts = _piles(mien, passed)
    heaps = _heaps(mien)
    return Journee(
        mine=counts[VueDesDossiers.MINE.value],
        piles=tuple(
            Tas(queue.value, str(queue.label), counts[queue.value])
            for queue in sorted(FileDeLANS, key=lambda queue: -counts[queue.value])
            if counts[queue.value]
        ),
        threatened=lines[: len(threatened)],
        oldest=lines[len(threatened) :],
        reading=heaps.pop("reading"),
        returned=_returned(reader, mien, at=at),
        shared={**heaps, "unfollowed": str(counts[VueDesDossiers.UNFOLLOWED.value] or "")},
        uncovered=tuple((pk, mien.equipe.names[pk]) for pk in uncovered(mien.equipe.away)),
    )


def _piles(mien: Mien, passed: Passed) -> Counter[str]:
    """Count what the ANS has to do in the candidatures of one person, and the candidatures that nobody follows."""
    counts: Counter[str] = Counter()
    for answers, count in answers_by_count(passed=passed):
        if referent_in(answers) is None and "close" not in answers:
            counts[VueDesDossiers.UNFOLLOWED.value] += count
        if referent_in(answers) in mien.comptes and "ans" in answers:
            counts.update(dict.fromkeys([VueDesDossiers.MINE.value, *answers], count))
    return counts


def _heaps(mien: Mien) -> dict[str, str]:
    """Count, in one query, the chapitres that a person holds, and what waits for whoever takes it, as the lists do.

    « 12 », « 1 000 + »; empty without any.
    """
    chapitres = chapitres_to_read()
    heaps = numbers_of(
        {
            "reading": in_view(chapitres, VueDesChapitres.READING, mien=mien, types={}),
            "conclusions": in_view(chapitres, VueDesChapitres.TO_CONFIRM, mien=mien, types={}),
            "captures": captures_to_confirm(),
            "anomalies": anomalies_to_deal_with(),
            "decisions": mesures_to_decide(),
            "reexamens": reexamens_to_decide(),
            "derogations": derogations_waiting(),
        }
    )
    heaps["decisions"] += heaps.pop("reexamens")
    return {name: capped(count) if count else "" for name, count in heaps.items()}


def _returned(reader: Compte, mien: Mien, *, at: datetime) -> tuple[Rendu, ...]:
    followed = Q(referent__in=mien.comptes)
    concluded = Chapitre.objects.filter(followed, concluded_at__gte=at - BACK, concluded_at__lte=at)
    others = concluded.exclude(concluded_by=reader).exclude(state__in=WAITING).filter(concluded_by__isnull=False)
    rows = others.order_by("-concluded_at", "-pk").values_list(
        "dossier__candidature__nru",
        "code",
        "dossier__candidature__produit__nom",
        "state",
        "concluded_by__first_name",
        "concluded_by__last_name",
        "concluded_at",
    )
    return tuple(
        Rendu(nru, code, produit, state, str(ChapitreState(state).label), f"{first} {last}", when)
        for nru, code, produit, state, first, last, when in rows[:SHOWN]
        if when is not None
    )


def waiting_for(compte: OuterRef, day: Any) -> JSONObject:
    """Count, in a query of comptes, what each follows that the ANS is waited for, and what each absent person does.

    `waiting` adds those for whom they stand in; nothing is counted of the absent for whoever stands in for nobody.
    """
    there = Q(stand_in__is_active=True, stand_in__roles_ans__overlap=INSTRUCTING)
    stands_in = Exists(Absence.objects.on(day).filter(stand_in=OuterRef(compte)))
    gone = Absence.objects.on(day).filter(stands_in, compte__is_active=True, compte__roles_ans__overlap=INSTRUCTING)
    away = JSONObject(
        compte="compte",
        stand_in=Case(When(there, then="stand_in"), default=None),
        count=_expected_of(OuterRef("compte")),
    )
    return JSONObject(own=_expected_of(compte), away=ArraySubquery(gone.order_by("pk").values_list(away)))


def _expected_of(compte: OuterRef) -> Coalesce:
    mine = Referent.objects.filter(compte=compte, candidature__tour__ans_count__gt=0).order_by()
    counted = mine.values("compte").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), Value(0))


def waiting(reader: Compte) -> int:
    """Return in how many candidatures the ANS is waited for, among what this reader follows today, without a query."""
    asked = getattr(reader, FOR_ME, None)
    if asked is None:
        return 0
    away, counts = asked["away"], {row["compte"]: row["count"] for row in asked["away"]}
    stand_ins = {row["compte"]: row["stand_in"] for row in away}
    covered = acted_for(reader.pk, absent(stand_ins, team={*stand_ins.values()} - {None}))
    return sum((counts | {reader.pk: asked["own"]})[compte] for compte in covered)
