"""What a responsable reads to steer a dispositif: what is at risk, what waits, how long things last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet, TextField

from candidatures.models import Echeance
from comptes.models.prepared import Prepared
from referencement.models import RisqueDEcheance, TableauDePilotage
from referencement.rules.risques import NEAR

from .mesures import Mesures
from .risques import risques

FIRST = 10


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


def echeances_menacees(dispositif: str, counts: Mapping[str, Mapping[str, Any]]) -> list[EcheanceMenacee]:
    """Return the échéances as they stand, each with how many open candidatures are in each case; one query.

    :param counts: what `counted_by_echeance` counted, now or by the sweep
    """
    rows: list[dict[str, Any]] = _ECHEANCES.ask(dispositif=dispositif)
    return [EcheanceMenacee(**row, **counts.get(row["code"], {})) for row in rows]


_ECHEANCES = Prepared(
    lambda dispositif: (
        Echeance.objects.filter(dispositif=dispositif).order_by("at", "pk").values("code", "nom", "objet", "at")
    ),
    dispositif=TextField(),
)


def dossiers_menaces(dispositif: str, echeance: str, *, owner: str = "") -> QuerySet[RisqueDEcheance]:
    """Return the candidatures to watch before an échéance: the least time left first."""
    watched = risques(dispositif).filter(echeance=echeance, slack__lt=NEAR)
    if owner:
        watched = watched.filter(owner=owner)
    return watched.select_related("candidature__produit__editeur").order_by("slack", "candidature")


def first_menaces(dispositif: str, echeance: str) -> list[RisqueDEcheance]:
    """Return the `FIRST` candidatures to watch before an échéance; one query."""
    return _FIRST.ask(dispositif=dispositif, echeance=echeance)


_FIRST = Prepared(
    lambda dispositif, echeance: dossiers_menaces(dispositif, echeance)[:FIRST],
    dispositif=TextField(),
    echeance=TextField(),
)


def owners_of(dispositif: str, echeance: str) -> list[tuple[str, int]]:
    """Return the sides that hold up the candidatures to watch, and how many each."""
    watched: Any = dossiers_menaces(dispositif, echeance).order_by("owner").values_list("owner")
    return list(watched.annotate(count=Count("pk")))
