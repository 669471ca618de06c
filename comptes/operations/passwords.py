from datetime import datetime, timedelta

from django.db import transaction

from comptes import journal, outbox
from comptes.enums import SecurityEvent
from comptes.models import Compte, Notice
from comptes.rules.facteurs import BY_LINK

from .essais import forgive_account

REST = timedelta(minutes=2)


@transaction.atomic
def send_password_link(*, email: str, at: datetime) -> None:
    """Send a link to choose a password; an address without an account receives nothing, and the caller cannot tell.

    Asked again within `REST`, nothing more is sent: nobody's mailbox is flooded from here.
    """
    compte = Compte.objects.of_address(email).filter(is_active=True).first()
    if (
        compte
        and not Notice.objects.filter(kind="comptes.password_link", compte=compte, posted_at__gt=at - REST).exists()
    ):
        journal.note_once_done(SecurityEvent.PASSWORD_LINK_ASKED, compte=compte)
        outbox.post("comptes.password_link", on=f"compte:{compte.pk}", to=compte, occurrence=at.isoformat(), at=at)


@transaction.atomic
def choose_password(*, compte_id: int, password: str, by_link: bool = False, at: datetime) -> Compte:
    """Give an account another password: its other sessions close, the links sent are void, its waits are lifted.

    The person is notified, at the address of the account.

    :param by_link: whether a mailed link was enough, instead of the former password
    """
    compte = Compte.objects.select_for_update().get(pk=compte_id)
    compte.set_password(password)
    compte.save(update_fields=["password"])
    forgive_account(email=compte.email)
    journal.note_once_done(SecurityEvent.PASSWORD_CHANGED, compte=compte)
    occurrence = f"{BY_LINK} {at.isoformat()}" if by_link else at.isoformat()
    outbox.post("comptes.password_changed", on=f"compte:{compte.pk}", to=compte, occurrence=occurrence, at=at)
    return compte
