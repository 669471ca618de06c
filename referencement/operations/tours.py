"""Keeping whose turn it is where lists count, filter and sort: before each act is committed, and as time goes by."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db import transaction

from candidatures.models import Candidature
from guichets.enums import Owner
from referencement.enums import Cote
from referencement.models import TourProjete
from referencement.queries.avancement import kept_date
from referencement.queries.projections import FIELDS, never_projected, stale_tours
from referencement.queries.tours import tour_facts_of
from referencement.rules.dates import dates_of
from referencement.rules.tour import TourFacts, tour

CHAIN = "candidature:"
COLUMNS = [one.name for one in TourProjete._meta.concrete_fields if not one.primary_key]


def follow_the_journal(*, chains: Collection[str], at: datetime) -> None:
    """Project the candidatures whose chains an act wrote in: in its transaction, all of them at once."""
    nrus = [one.removeprefix(CHAIN) for one in chains if one.startswith(CHAIN)]
    if nrus:
        ids = Candidature.objects.filter(nru__in=nrus).order_by("pk").values_list("pk", flat=True)
        project_tours(candidature_ids=list(ids), at=at)


@transaction.atomic
def project_tours(*, candidature_ids: Collection[int], at: datetime) -> None:
    """Keep whose turn it is in these candidatures, in a constant number of queries; what ended keeps its Dates."""
    facts = tour_facts_of(candidature_ids, at=at)
    ended = [pk for pk, one in facts.items() if one.dossier.fin is not None]
    for keys, columns in ((facts.keys() - ended, COLUMNS), (ended, [one for one in COLUMNS if one != "dates"])):
        rows = [_row(pk, facts[pk], at) for pk in sorted(keys)]
        TourProjete.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["candidature"], update_fields=columns
        )


@transaction.atomic
def refresh_tours(*, most: int, at: datetime) -> int:
    """Project again what is not true any more, or may not be, and what never was; return how many were looked at.

    What an act holds is left to that act, and what it has just written stays.
    """
    missing = never_projected(most=most)
    facts = tour_facts_of(missing, at=at) if missing else {}
    TourProjete.objects.bulk_create([_row(pk, facts[pk], at) for pk in sorted(facts)], ignore_conflicts=True)
    stale = stale_tours(at=at).select_for_update(skip_locked=True, of=("self",))[: most - len(missing)]
    ids = [one.pk for one in stale]
    if ids:
        project_tours(candidature_ids=ids, at=at)
    return len(missing) + len(ids)


def _row(pk: int, facts: TourFacts, at: datetime) -> TourProjete:
    found, dates = tour(facts, at=at), dates_of(facts.dossier, at=at)
    parts = {one.cote: one for one in found.parts()}
    values: Mapping[str, object] = {
        f"{cote.value}_{field}": _stored(getattr(parts[cote], field))
        for cote in Cote
        if cote in parts
        for field in FIELDS
    }
    asked = [one.since for one in found.attentes if one.since and one.cote is not Cote.GUICHET]
    instants = [one.due_at for one in found.attentes if one.due_at] + [one.deadline.at for one in dates.values()]
    fin = facts.dossier.fin
    if fin and fin.ends_at:
        instants.append(fin.ends_at - timedelta.resolution)  # at that very instant it has ended
    return TourProjete(
        candidature_id=pk,
        is_over=found.is_over,
        since=min(asked, default=None),
        due_at=found.due_at,
        changes_at=min((one for one in instants if one >= at), default=None),
        projected_at=at,
        dates={code: kept_date(one) for code, one in dates.items()},
        **values,
    )


def _stored(value: object) -> object:
    if isinstance(value, tuple):
        return [str(one) for one in value]
    return value.value if isinstance(value, Owner) else value
