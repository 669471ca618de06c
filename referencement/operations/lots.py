"""The acts of a lot that need what this floor knows."""

from __future__ import annotations

from datetime import datetime

from candidatures.enums import GesteDeLot
from candidatures.operations.lots import Item, register_geste

from .passation import hand_over_dossier


def _hand_over(*, item: Item, at: datetime) -> None:
    """Give to one colleague what somebody follows and reads in one candidature."""
    hand_over_dossier(
        candidature_id=item.candidature_id,
        giver_id=item.params["de"],
        taker_id=item.params["compte"],
        was_followed=item.params["suivi"],
        by=item.by,
        at=at,
    )


def register_gestes() -> None:
    """Let the lots do the acts of this floor; called once, when the portal starts."""
    register_geste(geste=GesteDeLot.HAND_OVER, act=_hand_over)
