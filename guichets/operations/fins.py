"""The end of a demande: its history stays, its desk is no longer asked, and its waiting capture is superseded."""

from datetime import datetime

from comptes import journal
from comptes.models import Compte
from guichets.enums import Act
from guichets.models import DemandeAuGuichet

from .anomalies import keep_anomalies
from .remplacements import supersede_waiting


def end(*, demande: DemandeAuGuichet, reason: str, by: Compte, at: datetime) -> None:
    """Stop following a locked demande."""
    demande.ended_at, demande.ended_by, demande.ended_reason = at, by, reason
    demande.pull_id = demande.next_pull_at = None
    demande.version += 1
    demande.save()
    keep_anomalies(demande=demande, anomalies=[], releve=None, at=at)
    supersede_waiting(demande=demande, reason=reason, by=by, at=at)
    chain = demande.candidature.chain
    journal.record(chain, Act.DEMANDE_ENDED, on=demande.address, by=by, at=at, demande=demande.label, motif=reason)
