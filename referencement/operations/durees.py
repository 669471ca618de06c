"""Measuring how long the steps of the path last, for the pages that forecast."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from referencement.models import DureeObservee
from referencement.queries.durees import measured

COLUMNS = ["cases", "recent", "low", "median", "high", "measured_at"]


@transaction.atomic
def measure_durations(*, dispositif: str, at: datetime) -> int:
    """Write again what was observed in a dispositif; return how many kinds of step have cases."""
    observed = measured(dispositif, at=at)
    rows = [
        DureeObservee(
            dispositif_id=dispositif,
            kind=kind,
            cases=each.cases,
            recent=each.recent,
            low=each.low,
            median=each.median,
            high=each.high,
            measured_at=at,
        )
        for kind, each in sorted(observed.items())
    ]
    DureeObservee.objects.filter(dispositif=dispositif).exclude(kind__in=observed).delete()
    DureeObservee.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["dispositif", "kind"], update_fields=COLUMNS
    )
    return len(rows)
