"""Supersedes the waiting capture of a demande: replaced by another, by the desk's answer, or by the end."""

from datetime import datetime

from comptes import journal
from comptes.models import Compte
from guichets.enums import Act
from guichets.models import DemandeAuGuichet

SAID_BY_THE_DESK = "indiqué par le guichet"


def supersede_waiting(*, demande: DemandeAuGuichet, reason: str, by: Compte | None, at: datetime) -> None:
    """Supersede the waiting capture of a locked demande, if there is one."""
    for capture in demande.captures.living().locked():
        capture.supersede(reason=reason[:500], by=by, at=at)
        capture.save()
        journal.record(
            demande.candidature.chain,
            Act.CAPTURE_SUPERSEDED,
            on=capture.address,
            by=by,
            at=at,
            demande=demande.label,
            motif=capture.reason,
        )


def supersede_reached(*, demande: DemandeAuGuichet, at: datetime) -> None:
    """Supersede the waiting capture when the desk itself reached its stage, or a later one."""
    waiting = demande.captures.living().first()
    if waiting and demande.spec.is_at_least(demande.state, waiting.etape):
        supersede_waiting(demande=demande, reason=SAID_BY_THE_DESK, by=None, at=at)
