"""What every act leaves behind: its row in the journal, its notices to the éditeur's team, its echo."""

import logging
from collections.abc import Collection
from datetime import datetime
from typing import Any

from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

from candidatures import permissions
from candidatures.enums import Act
from candidatures.models import Candidature, Volet
from candidatures.queries.abonnes import subscribers
from comptes import journal, outbox
from comptes.models import Compte, JournalEntry

logger = logging.getLogger(__name__)


def record_on_volet(
    *, volet: Volet, act: Act, parts: Collection[str] | None = None, by: Compte, at: datetime, **params: Any
) -> JournalEntry:
    """Write an act on a volet in its candidature's chain; `params` are those of `journal.record`."""
    chain = volet.candidature.chain
    return journal.record(chain, act, parts, on=volet.address, by=by, at=at, volet=volet.get_kind_display(), **params)


def tell_the_team(*, candidature: Candidature, kind: str, on: str, at: datetime, occurrence: str = "") -> None:
    """Post a notice to everyone of the éditeur's side who may work on the candidature."""
    people = permissions.everyone_with_access(candidature.produit)
    outbox.post_to_all(kind, people, on=on, occurrence=occurrence, at=at)


def tell_the_agents(
    *,
    candidature: Candidature,
    kind: str,
    on: str,
    at: datetime,
    occurrence: str = "",
    chapitre: str = "",
) -> None:
    """Post a notice to the people of the ANS who subscribed to it.

    :param chapitre: the code of the chapitre that it is about
    """
    people = subscribers(candidature, kind, at=at, chapitre=chapitre)
    outbox.post_to_all(kind, people, on=on, occurrence=occurrence, at=at)


def after_commit(*, effect: Task[..., None], key: int) -> None:
    """Echo an act once it is committed; when the broker is away, a sweep takes it up."""

    def run() -> None:
        try:
            effect.delay(key)
        except OperationalError:
            logger.warning("The broker is away: the sweep will take up %s %s.", effect.name, key)

    transaction.on_commit(run, robust=True)
