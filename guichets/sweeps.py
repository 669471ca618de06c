"""Periodic tasks: ask the desks about the demandes that are due. No desk is ever read inside a transaction."""

import logging
from datetime import timedelta
from uuid import UUID

from celery import shared_task
from kombu.exceptions import OperationalError

from comptes import clock
from guichets.connectors.errors import DeskUnreachable
from guichets.enums import Portee
from guichets.operations.liens import follow_link
from guichets.operations.reconfirmations import ask_again
from guichets.operations.releves import Pull, mark_due, note_failure, note_releve
from guichets.queries.demandes import grants_to_ask_again, links_to_follow, pull_under_way
from guichets.queries.desks import desk_of, pulled_desks

logger = logging.getLogger(__name__)

BATCH = 200


@shared_task
def pull_due_demandes() -> int:
    """Queue one pull for each demande that is due, desk by desk. Two sweeps at once never take the same demande."""
    handed = 0
    for guichet in pulled_desks():
        for pull in mark_due(guichet=guichet.code, budget=guichet.cadence.budget, at=clock.now()):
            if not _hand_out(pull, guichet.cadence.lease):
                return handed
            handed += 1
    return handed


def _hand_out(pull: Pull, lease: timedelta) -> bool:
    """Queue one pull. It expires with its lease, since the next sweep then queues it again."""
    try:
        pull_demande.apply_async((pull.demande_id, str(pull.pull_id)), expires=lease.total_seconds())
    except OperationalError:
        logger.warning("The broker is unreachable: the pulls that are due wait for the next sweep.")
        return False
    return True


@shared_task
def follow_links() -> int:
    """Follow the deposits that a desk decides on, such as Gazelle links, and stop following the replaced ones."""
    followed = 0
    for guichet in (desk for desk in pulled_desks() if desk.portee is Portee.PREUVE):
        for candidature_id, numero in links_to_follow(guichet, most=BATCH):
            follow_link(candidature_id=candidature_id, guichet=guichet.code, numero=numero, at=clock.now())
            followed += 1
    return followed


@shared_task
def reconfirm_grants() -> int:
    """Ask again about the grants that nothing confirmed for a long time."""
    demande_ids = grants_to_ask_again(at=clock.now(), most=BATCH)
    for demande_id in demande_ids:
        ask_again(demande_id=demande_id, at=clock.now())
    return len(demande_ids)


@shared_task
def pull_demande(demande_id: int, pull_id: str) -> None:
    """Ask a desk about one demande, then note what it said, or why it said nothing.

    When the same pull was already noted, because the task ran twice, nothing is asked.
    """
    target = pull_under_way(demande_id, UUID(pull_id))
    if target is None:
        return
    guichet, numero = target
    try:
        answer = desk_of(guichet).read(numero, at=clock.now())
    except DeskUnreachable as failure:
        note_failure(
            demande_id=demande_id,
            pull_id=UUID(pull_id),
            kind=failure.kind,
            detail=failure.detail,
            retry_after=None if failure.retry_after is None else timedelta(seconds=failure.retry_after),
            at=clock.now(),
        )
        return
    note_releve(demande_id=demande_id, pull_id=UUID(pull_id), answer=answer, at=clock.now())
