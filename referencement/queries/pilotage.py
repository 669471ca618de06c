"""What a responsable reads to steer a dispositif: what is at risk, what waits, how long things last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from candidatures.enums import CandidatureState
from candidatures.models import Echeance
from referencement.enums import TriDePhoto
from referencement.models import RisqueDEcheance, TableauDePilotage
from referencement.rules.risques import NEAR

from .mesures import Mesures


@dataclass(frozen=True, slots=True)
class EcheanceMenacee:
    """One échéance of a dispositif, and how many open candidatures are in each case.

    :param missed: would miss it at the usual pace; `near`, would meet it with little time to spare
    :param late: what the photo would say of them if it were taken now; `to_decide` and `in_time` alike
    """

    code: str
    nom: str
    objet: str
    at: datetime
    missed: int = 0
    near: int = 0
    safe: int = 0
    done: int = 0
    late: int = 0
    to_decide: int = 0
    in_time: int = 0

    @property
    def watched(self) -> int:
        return self.missed + self.near


def mesures_of(dispositif: str) -> tuple[Mesures, datetime | None]:
    """Return what the sweep counted of a dispositif, and when; nothing before its first run."""
    kept = TableauDePilotage.objects.filter(dispositif=dispositif).first()
    return (Mesures.from_json(kept.contenu), kept.measured_at) if kept else (Mesures(), None)


def echeances_menacees(dispositif: str) -> list[EcheanceMenacee]:
    """Count the open candidatures of each case, by échéance, in two queries."""
    slack = {
        "missed": Q(slack__lt=timedelta(0)),
        "near": Q(slack__gte=timedelta(0), slack__lt=NEAR),
        "safe": Q(slack__gte=NEAR),
        "done": Q(slack=None),
    }
    sorts = {sort.value: Q(sort=sort) for sort in TriDePhoto}
    counts = {name: Count("pk", filter=case) for name, case in (slack | sorts).items()}
    grouped: Any = risques(dispositif).order_by("echeance").values("echeance").annotate(**counts)
    rows = {row.pop("echeance"): row for row in grouped}
    echeances = Echeance.objects.filter(dispositif=dispositif).order_by("at", "pk")
    return [
        EcheanceMenacee(echeance.code, echeance.nom, echeance.objet, echeance.at, **rows.get(echeance.code, {}))
        for echeance in echeances
    ]


def risques(dispositif: str) -> QuerySet[RisqueDEcheance]:
    """Return what each échéance risks in the open candidatures of a dispositif."""
    kept = RisqueDEcheance.objects.filter(candidature__dispositif=dispositif).exclude(echeance="")
    return kept.filter(candidature__state=CandidatureState.OPEN)


def dossiers_menaces(dispositif: str, echeance: str, *, owner: str = "") -> QuerySet[RisqueDEcheance]:
    """Return the candidatures to watch before an échéance: the least time left first."""
    watched = risques(dispositif).filter(echeance=echeance, slack__lt=NEAR)
    if owner:
        watched = watched.filter(owner=owner)
    return watched.select_related("candidature__produit__editeur").order_by("slack", "candidature")


def owners_of(dispositif: str, echeance: str) -> list[tuple[str, int]]:
    """Return the sides that hold up the candidatures to watch, and how many each."""
    watched: Any = dossiers_menaces(dispositif, echeance).order_by("owner").values_list("owner")
    return list(watched.annotate(count=Count("pk")))
