"""Opening, replacing and closing the address of somebody's own calendar."""

import secrets
from datetime import datetime

from django.db import transaction

from candidatures.models import AbonnementCalendrier
from comptes.models import Compte


@transaction.atomic
def open_calendar(*, compte_id: int, at: datetime) -> AbonnementCalendrier:
    """Open a new address; the former one stops working."""
    revoke_calendar(compte_id=compte_id, at=at)
    return AbonnementCalendrier.objects.create(compte_id=compte_id, token=secrets.token_urlsafe(32), opened_at=at)


@transaction.atomic
def revoke_calendar(*, compte_id: int, at: datetime) -> None:
    Compte.objects.select_for_update(no_key=True).get(pk=compte_id)
    AbonnementCalendrier.objects.current().filter(compte=compte_id).update(revoked_at=at)
