"""Anomalies: a relevé opens one, a person acknowledges it, a later relevé closes it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from candidatures.enums import CandidatureState
from candidatures.operations.telling import tell_the_team
from comptes import journal
from comptes.models import Compte
from comptes.rules.refusals import Refused
from guichets.enums import Act, AnomalieKind, AnomalieState, Owner
from guichets.models import Anomalie, DemandeAuGuichet, Releve
from guichets.rules.reconciliation import AnomalieFound

from .locking import locked_demande


class AnomalieNotAcknowledgeable(Refused):
    """The anomaly was not acknowledged."""


@dataclass(frozen=True)
class AcknowledgedMany:
    """How many anomalies were acknowledged, and those (pk) that had moved meanwhile."""

    done: int
    moved: tuple[int, ...]


@transaction.atomic
def acknowledge_anomalie(*, anomalie_id: int, note: str, by: Compte, at: datetime) -> Anomalie:
    """Record that a person deals with an anomaly, and how; only a consistent answer of the desk closes it.

    :raises AnomalieNotAcknowledgeable: when it is already acknowledged or closed
    """
    demande_id = Anomalie.objects.values_list("demande", flat=True).get(pk=anomalie_id)
    demande = locked_demande(demande_id=demande_id)
    anomalie = Anomalie.objects.locked().get(pk=anomalie_id)
    if anomalie.state != AnomalieState.OPEN:
        raise AnomalieNotAcknowledgeable(f"Cette réponse à vérifier est déjà {anomalie.get_state_display().lower()}.")
    anomalie.acknowledge(by=by, at=at)
    anomalie.note = note.strip()
    anomalie.save()
    _record(demande, anomalie, Act.ANOMALIE_ACKNOWLEDGED, by=by, at=at)
    return anomalie


def acknowledge_anomalies(*, anomalie_ids: Collection[int], note: str, by: Compte, at: datetime) -> AcknowledgedMany:
    """Acknowledge many anomalies with the same answer; one that moved meanwhile is left, and the others are done.

    Call it outside a transaction: each is an act of its own.
    """
    done, moved = 0, []
    for anomalie_id in anomalie_ids:
        try:
            acknowledge_anomalie(anomalie_id=anomalie_id, note=note, by=by, at=at)
        except AnomalieNotAcknowledgeable:
            moved.append(anomalie_id)
        else:
            done += 1
    return AcknowledgedMany(done, tuple(moved))


@transaction.atomic
def keep_anomalies(
    *,
    demande: DemandeAuGuichet,
    anomalies: Collection[AnomalieFound],
    releve: Releve | None,
    at: datetime,
    judged: Collection[AnomalieKind] = tuple(AnomalieKind),
) -> None:
    """Bring the open anomalies of a locked demande to those that an answer shows.

    An anomaly with the same sentence stays, with its acknowledgement; one with another sentence is replaced.

    :param judged: the kinds that this answer can open or close; the others stay
    """
    new = {anomalie.kind: anomalie for anomalie in anomalies}
    for anomalie in demande.anomalies.living().filter(kind__in=judged).order_by("pk"):
        again = new.get(AnomalieKind(anomalie.kind))
        if again and again.sentence == anomalie.sentence:
            del new[again.kind]
            continue
        anomalie.close(at=at)
        anomalie.save()
        _record(demande, anomalie, Act.ANOMALIE_CLOSED, by=None, at=at)
    for opened in new.values():
        _open(demande, opened, releve, at)


def _open(demande: DemandeAuGuichet, shown: AnomalieFound, releve: Releve | None, at: datetime) -> None:
    anomalie = Anomalie.objects.create(
        demande=demande, releve=releve, kind=shown.kind, owner=shown.owner.value, sentence=shown.sentence, opened_at=at
    )
    _record(demande, anomalie, Act.ANOMALIE_OPENED, by=None, at=at)
    if shown.owner == Owner.EDITEUR and demande.candidature.state == CandidatureState.OPEN:
        address = f"anomalie:{anomalie.pk}"
        tell_the_team(candidature=demande.candidature, kind="guichets.anomalie_opened", on=address, at=at)


def _record(demande: DemandeAuGuichet, anomalie: Anomalie, act: Act, *, by: Compte | None, at: datetime) -> None:
    journal.record(
        demande.candidature.chain,
        act,
        on=f"anomalie:{anomalie.pk}",
        by=by,
        at=at,
        demande=demande.label,
        nature=f"{anomalie.nature[0].lower()}{anomalie.nature[1:]}",
    )
