"""Whose turn it is, as it is kept for lists; what was never kept is derived when it is asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import DateTimeField, Exists, F, Max, OuterRef, Q, QuerySet, TextChoices

from candidatures.catalogue.dispositifs import open_codes
from candidatures.enums import DeplacementState
from candidatures.models import Candidature, DeplacementDEcheance
from comptes.models.prepared import IDS, Prepared
from guichets.catalogue.guichets import every_owner
from guichets.enums import Owner
from preuves.models import VersionDuREM
from referencement.enums import Cote, ObjetDAttente, QuiEstAttendu, TriDesTours
from referencement.models import TourProjete
from referencement.rules.tour import Tour, TurnPart

from .tours import tours_of


class FileDeLANS(TextChoices):
    """What the ANS has to do, as a filter of its list. Each value is one of `ObjetDAttente`."""

    VOLET_TO_READ = "volet_to_read", "Volets à lire"
    REFERENCES = "references", "Références à confirmer"
    DEMANDE_OVERDUE = "demande_overdue", "Demandes sans réponse après la date indiquée"
    CHAPITRE_TO_READ = "chapitre_to_read", "Chapitres à examiner"
    CAPTURE = "capture", "Captures à confirmer"
    MESSAGE = "message", "Messages à lire"
    DEROGATION = "derogation", "Dérogations à trancher"
    CONVENTION_TO_PREPARE = "convention_to_prepare", "Conventions à préparer"
    CONVENTION_TO_SEND = "convention_to_send", "Conventions à envoyer"
    CONVENTION_TO_COUNTERSIGN = "convention_to_countersign", "Conventions à contresigner"
    AGENDA = "agenda", "À inscrire à une séance"
    SEANCE = "seance", "Attendent leur séance"
    MESURE_TO_DECIDE = "mesure_to_decide", "Mesures à trancher"
    REEXAMEN = "reexamen", "Nouveaux examens à trancher"
    REM = "rem", "Référentiel à publier"


# The columns of `TourProjete` that each side has, after the name of the side.
FIELDS = ("objet", "owner", "since", "due_at", "echeance", "count", "objets")
# How old a kept turn may be. Some changes come neither from an act of the candidature nor from its dates: for example,
# an equivalent preuve that was accepted in another candidature.
LONGEST = timedelta(hours=1)
EXPECTED: dict[str, Q] = {
    QuiEstAttendu.ANS: Q(ans_count__gt=0),
    QuiEstAttendu.EDITEUR: Q(editeur_count__gt=0),
    QuiEstAttendu.GUICHET: Q(guichet_count__gt=0),
    QuiEstAttendu.NOBODY: Q(is_over=False, ans_count=0, editeur_count=0, guichet_count=0),
    QuiEstAttendu.OVER: Q(is_over=True),
}
QUEUES: dict[str, Q] = {queue.value: Q(ans_objets__contains=[queue.value]) for queue in FileDeLANS}
# How many of the turns that the clock changed since the last sweep a list derives again; the sweep does the others.
MOST_PASSED = 50


@dataclass(frozen=True, slots=True)
class Projected:
    """What a line of a list says of one candidature."""

    is_over: bool
    parts: tuple[TurnPart, ...]
    since: datetime | None = None
    due_at: datetime | None = None


Passed = Mapping[int, Tour]


def passed_tours(*, at: datetime) -> Passed:
    """Derive again the turns that the clock changed since they were kept, `MOST_PASSED` at most, by candidature (pk).

    One query when there is none.
    """
    ids = _PASSED.ask(at=at)[:MOST_PASSED]
    return tours_of(ids, at=at) if ids else {}


_PASSED = Prepared(
    lambda at: (
        TourProjete.objects.filter(changes_at__lt=at)
        .order_by("changes_at", "pk")
        .values_list("pk", flat=True)[:MOST_PASSED]
    ),
    at=DateTimeField(),
)


def projected_of(
    candidature_ids: Collection[int], *, at: datetime, passed: Passed | None = None
) -> dict[int, Projected]:
    """Say whose turn it is in these candidatures, in one query; what is not kept, or is out of date, is derived now.

    :param passed: the turns that the list was filtered and counted with, so that its lines say the same
    """
    if passed is None:
        rows = current_rows(candidature_ids, at=at)
    else:
        rows = [row for row in _PARTS.ask(candidatures=list(candidature_ids)) if row.pk not in passed]
    projected = {row.pk: Projected(row.is_over, parts_of(row), row.since, row.due_at) for row in rows}
    tours = passed or {}
    projected |= {pk: projected_from(tours[pk]) for pk in candidature_ids if pk in tours}
    missing = set(candidature_ids) - projected.keys()
    derived = tours_of(missing, at=at) if missing else {}
    return projected | {pk: projected_from(tour) for pk, tour in derived.items()}


def current_rows(candidature_ids: Collection[int], *, at: datetime) -> list[Any]:
    """Return the columns of what is kept of these candidatures and is still true by the clock."""
    rows = _ROWS.ask(candidatures=list(candidature_ids))
    return [row for row in rows if row.changes_at is None or row.changes_at >= at]


def _rows(candidatures: Any, *columns: str) -> QuerySet[TourProjete, Any]:
    kept = TourProjete.objects.filter(candidature__among=candidatures).order_by("pk")
    sides = (f"{cote.value}_{field}" for cote in Cote for field in FIELDS)
    return kept.values_list("pk", "is_over", "since", "due_at", *columns, *sides, named=True)


_ROWS = Prepared(lambda candidatures: _rows(candidatures, "changes_at", "dates"), candidatures=IDS)
# The same rows, without what a list of the ANS does not read.
_PARTS = Prepared(_rows, candidatures=IDS)


def projected_from(tour: Tour) -> Projected:
    return Projected(tour.is_over, tour.parts(), waiting_since(tour), tour.due_at)


def waiting_since(tour: Tour) -> datetime | None:
    """Return since when the oldest thing asked of the éditeur or the ANS has waited; None when nothing was asked."""
    asked = (attente.since for attente in tour.attentes if attente.since and attente.cote is not Cote.GUICHET)
    return min(asked, default=None)


def parts_of(row: Any) -> tuple[TurnPart, ...]:
    """Return what each side owes, from a kept turn or its columns."""
    return tuple(_part(row, cote) for cote in Cote if getattr(row, f"{cote.value}_count"))


def _part(row: Any, cote: Cote) -> TurnPart:
    objet, owner, since, due_at, echeance, count, objets = (getattr(row, f"{cote.value}_{field}") for field in FIELDS)
    return TurnPart(
        cote=cote,
        objet=ObjetDAttente(objet),
        owner=_owner(owner),
        since=since,
        due_at=due_at,
        echeance=echeance,
        count=count,
        objets=tuple(map(ObjetDAttente, objets)),
    )


def _owner(value: str) -> Owner:
    """Return who must act; a desk that exists no more is named by its code."""
    known = next((owner for owner in every_owner() if owner.value == value), None)
    return known or Owner(value, value, f"de {value}", f"à {value}")


def expecting(candidatures: QuerySet[Candidature], who: str, *, passed: Passed) -> QuerySet[Candidature]:
    """Keep the candidatures in which somebody is expected to act, whatever the other sides owe.

    :param who: a value of `QuiEstAttendu`, or of `FileDeLANS` for one thing that the ANS has to do
    """
    rows = TourProjete.objects.filter((EXPECTED | QUEUES)[who]).exclude(pk__in=passed)
    derived = [pk for pk, turn in passed.items() if who in answers_of(turn)]
    return candidatures.filter(Q(pk__in=rows.values("candidature")) | Q(pk__in=derived))


def answers_of(tour: Tour) -> set[str]:
    """Return the filters, of `EXPECTED` and `QUEUES`, that keep a candidature whose turn is this one."""
    sides = {QuiEstAttendu(part.cote.value).value for part in tour.parts()}
    over = {QuiEstAttendu.OVER.value} if tour.is_over else set()
    objets = {attente.objet.value for attente in tour.of(Cote.ANS)} & QUEUES.keys()
    return (sides | over or {QuiEstAttendu.NOBODY.value}) | objets


def sorted_by_turn(candidatures: QuerySet[Candidature], tri: str) -> QuerySet[Candidature]:
    """Sort by what has waited longest, or by what is due first; a candidature without such a date comes last.

    :param tri: a value of `TriDesTours`, after a dash to turn the order round
    """
    column = F({TriDesTours.AGE: "tour__since", TriDesTours.DUE: "tour__due_at"}[TriDesTours(tri.removeprefix("-"))])
    return candidatures.order_by(column.desc(nulls_last=True) if tri[0] == "-" else column.asc(nulls_last=True), "pk")


def never_projected(*, most: int) -> list[int]:
    """Return the first candidatures (pk) of which nothing is kept."""
    kept = TourProjete.objects.filter(candidature=OuterRef("pk"))
    derivable = Candidature.objects.filter(~Exists(kept), dispositif__in=open_codes())
    return list(derivable.order_by("pk").values_list("pk", flat=True)[:most])


def stale_tours(*, at: datetime) -> QuerySet[TourProjete]:
    """Return the turns that are old, or that the clock, a moved échéance or a new REM may have changed.

    The oldest come first.
    """
    moved = DeplacementDEcheance.objects.filter(state=DeplacementState.APPROVED).aggregate(at=Max("decided_at"))["at"]
    published = VersionDuREM.objects.aggregate(at=Max("published_at"), withdrawn=Max("retrait__withdrawn_at"))
    since = [instant for instant in (moved, *published.values(), at - LONGEST) if instant is not None and instant <= at]
    changed = Q(changes_at__lt=at) | Q(projected_at__lt=max(since))
    derivable = TourProjete.objects.filter(candidature__dispositif__in=open_codes())
    return derivable.filter(changed).order_by("projected_at", "pk")
