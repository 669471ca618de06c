from datetime import datetime

from django.db import transaction
from django.db.models import F

from comptes.models import Compte


@transaction.atomic
def correct_compte(*, compte_id: int, values: dict[str, str]) -> Compte:
    """Correct what a person says of themselves: `first_name`, `last_name`, `phone`."""
    compte = Compte.objects.select_for_update().get(pk=compte_id)
    for field in ("first_name", "last_name", "phone"):
        setattr(compte, field, values[field])
    compte.save(update_fields=["first_name", "last_name", "phone"])
    return compte


@transaction.atomic
def note_visit(*, compte_id: int, at: datetime) -> None:
    """Note that a person has just signed in; their start page says what changed since the time before."""
    Compte.objects.filter(pk=compte_id).update(last_visit_at=F("visit_at"), visit_at=at)
