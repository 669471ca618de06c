"""The queue of the chapitres that wait for the ANS, as every page tells it: ranks, forecasts and medians."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum, TextField

from candidatures.models import Candidature
from comptes.models.prepared import Prepared
from preuves.models import Chapitre, NombreDeChapitres
from preuves.models.chapitre import WAITING
from preuves.queries.waiting import chapitres_to_read
from referencement.rules.durees import Duree, Observed
from referencement.rules.file import Forecast, Place, at_rank

from .durees import known_durees

Known = tuple[Mapping[str, Duree], Mapping[str, Observed]]
EXAMEN = "examen-chapitre"


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many chapitres of one code wait, and since when the oldest one does (aware)."""

    count: int
    oldest_at: datetime


@dataclass(frozen=True)
class Queue:
    """All that waits for the ANS in a dispositif.

    :param chapitres: by code of chapitre
    :param examen: how long an examen lasts; `cases` of it is None when it is only expected
    :param concluded: how many the ANS concluded in the last 28 days
    :param empties: when it is expected to have read all that waits today; None when nothing waits
    """

    chapitres: Mapping[str, Waiting]
    examen: Duree
    concluded: int
    empties: Forecast | None

    @property
    def total(self) -> int:
        return sum(waiting.count for waiting in self.chapitres.values())

    def read_by(self, rank: int, submitted_at: str, *, at: datetime) -> datetime:
        """Return when the chapitre of that rank, submitted then (ISO 8601), is expected to have been read."""
        since = datetime.fromisoformat(submitted_at)
        return at_rank(rank, since=since, concluded=self.concluded, examen=self.examen, at=at).likely


def places_of(
    candidature: Candidature,
    chapitres: Iterable[Chapitre],
    durees: Mapping[str, Duree],
    observed: Mapping[str, Observed],
    *,
    at: datetime,
) -> dict[str, Place]:
    """Return the place of each of these chapitres that waits for the ANS, by code; one query, or none.

    :param chapitres: of that candidature
    :param durees: with `observed`, what `known_durees` returned for its dispositif
    """
    mine = {row.code: row for row in chapitres if row.state in WAITING}
    if not mine:
        return {}
    before = {f"rank_{row.pk}": Count("pk", filter=_up_to(row)) for row in mine.values()}
    counted = chapitres_to_read(dispositif=candidature.dispositif_id).order_by().aggregate(total=Count("pk"), **before)
    return {code: _place(row, counted, durees, observed, at=at) for code, row in mine.items()}


def _up_to(row: Chapitre) -> Q:
    return Q(submitted_at__lt=row.submitted_at) | Q(submitted_at=row.submitted_at, pk__lte=row.pk)


def _place(
    row: Chapitre,
    counted: Mapping[str, int],
    durees: Mapping[str, Duree],
    observed: Mapping[str, Observed],
    *,
    at: datetime,
) -> Place:
    rank, since = counted[f"rank_{row.pk}"], row.submitted_at or at
    forecast = at_rank(rank, since=since, concluded=_concluded(observed), examen=durees[EXAMEN], at=at)
    return Place(rank, counted["total"], since, forecast)


def queue_of(dispositif: str, *, at: datetime, known: Known | None = None) -> Queue:
    """Return all that waits for the ANS in a dispositif, and when it is expected to have read it; two queries.

    :param known: what `known_durees` returned for it, when the caller has it already: one query less
    """
    durees, observed = known or known_durees(dispositif)
    chapitres = {code: Waiting(count, oldest) for code, count, oldest in _BY_CODE.ask(dispositif=dispositif)}
    concluded, total = _concluded(observed), sum(waiting.count for waiting in chapitres.values())
    since = min((waiting.oldest_at for waiting in chapitres.values()), default=at)
    empties = at_rank(total, since=since, concluded=concluded, examen=durees[EXAMEN], at=at) if total else None
    return Queue(chapitres, durees[EXAMEN], concluded, empties)


def _by_code(dispositif: str) -> QuerySet[NombreDeChapitres, Any]:
    """Return the code, the count and the oldest submission of the chapitres that wait, from what triggers counted."""
    alike = Chapitre.objects.waiting().filter(code=OuterRef("code"), dispositif=dispositif)
    oldest = alike.order_by("submitted_at", "pk")
    counted = NombreDeChapitres.objects.filter(dispositif=dispositif).order_by("code").values("code")
    waiting = counted.annotate(count=Sum("delta")).filter(count__gt=0)
    return waiting.annotate(oldest=Subquery(oldest.values("submitted_at")[:1])).values_list("code", "count", "oldest")


_BY_CODE = Prepared(_by_code, dispositif=TextField())


def _concluded(observed: Mapping[str, Observed]) -> int:
    return observed[EXAMEN].recent if EXAMEN in observed else 0
