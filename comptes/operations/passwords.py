from datetime import datetime, timedelta

from axes.utils import reset
from django.db import transaction

from comptes import outbox
from comptes.models import Compte, Notice

REST = timedelta(minutes=2)


@transaction.atomic
def send_password_link(*, email: str, at: datetime) -> None:
    """Send a link to choose a password; an address without an account receives nothing, and the caller cannot tell.

    Asked again within `REST`, nothing more is sent: nobody's mailbox is flooded from here.
    """
    compte = Compte.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if (
        compte
        and not Notice.objects.filter(kind="comptes.password_link", compte=compte, posted_at__gt=at - REST).exists()
    ):
        outbox.post("comptes.password_link", on=f"compte:{compte.pk}", to=compte, occurrence=at.isoformat(), at=at)


@transaction.atomic
def choose_password(*, compte_id: int, password: str) -> Compte:
    """Give an account another password: its other sessions close, the links sent are void, the throttle is lifted."""
    compte = Compte.objects.select_for_update().get(pk=compte_id)
    compte.set_password(password)
    compte.save(update_fields=["password"])
    reset(username=compte.email)
    return compte
