from datetime import datetime

from django.db import transaction

from comptes import outbox
from comptes.models import Compte


@transaction.atomic
def send_password_link(*, email: str, at: datetime) -> None:
    """Send a link to choose a password; an address without an account receives nothing, and the caller cannot tell."""
    compte = Compte.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if compte:
        outbox.post("comptes.password_link", on=f"compte:{compte.pk}", to=compte, occurrence=at.isoformat(), at=at)


@transaction.atomic
def choose_password(*, compte_id: int, password: str) -> Compte:
    """Give an account another password, which closes its other sessions and voids the links already sent."""
    compte = Compte.objects.select_for_update().get(pk=compte_id)
    compte.set_password(password)
    compte.save(update_fields=["password"])
    return compte
