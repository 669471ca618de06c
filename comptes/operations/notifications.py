"""What a person does with their notifications, and what mail servers say of them."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from comptes import effects, notices, outbox, queries
from comptes.enums import NotificationMode, PorteeDAvis
from comptes.models import Compte, Notice, PreferenceDAvis, RetourIncompris
from comptes.queries import READABLE
from comptes.rules.bounces import Bounce
from comptes.rules.refusals import Refused
from comptes.rules.texts import as_line

UNREACHABLE = "comptes.unreachable"
# A mail server tries for some days before it gives a message back; one that names no message speaks of a recent one.
BOUNCES_WITHIN = timedelta(days=14)


class ModeNotPossible(Refused):
    """The choice for that kind of notification was not changed."""


@transaction.atomic
def choose_modes(
    *, compte_id: int, modes: Mapping[str, NotificationMode], portees: Mapping[str, PorteeDAvis] | None = None
) -> None:
    """Keep how somebody wants to be told of some kinds, by their code.

    :param portees: for the people of the ANS, about which candidatures, for kinds of `modes`

    :raises ModeNotPossible: for an unknown kind, or a legal one, which is always sent at once
    """
    Compte.objects.select_for_update(no_key=True).get(pk=compte_id)
    known = {kind.code: kind for kind in notices.every_kind()}
    for code, mode in modes.items():
        if code not in known or (known[code].legal and mode != NotificationMode.NOW):
            raise ModeNotPossible("Cette notification est toujours envoyée tout de suite.")
        chosen = {"portee": portees[code]} if portees and code in portees else {}
        PreferenceDAvis.objects.update_or_create(compte_id=compte_id, kind=code, defaults={"mode": mode, **chosen})


@transaction.atomic
def mark_read(*, compte_id: int, at: datetime, notice_id: int | None = None) -> int:
    """Mark one notification of somebody as read, or all of them; return how many were not."""
    unread = Notice.objects.filter(compte=compte_id, state__in=READABLE, read_at=None, withdrawn_from=None)
    return unread.filter(pk=notice_id).update(read_at=at) if notice_id else unread.update(read_at=at)


@transaction.atomic
def withdraw_notifications(*, compte_id: int, editeur_id: int) -> int:
    """Hide, from somebody who left an éditeur, their notifications about it; return how many."""
    kept = Notice.objects.filter(compte=compte_id, withdrawn_from=None)
    editeurs = notices.editeurs_of(set(kept.order_by("address").values_list("address", flat=True)))
    of_it = [address for address, editeur in editeurs.items() if editeur == editeur_id]
    return kept.filter(address__in=of_it).update(withdrawn_from=editeur_id) if of_it else 0


@transaction.atomic
def give_notifications_back(*, compte_id: int, editeur_id: int) -> int:
    """Show again, to somebody who comes back to an éditeur, their notifications about it; return how many."""
    return Notice.objects.filter(compte=compte_id, withdrawn_from=editeur_id).update(withdrawn_from=None)


@transaction.atomic
def record_bounce(*, bounce: Bounce, at: datetime) -> bool:
    """Note that a message came back for good, and that its reader receives nothing; False for a message not ours."""
    notice = _sent(bounce, at)
    if notice is None:
        return False
    if notice.bounced_at is None:
        notice.bounced_at, notice.last_error = at, bounce.reason
        notice.save(update_fields=["bounced_at", "last_error"])
        if notice.compte_id:
            effects.note_unreachable(notice.compte_id, bounce.reason, at=at)
            _tell_of(notice.compte_id, at=at)
    return True


def _sent(bounce: Bounce, at: datetime) -> Notice | None:
    """The message that came back: by its Message-ID, else the last one that left to whom the report names."""
    notices_sent = Notice.objects.select_for_update(of=("self",))
    if bounce.message_id and (notice := notices_sent.filter(message_id=bounce.message_id).first()):
        return notice
    left = notices_sent.filter(email__in=bounce.recipients, sent_at__range=(at - BOUNCES_WITHIN, at))
    return left.order_by("-sent_at", "-pk").first()


def _tell_of(compte_id: int, *, at: datetime) -> None:
    """Tell who can reach somebody in another way that our messages do not; once until their address works again."""
    compte = Compte.objects.get(pk=compte_id)
    if compte.unreachable_at == at:
        for reader in queries.who_vouches_for(compte):
            outbox.post(UNREACHABLE, on=f"compte:{compte.pk}", to=reader, occurrence=at.isoformat(), at=at)


@transaction.atomic
def note_return(*, raw: bytes, sender: str, subject: str, at: datetime) -> None:
    """Keep that a message came back to the portal's address and was not understood: the administrateurs read of it."""
    columns = {"received_at": at, "sender": as_line(sender)[:200], "subject": as_line(subject)[:200]}
    RetourIncompris.objects.get_or_create(sha256=hashlib.sha256(raw).hexdigest(), defaults=columns)


@transaction.atomic
def confirm_address(*, compte_id: int) -> Compte:
    """Believe somebody who says that their address works again; the next refusal says otherwise."""
    compte = Compte.objects.select_for_update(no_key=True).get(pk=compte_id)
    compte.unreachable_at, compte.unreachable_reason = None, ""
    compte.save(update_fields=["unreachable_at", "unreachable_reason"])
    return compte
