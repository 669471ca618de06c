"""Keeping the `TourProjete` rows true, so that lists can count, filter and sort by whose turn it is.

They are written again in the transaction of each act, and by a sweep as time passes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from candidatures.enums import Act
from candidatures.models import Candidature
from candidatures.rules.dates import DateDite
from comptes.journal.writing import Recorded
from comptes.models.counts import fold
from guichets.enums import Owner
from preuves.models import NombreDeChapitres
from referencement.models import NombreDeTours, TourProjete
from referencement.queries.avancement import kept_date
from referencement.queries.blocages import DECIDING
from referencement.queries.projections import FIELDS, never_projected, stale_tours, waiting_since
from referencement.queries.tours import tour_facts_of
from referencement.rules.dates import dates_of
from referencement.rules.tour import Tour, TourFacts, tour

CHAIN = "candidature:"
COLUMNS = [field.name for field in TourProjete._meta.concrete_fields if not field.primary_key]


def follow_the_journal(*, acts: Collection[Recorded], at: datetime) -> None:
    """Write again the turn of each candidature whose turn an act of the current transaction may have changed.

    :param acts: those of the transaction; those that are not in the chain of a candidature are ignored
    """
    nrus = {act.chain.removeprefix(CHAIN) for act in acts if act.chain.startswith(CHAIN) and _may_change_the_turn(act)}
    if nrus:
        ids = Candidature.objects.filter(nru__in=nrus).order_by("pk").values_list("pk", flat=True)
        project_tours(candidature_ids=list(ids), at=at)


def _may_change_the_turn(recorded: Recorded) -> bool:
    """Say whether an act may change a turn or a Date; the save of a volet does when it wrote a champ that decides."""
    return recorded.act != Act.VOLET_SAVED or recorded.parts is None or not DECIDING.isdisjoint(recorded.parts)


@transaction.atomic
def project_tours(*, candidature_ids: Collection[int], at: datetime) -> None:
    """Write whose turn it is in these candidatures, in a constant number of queries.

    The Dates of a candidature that has ended stay as they were.
    """
    facts = tour_facts_of(candidature_ids, at=at)
    ended = [pk for pk, of_one in facts.items() if of_one.dossier.fin is not None]
    for keys, columns in ((facts.keys() - ended, COLUMNS), (ended, [name for name in COLUMNS if name != "dates"])):
        rows = [_projection(pk, facts[pk], at=at) for pk in sorted(keys)]
        TourProjete.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["candidature"], update_fields=columns
        )


@transaction.atomic
def refresh_tours(*, most: int, at: datetime) -> int:
    """Write the rows that are missing, and write again those that time may have made wrong; return how many.

    A row that an act has locked is left to that act.

    :param most: the greatest number of rows to write
    """
    missing = never_projected(most=most)
    facts = tour_facts_of(missing, at=at) if missing else {}
    TourProjete.objects.bulk_create([_projection(pk, facts[pk], at=at) for pk in sorted(facts)], ignore_conflicts=True)
    stale = stale_tours(at=at).select_for_update(skip_locked=True, of=("self",))[: most - len(missing)]
    ids = [projected.pk for projected in stale]
    if ids:
        project_tours(candidature_ids=ids, at=at)
    return len(missing) + len(ids)


def fold_counts() -> None:
    """Sum what triggers counted: the turns of each filter, the chapitres that wait for the ANS."""
    fold(NombreDeTours)
    fold(NombreDeChapitres)


def _projection(pk: int, facts: TourFacts, *, at: datetime) -> TourProjete:
    """Return the row of one candidature, unsaved: whose turn it is at `at`, and its Dates."""
    turn, dates = tour(facts, at=at), dates_of(facts.dossier, at=at)
    return TourProjete(
        candidature_id=pk,
        is_over=turn.is_over,
        since=waiting_since(turn),
        due_at=turn.due_at,
        changes_at=_next_change(facts, turn, dates, at=at),
        projected_at=at,
        dates={code: kept_date(date) for code, date in dates.items()},
        **_columns_of(turn),
    )


def _columns_of(turn: Tour) -> dict[str, Any]:
    """Return the columns of each side that is waited for, such as `ans_step`; another side keeps its defaults."""
    return {f"{part.cote.value}_{field}": _stored(getattr(part, field)) for part in turn.parts() for field in FIELDS}


def _next_change(facts: TourFacts, turn: Tour, dates: Mapping[str, DateDite], *, at: datetime) -> datetime | None:
    """Return the next instant, from `at` on, when time alone makes the row wrong; None when it never does."""
    instants = [attente.due_at for attente in turn.attentes if attente.due_at]
    instants += [date.deadline.at for date in dates.values()]
    fin = facts.dossier.fin
    if fin and fin.ends_at:
        instants.append(fin.ends_at - timedelta.resolution)  # at `ends_at` itself it is already over
    return min((instant for instant in instants if instant >= at), default=None)


def _stored(value: object) -> object:
    if isinstance(value, tuple):
        return [str(item) for item in value]
    return value.value if isinstance(value, Owner) else value
