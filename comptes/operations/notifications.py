"""What a person does with their notifications, and what mail servers say of them."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from comptes import effects, notices
from comptes.enums import NotificationMode
from comptes.models import Compte, Notice, PreferenceDAvis
from comptes.queries import READABLE
from comptes.rules.bounces import Bounce
from comptes.rules.refusals import Refused


class ModeNotPossible(Refused):
    """The choice for that kind of notification was not changed."""


@transaction.atomic
def choose_modes(*, compte_id: int, modes: Mapping[str, NotificationMode]) -> None:
    """Keep how somebody wants to be told of some kinds, by their code.

    :raises ModeNotPossible: for an unknown kind, or a legal one, which is always sent at once
    """
    Compte.objects.select_for_update(no_key=True).get(pk=compte_id)
    known = {kind.code: kind for kind in notices.every_kind()}
    for code, mode in modes.items():
        if code not in known or (known[code].legal and mode != NotificationMode.NOW):
            raise ModeNotPossible("Cette notification est toujours envoyée tout de suite.")
        PreferenceDAvis.objects.update_or_create(compte_id=compte_id, kind=code, defaults={"mode": mode})


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
    notice = Notice.objects.select_for_update(of=("self",)).filter(message_id=bounce.message_id).first()
    if notice is None:
        return False
    if notice.bounced_at is None:
        notice.bounced_at, notice.last_error = at, bounce.reason
        notice.save(update_fields=["bounced_at", "last_error"])
        if notice.compte_id:
            effects.note_unreachable(notice.compte_id, bounce.reason, at=at)
    return True


@transaction.atomic
def confirm_address(*, compte_id: int) -> Compte:
    """Believe somebody who says that their address works again; the next refusal says otherwise."""
    compte = Compte.objects.select_for_update(no_key=True).get(pk=compte_id)
    compte.unreachable_at, compte.unreachable_reason = None, ""
    compte.save(update_fields=["unreachable_at", "unreachable_reason"])
    return compte
