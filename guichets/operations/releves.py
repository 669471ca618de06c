"""Keeps what a pull brought: an answer, or a failure. The desk itself is never asked inside a transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID, uuid4

from django.db import transaction

from candidatures.enums import CandidatureState
from candidatures.queries.candidatures import deadlines_of
from guichets.catalogue.guichets import spec_of_guichet
from guichets.enums import AnomalieKind, Panne, Source
from guichets.models import DemandeAuGuichet, EchecDeReleve, Releve
from guichets.rules.cadence import jitter_of, next_pull, next_try
from guichets.rules.reconciliation import AnomalieFound, Path

from .anomalies import keep_anomalies
from .locking import locked_demande
from .remplacements import supersede_reached
from .suivi import Observation, follow_observation

# The failures that no retry repairs open an anomaly. The others are only retried, while the answer grows old.
LASTING = {
    Panne.UNKNOWN: AnomalieKind.UNKNOWN_NUMBER,
    Panne.OTHER_ID: AnomalieKind.OTHER_ID,
    Panne.OTHER_SCHEMA: AnomalieKind.OTHER_SCHEMA,
    Panne.FORBIDDEN_HOST: AnomalieKind.FORBIDDEN_HOST,
    Panne.TOO_LARGE: AnomalieKind.TOO_LARGE,
}


class DeskReply(Observation, Protocol):
    """A frozen answer of a desk, as the connectors give it."""

    @property
    def numero(self) -> str: ...
    @property
    def raw(self) -> bytes: ...
    @property
    def sha256(self) -> str: ...
    @property
    def schema(self) -> str: ...


@dataclass(frozen=True)
class Pull:
    """One demande to ask a desk about; the relevé or the failure that results bears the same id."""

    demande_id: int
    pull_id: UUID


@transaction.atomic
def mark_due(*, guichet: str, budget: int, at: datetime) -> list[Pull]:
    """Mark the demandes of a desk that are due as being pulled, within its budget; another sweep skips them.

    A pull whose lease is over counts as lost: it is asked again under the same id, and the first result is kept.

    :param budget: how many pulls may be under way at once
    """
    followed = DemandeAuGuichet.objects.followed().filter(guichet=guichet)
    under_way = followed.filter(pull_id__isnull=False, next_pull_at__gt=at).count()
    due = followed.filter(candidature__state=CandidatureState.OPEN).due(at)
    lease = spec_of_guichet(guichet).cadence.lease
    taken = list(due.select_for_update(skip_locked=True, of=("self",))[: max(0, budget - under_way)])
    for demande in taken:
        demande.pull_id = demande.pull_id or uuid4()
        demande.next_pull_at = at + lease
    DemandeAuGuichet.objects.bulk_update(taken, ["pull_id", "next_pull_at"], batch_size=500)
    return [Pull(demande.pk, demande.pull_id) for demande in taken if demande.pull_id]


@transaction.atomic
def note_releve(*, demande_id: int, pull_id: UUID, answer: DeskReply, at: datetime) -> Releve:
    """Keep an answer of a desk, and follow it when it is consistent; a pull noted twice gives the same relevé.

    An answer older than the last one, or under a number that was corrected since, is kept and moves nothing.

    :param at: when the answer was received
    """
    demande = locked_demande(demande_id=demande_id)
    if known := Releve.objects.filter(demande=demande, pull_id=pull_id).first():
        return known
    releve = _write(demande, pull_id, answer, at)
    if demande.ended_at or answer.numero != demande.numero:
        return releve
    demande.pull_id = None
    demande.next_pull_at = _next_pull(demande, at)
    if demande.confirmed_at is not None and at < demande.confirmed_at:
        demande.save()
        return releve
    demande.failures, demande.failed_at, demande.failure = 0, None, ""
    outcome = follow_observation(demande=demande, releve=releve, answer=answer, by=None, at=at)
    demande.next_pull_at = _next_pull(demande, at, answer.etape)
    demande.save()
    if isinstance(outcome, Path):
        supersede_reached(demande=demande, at=at)
    return releve


@transaction.atomic
def note_failure(
    *, demande_id: int, pull_id: UUID, kind: Panne, detail: str, retry_after: timedelta | None, at: datetime
) -> EchecDeReleve | None:
    """Keep why a pull brought nothing, and plan the next one; the demande does not change.

    :param retry_after: how long the desk asks to wait, if it says so
    :return: None when that pull was already noted, or is no longer expected
    """
    demande = locked_demande(demande_id=demande_id)
    if demande.pull_id != pull_id:
        return None
    echec = EchecDeReleve.objects.create(demande=demande, pull_id=pull_id, kind=kind, detail=detail[:300], failed_at=at)
    demande.failures += 1
    demande.failed_at, demande.failure = at, kind
    demande.pull_id = None
    demande.next_pull_at = next_try(
        at=at, failures=demande.failures, retry_after=retry_after, jitter=jitter_of(demande.pk, at)
    )
    demande.save()
    if kind in LASTING:
        anomalie = AnomalieFound(LASTING[kind], _why_nothing(demande, kind))
        keep_anomalies(demande=demande, anomalies=[anomalie], releve=None, at=at, judged=tuple(LASTING.values()))
    return echec


def _why_nothing(demande: DemandeAuGuichet, kind: Panne) -> str:
    """Say why a pull brought nothing, in the words of that desk: « Gazelle ne connaît pas ce lien (…) »."""
    spec = demande.spec
    return f"{spec.why_nothing(kind)} ({spec.identifiant} {demande.numero})."


def _write(demande: DemandeAuGuichet, pull_id: UUID, answer: DeskReply, at: datetime) -> Releve:
    return Releve.objects.create(
        demande=demande,
        source=Source.PULLED,
        pull_id=pull_id,
        seen_at=at,
        schema=answer.schema[:60],
        raw=answer.raw,
        sha256=answer.sha256,
        etape=answer.etape[:200],
        date_etape=answer.date_etape,
        retour_prevu=answer.retour_prevu,
        logiciel=answer.logiciel[:200],
    )


def _next_pull(demande: DemandeAuGuichet, at: datetime, etape: str = "") -> datetime:
    """Say when to ask again, from the stage that the desk says or, if it is unknown, the one that the portal holds."""
    etape = etape if etape in demande.spec.labels else demande.state
    echeances = [echeance.at for echeance in deadlines_of(demande.candidature).values()]
    return next_pull(demande.spec.cadence, etape, at=at, echeances=echeances, jitter=jitter_of(demande.pk, at))
