"""What every act of phase 1 leaves behind: its row in the journal, its notices to the éditeur's team."""

from datetime import datetime
from typing import Any

from candidatures import permissions
from candidatures.enums import Act
from candidatures.models import Candidature, Volet
from comptes import journal, outbox
from comptes.models import Compte


def record_on_volet(*, volet: Volet, act: Act, by: Compte, at: datetime, **params: Any) -> None:
    """Write an act on a volet in its candidature's chain."""
    chain = volet.candidature.chain
    journal.record(chain, act, on=volet.address, by=by, at=at, volet=volet.get_kind_display(), **params)


def tell_the_team(*, candidature: Candidature, kind: str, on: str, at: datetime, occurrence: str = "") -> None:
    """Post a notice to everyone of the éditeur's side who may work on the candidature."""
    for compte in permissions.people_with_access(candidature.produit):
        outbox.post(kind, on=on, to=compte, occurrence=occurrence, at=at)
