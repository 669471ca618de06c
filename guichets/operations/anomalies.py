"""The board of what the desks say and cannot be followed: opened by a relevé, seen by somebody, closed by another."""

from collections.abc import Collection
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


@transaction.atomic
def acknowledge_anomalie(*, anomalie_id: int, note: str, by: Compte, at: datetime) -> Anomalie:
    """Say that somebody deals with an anomaly, and how; only a consistent answer of the desk closes it.

    :raises AnomalieNotAcknowledgeable: when somebody does already, or it is closed
    """
    demande_id = Anomalie.objects.values_list("demande", flat=True).get(pk=anomalie_id)
    demande = locked_demande(demande_id=demande_id)
    anomalie = Anomalie.objects.locked().get(pk=anomalie_id)
    if anomalie.state != AnomalieState.OPEN:
        raise AnomalieNotAcknowledgeable(f"Cette anomalie est déjà {anomalie.get_state_display().lower()}.")
    anomalie.acknowledge(by=by, at=at)
    anomalie.note = note.strip()[:500]
    anomalie.save()
    _record(demande, anomalie, Act.ANOMALIE_ACKNOWLEDGED, by=by, at=at)
    return anomalie


@transaction.atomic
def keep_anomalies(
    *,
    demande: DemandeAuGuichet,
    found: Collection[AnomalieFound],
    releve: Releve | None,
    at: datetime,
    judged: Collection[AnomalieKind] = tuple(AnomalieKind),
) -> None:
    """Make what is on the board for a locked demande be what was found.

    The same one again stays as it is, with its acknowledgement; one that says something else takes its place.

    :param judged: the kinds that this answer could tell anything of; the others stay
    """
    new = {one.kind: one for one in found}
    for anomalie in demande.anomalies.living().filter(kind__in=judged).order_by("pk"):
        said_again = new.get(AnomalieKind(anomalie.kind))
        if said_again and said_again.sentence == anomalie.sentence:
            del new[said_again.kind]
            continue
        anomalie.close(at=at)
        anomalie.save()
        _record(demande, anomalie, Act.ANOMALIE_CLOSED, by=None, at=at)
    for one in new.values():
        _open(demande, one, releve, at)


def _open(demande: DemandeAuGuichet, found: AnomalieFound, releve: Releve | None, at: datetime) -> None:
    anomalie = Anomalie.objects.create(
        demande=demande, releve=releve, kind=found.kind, owner=found.owner.value, sentence=found.sentence, opened_at=at
    )
    _record(demande, anomalie, Act.ANOMALIE_OPENED, by=None, at=at)
    if found.owner == Owner.EDITEUR and demande.candidature.state == CandidatureState.OPEN:
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
