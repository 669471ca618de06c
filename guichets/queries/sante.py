"""What the ANS watches: the health of each desk, the open anomalies, and the overdue answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet

from candidatures.enums import CandidatureState
from guichets.catalogue.guichets import every_guichet, spec_of_guichet
from guichets.catalogue.specs import GuichetSpec
from guichets.enums import AnomalieKind, AnomalieState, Source
from guichets.models import Anomalie, DemandeAuGuichet, EchecDeReleve, Releve

WINDOW = timedelta(hours=1)
TO_DEAL_WITH = Q(state=AnomalieState.OPEN, demande__candidature__state=CandidatureState.OPEN)
NOTHING: Mapping[str, Any] = {
    "last_success_at": None,
    "last_failure_at": None,
    "due": 0,
    "under_way": 0,
    "oldest_due_at": None,
}


@dataclass(frozen=True)
class SanteDeGuichet:
    """One desk over the last hour.

    :param due: how many demandes should have been asked by now and were not
    :param under_way: how many are being asked
    :param oldest_due_at: since when the most overdue demande waits
    """

    guichet: GuichetSpec
    last_success_at: datetime | None
    last_failure_at: datetime | None
    successes: int
    failures: int
    due: int
    under_way: int
    oldest_due_at: datetime | None

    @property
    def label(self) -> str:
        return self.guichet.label

    @property
    def error_rate(self) -> int | None:
        """The percentage of pulls that failed; None when there was no pull."""
        asked = self.successes + self.failures
        return round(100 * self.failures / asked) if asked else None


def sante_of_guichets(*, at: datetime) -> list[SanteDeGuichet]:
    """Gather the health of every desk that is pulled, in three queries."""
    since = at - WINDOW
    pulled = Releve.objects.filter(source=Source.PULLED, seen_at__gte=since)
    successes = _count_by_desk(pulled)
    failures = _count_by_desk(EchecDeReleve.objects.filter(failed_at__gte=since))
    late, asked = Q(next_pull_at__lte=at), Q(pull_id__isnull=False, next_pull_at__gt=at)
    rows = DemandeAuGuichet.objects.followed().values("guichet").order_by("guichet")
    stands = {
        row["guichet"]: row
        for row in rows.annotate(
            last_success_at=Max("confirmed_at"),
            last_failure_at=Max("failed_at"),
            due=Count("pk", filter=late),
            under_way=Count("pk", filter=asked),
            oldest_due_at=Min("next_pull_at", filter=late),
        )
    }
    return [
        SanteDeGuichet(
            successes=successes.get(guichet.code, 0),
            failures=failures.get(guichet.code, 0),
            **{**NOTHING, **stands.get(guichet.code, {}), "guichet": guichet},
        )
        for guichet in every_guichet()
        if guichet.contrat is not None
    ]


def _count_by_desk(rows: QuerySet[Releve] | QuerySet[EchecDeReleve]) -> dict[str, int]:
    counted = rows.order_by("demande__guichet").values_list("demande__guichet").annotate(count=Count("pk"))
    return dict(counted)


def anomalies_to_deal_with(*, dispositif: str = "") -> QuerySet[Anomalie]:
    """The anomalies that nobody has looked at, in no order: the tab « À traiter » of their list.

    :param dispositif: only those of this dispositif; empty for all
    """
    waiting = Anomalie.objects.filter(TO_DEAL_WITH)
    if dispositif:
        waiting = waiting.filter(demande__candidature__dispositif=dispositif)
    return waiting.order_by()


@dataclass(frozen=True)
class AnomaliesAlike:
    """The open anomalies of one kind at one desk, which one answer may suit."""

    guichet: GuichetSpec
    kind: AnomalieKind
    count: int
    oldest_at: datetime

    @property
    def key(self) -> str:
        return f"{self.guichet.code}.{self.kind}"


def anomalies_alike(*, dispositif: str = "") -> list[AnomaliesAlike]:
    """Group the open anomalies by desk and kind, the most numerous first, in one query.

    One that is alone of its kind is left out.
    """
    still_open: Any = anomalies_to_deal_with(dispositif=dispositif)
    rows = still_open.order_by("demande__guichet", "kind").values_list("demande__guichet", "kind")
    counted = rows.annotate(count=Count("pk"), oldest=Min("opened_at")).filter(count__gt=1)
    alike = [AnomaliesAlike(spec_of_guichet(desk), AnomalieKind(kind), *figures) for desk, kind, *figures in counted]
    return sorted(alike, key=lambda group: -group.count)


def open_anomalies_of(key: str, *, dispositif: str = "") -> QuerySet[Anomalie]:
    """Return the open anomalies that such a key groups."""
    guichet, _, kind = key.partition(".")
    return anomalies_to_deal_with(dispositif=dispositif).filter(demande__guichet=guichet, kind=kind)


def overdue_returns(*, on: date, dispositif: str = "") -> QuerySet[DemandeAuGuichet]:
    """The demandes whose desk did not answer by the day that it gave; oldest day first.

    :param on: the civil day, in Paris
    :param dispositif: only those of this dispositif; empty for all
    """
    awaited = Q()
    for desk in every_guichet():
        theirs = [etape.code for etape in desk.etapes if etape.attend == "guichet"]
        awaited |= Q(guichet=desk.code, state__in=theirs)
    joined = DemandeAuGuichet.objects.followed().select_related("candidature__produit__editeur")
    waiting = joined.filter(awaited, candidature__state=CandidatureState.OPEN)
    if dispositif:
        waiting = waiting.filter(candidature__dispositif=dispositif)
    return waiting.filter(retour_prevu__lt=on).order_by("retour_prevu", "pk")
