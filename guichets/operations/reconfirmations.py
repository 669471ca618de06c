"""Asks again about the grants that nothing confirmed for a long time: the desk if possible, else the éditeur."""

from datetime import datetime

from django.db import transaction

from candidatures.operations.telling import tell_the_team
from guichets.models import DemandeAuGuichet
from guichets.queries.demandes import old_grants
from guichets.queries.desks import is_pulled
from guichets.rules.cadence import is_to_reconfirm

from .locking import locked_demande


@transaction.atomic
def ask_again(*, demande_id: int, at: datetime) -> DemandeAuGuichet:
    """Ask about an old grant, once after each confirmation. It stays a grant.

    The desk is asked at the next sweep; where it is not asked over HTTP, the éditeur is asked for a new capture.
    """
    demande = locked_demande(demande_id=demande_id)
    confirmed_at, asked_at = demande.confirmed_at, demande.reconfirm_asked_at
    if not demande.is_granted or not is_to_reconfirm(confirmed_at, demande.spec.cadence, at=at):
        return demande
    if confirmed_at and asked_at and asked_at > confirmed_at:
        return demande
    _ask(demande, at)
    return demande


@transaction.atomic
def ask_again_before_the_college(*, candidature_id: int, at: datetime) -> list[DemandeAuGuichet]:
    """Ask about every old grant of a candidature before the collège sees it, even if it was already asked."""
    old = old_grants(at=at).filter(candidature=candidature_id)
    asked = [locked_demande(demande_id=pk) for pk in old.order_by("pk").values_list("pk", flat=True)]
    for demande in asked:
        _ask(demande, at)
    return asked


def _ask(demande: DemandeAuGuichet, at: datetime) -> None:
    demande.reconfirm_asked_at = at
    if demande.next_pull_at and demande.pull_id is None:
        demande.next_pull_at = min(demande.next_pull_at, at)
    demande.save()
    if not is_pulled(demande.guichet_id):
        kind, occurrence = "guichets.grant_to_reconfirm", f"{at:%Y%m%d%H%M%S}"
        tell_the_team(candidature=demande.candidature, kind=kind, on=demande.address, occurrence=occurrence, at=at)
