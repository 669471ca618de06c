"""The list of the séances: its tabs, the dossiers that find one, and its lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Count, Q, QuerySet

from candidatures.queries.search import holding
from comptes.rules import ages
from comptes.rules.ages import Age
from referencement.enums import SeanceState
from referencement.models import Examen, SeanceDuCollege

VUES = {"a-venir": "À venir", "closes": "Closes", "annulees": "Annulées", "": "Toutes"}
_STATES = {
    "a-venir": [SeanceState.PLANNED, SeanceState.OPEN],
    "closes": [SeanceState.CLOSED],
    "annulees": [SeanceState.CANCELLED],
}


def in_vue(vue: str) -> QuerySet[SeanceDuCollege]:
    """Return the séances of one tab (`VUES`), in no order."""
    return SeanceDuCollege.objects.filter(**({"state__in": _STATES[vue]} if vue else {})).order_by()


def seances_holding(text: str, *, dispositif: str) -> Q:
    """Keep the séances with a dossier that holds every word of a text, of a dispositif when one is named."""
    if not (text or dispositif):
        return Q()
    dossiers = Examen.objects.filter(_of(dispositif), holding(text, candidature="candidature__"))
    return Q(pk__in=dossiers.order_by().values("seance"))


def _of(dispositif: str, way: str = "") -> Q:
    return Q((f"{way}candidature__dispositif", dispositif)) if dispositif else Q()


@dataclass(frozen=True, slots=True)
class SeanceLine:
    """One séance, on one line. `dossiers`: how many it has, of the dispositif that is asked."""

    drawn_once: ClassVar[bool] = True

    pk: int
    held_at: datetime
    dossiers: int
    quorum: int
    secretaire: str
    state: str
    state_label: str
    due: Age | None


def seance_lines(keys: Sequence[int], *, dispositif: str, at: datetime) -> list[SeanceLine]:
    """Read the lines of these séances (pk), in that order, in one query."""
    rows = SeanceDuCollege.objects.filter(pk__in=keys).select_related("secretaire").order_by("pk")
    counted = rows.annotate(dossiers=Count("examens", filter=_of(dispositif, "examens__")))
    lines = {row.pk: _line(row, at) for row in counted}
    return [lines[key] for key in keys if key in lines]


def _line(row: Any, at: datetime) -> SeanceLine:
    to_come = row.state == SeanceState.PLANNED
    return SeanceLine(
        pk=row.pk,
        held_at=row.held_at,
        dossiers=row.dossiers,
        quorum=row.quorum,
        secretaire=row.secretaire.full_name,
        state=row.state,
        state_label=str(SeanceState(row.state).label),
        due=ages.due(row.held_at, at=at) if to_come else ages.on(row.held_at),
    )
