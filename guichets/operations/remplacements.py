"""A capture that waits gives way: to another one, to what the desk says by itself, to the end of its demande."""

from datetime import datetime

from comptes import journal
from comptes.models import Compte
from guichets.enums import Act
from guichets.models import DemandeAuGuichet

SAID_BY_THE_DESK = "le guichet l’a dit lui-même"


def supersede_waiting(*, demande: DemandeAuGuichet, reason: str, by: Compte | None, at: datetime) -> None:
    """Put aside the capture of a locked demande that waits, if there is one."""
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
    """Put aside the capture that waits to say what the desk just said, or less."""
    waiting = demande.captures.living().first()
    if waiting and demande.spec.is_at_least(demande.state, waiting.etape):
        supersede_waiting(demande=demande, reason=SAID_BY_THE_DESK, by=None, at=at)
