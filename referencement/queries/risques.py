"""What échéances risk, from the rows that a sweep computed of each open candidature."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from candidatures.enums import CandidatureState
from referencement.enums import TriDePhoto
from referencement.models import RisqueDEcheance
from referencement.rules.risques import NEAR


def risques(dispositif: str) -> QuerySet[RisqueDEcheance]:
    """Return what each échéance risks in the open candidatures of a dispositif."""
    kept = RisqueDEcheance.objects.filter(candidature__dispositif=dispositif).exclude(echeance="")
    return kept.filter(candidature__state=CandidatureState.OPEN)


def counted_by_echeance(dispositif: str) -> dict[str, dict[str, int]]:
    """Count the open candidatures of each case of `EcheanceMenacee`, by code of échéance; one query."""
    slack = {
        "missed": Q(slack__lt=timedelta(0)),
        "near": Q(slack__gte=timedelta(0), slack__lt=NEAR),
        "safe": Q(slack__gte=NEAR),
        "done": Q(slack=None),
    }
    sorts = {sort.value: Q(sort=sort) for sort in TriDePhoto}
    counts = {name: Count("pk", filter=case) for name, case in (slack | sorts).items()}
    grouped: Any = risques(dispositif).order_by("echeance").values("echeance").annotate(**counts)
    return {row.pop("echeance"): row for row in grouped}
