from django.db import transaction

from comptes.models import Compte


@transaction.atomic
def correct_compte(*, compte_id: int, values: dict[str, str]) -> Compte:
    """Correct what a person says of themselves: `first_name`, `last_name`, `phone`."""
    compte = Compte.objects.select_for_update().get(pk=compte_id)
    for field in ("first_name", "last_name", "phone"):
        setattr(compte, field, values[field])
    compte.save(update_fields=["first_name", "last_name", "phone"])
    return compte
