"""The acts of a lot that need what this floor knows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from candidatures.enums import GesteDeLot
from candidatures.operations.derogations import ForeclosureNotPossible
from candidatures.operations.lots import Item, register_geste
from candidatures.operations.messages import post_message
from preuves.queries.fichiers import examiners_of
from referencement.models import SeanceDuCollege
from referencement.permissions import holds_seance, plans_seances
from referencement.queries.albums import foreclosable
from referencement.queries.relances import why_not_reminded

from .examens import SeanceNotPossible, list_candidature, locked_seance
from .passation import hand_over_dossier
from .relances import remind_editeur


def register_gestes() -> None:
    """Let the lots do the acts of this floor; called once, when the portal starts."""
    register_geste(geste=GesteDeLot.WRITE, act=_write)
    register_geste(geste=GesteDeLot.REMIND, act=_remind, gather=why_not_reminded)
    register_geste(geste=GesteDeLot.ENLIST, act=_enlist, may=plans_seances, lock=_lock_seance)
    register_geste(geste=GesteDeLot.PREPARE, act=_prepare, gather=foreclosable)
    register_geste(geste=GesteDeLot.HAND_OVER, act=_hand_over)


def _write(*, item: Item, at: datetime) -> None:
    """Post the message of a lot in one candidature: the lot is its token, so that it is posted once."""
    post_message(
        candidature_id=item.candidature_id,
        text=item.params["text"],
        token=f"lot-{item.lot_id}-{item.candidature_id}",
        examiners=examiners_of,
        by=item.by,
        at=at,
    )


def _remind(*, item: Item, at: datetime) -> None:
    remind_editeur(candidature_id=item.candidature_id, known=item.known, by=item.by, at=at)


def _lock_seance(params: Mapping[str, Any]) -> None:
    locked_seance(seance_id=params["seance"])


def _enlist(*, item: Item, at: datetime) -> None:
    seance = SeanceDuCollege.objects.get(pk=item.params["seance"])
    if not holds_seance(item.by, seance):
        raise SeanceNotPossible("Vous ne tenez pas cette séance.")
    list_candidature(seance_id=seance.pk, candidature_id=item.candidature_id, by=item.by, at=at)


def _prepare(*, item: Item, at: datetime) -> None:
    """Check that the candidature can be closed on a photo; a person then reads it, and writes the reason."""
    if reason := item.known[item.candidature_id].reason:
        raise ForeclosureNotPossible(reason)


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
