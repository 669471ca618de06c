"""Echoes of an act, after its commit. They never move a business state, and survive running twice."""

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import format_datetime
from smtplib import SMTPException, SMTPRecipientsRefused

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import Q
from django.template.loader import render_to_string

from comptes import clock, notices
from comptes.enums import AvisMode, NoticeState
from comptes.models import Compte, Notice, PreferenceDAvis, Recueil
from comptes.rules import digest

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 60
LONGEST_WAIT = timedelta(minutes=30)
PERMANENT = range(550, 560)


@dataclass(frozen=True)
class Outcome:
    """What a mail server did with a message: `error` is empty when it took it, `final` when it never will."""

    error: str = ""
    final: bool = False


@shared_task
def deliver_to(email: str) -> None:
    """Send what is due to one recipient, oldest first, and stop at the first that cannot leave now.

    Each leaves in a transaction of its own: killed between a sending and its commit, that one message is sent again,
    under the same Message-ID. Another worker at the same recipient means that there is nothing to do.
    """
    while _deliver_next(email):
        pass


@transaction.atomic
def _deliver_next(email: str) -> bool:
    """Send the oldest notice of a recipient; say whether the next one may follow it."""
    if not _alone_with(email):
        return False
    waiting = Notice.objects.filter(email=email, state=NoticeState.PENDING).order_by("posted_at", "pk")
    first = waiting.values_list("pk", flat=True).first()
    if first is None:
        return False
    held = Notice.objects.select_for_update(skip_locked=True, of=("self",)).select_related("compte")
    # A first attempt waits for nothing but what stands before it.
    is_due = Q(attempts=0) | Q(next_attempt_at__lte=clock.now())
    notice = held.filter(is_due, pk=first, state=NoticeState.PENDING).first()
    if notice is None:
        return False
    kind = notices.kind(notice.kind)
    if not kind.still_true(notice):
        notice.state = NoticeState.CANCELLED
    else:
        _tell(notice, kind)
    notice.save()
    if notice.state == NoticeState.PENDING:
        waiting.update(next_attempt_at=notice.next_attempt_at)  # what follows it waits with it
        return False
    return True


def _tell(notice: Notice, kind: notices.Kind) -> None:
    """Tell it as its reader wishes: by e-mail now, with the next résumé, or in the portal alone."""
    mode = AvisMode.NOW if kind.legal else _mode_of(notice)
    if mode == AvisMode.DAILY:
        notice.state = NoticeState.GROUPED
        return
    message = kind.render(notice)
    if not kind.secret:
        notice.subject, notice.body = message.subject[:250], message.body
    if mode == AvisMode.PORTAL:
        notice.state = NoticeState.KEPT
        return
    notice.attempts += 1
    outcome = _send(message, to=notice.email, message_id=notice.message_id)
    if not outcome.error:
        notice.state, notice.sent_at, notice.last_error = NoticeState.SENT, clock.now(), ""
        return
    logger.warning("Notice %s not sent (attempt %s): %s", notice.pk, notice.attempts, outcome.error)
    notice.last_error = outcome.error
    notice.next_attempt_at = clock.now() + min(timedelta(seconds=20 * 2 ** min(notice.attempts, 10)), LONGEST_WAIT)
    if outcome.final or notice.attempts >= MAX_ATTEMPTS:
        notice.state = NoticeState.FAILED
    if outcome.final and notice.compte_id:
        note_unreachable(notice.compte_id, outcome.error, at=clock.now())


def _mode_of(notice: Notice) -> str:
    chosen = PreferenceDAvis.objects.filter(compte=notice.compte_id, kind=notice.kind).values_list("mode", flat=True)
    return chosen.first() or AvisMode.NOW if notice.compte_id else AvisMode.NOW


def note_unreachable(compte_id: int, reason: str, *, at: datetime) -> None:
    """Note since when nothing reaches somebody's address; the first refusal is kept."""
    Compte.objects.filter(pk=compte_id, unreachable_at=None).update(
        unreachable_at=at, unreachable_reason=reason[:300] or "Adresse refusée"
    )


def _send(message: notices.Message, *, to: str, message_id: str) -> Outcome:
    try:
        EmailMessage(
            subject=message.subject,
            body=message.body,
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[to],
            headers={
                "Date": format_datetime(clock.now()),
                "Message-ID": message_id,
                "Auto-Submitted": "auto-generated",
            },
        ).send()
    except SMTPRecipientsRefused as refused:
        code, said = next(iter(refused.recipients.values()))
        return Outcome(f"{code} {said.decode(errors='replace')}"[:300], final=code in PERMANENT)
    except (SMTPException, OSError) as error:
        return Outcome(str(error)[:300] or type(error).__name__)
    return Outcome()


@shared_task
def send_digest(compte_id: int, day: str) -> None:
    """Send, in one message, what somebody wished to read once a day; nothing when none of it is still true.

    :param day: ISO, the civil day in Paris at whose hour it leaves
    """
    compte, civil = Compte.objects.get(pk=compte_id), date.fromisoformat(day)
    # Its row first, committed: whatever happens to the sending, that day's message keeps its Message-ID.
    recueil, _ = Recueil.objects.get_or_create(
        compte=compte, day=civil, defaults={"message_id": notices.new_message_id()}
    )
    with transaction.atomic():
        if _alone_with(compte.email):
            _gather(recueil, compte, until=digest.instant_of(civil))


def _gather(recueil: Recueil, compte: Compte, *, until: datetime) -> None:
    waiting = Notice.objects.select_for_update(of=("self",)).filter(compte=compte, state=NoticeState.GROUPED)
    told: list[Notice] = []
    for notice in waiting.filter(posted_at__lt=until).order_by("posted_at", "pk"):
        kind = notices.kind(notice.kind)
        if kind.still_true(notice):
            message = kind.render(notice)
            notice.subject, notice.body = message.subject[:250], message.body
            told.append(notice)
        else:
            notice.state = NoticeState.CANCELLED
            notice.save()
    if not told:
        return
    text = render_to_string("comptes/mails/recueil.txt", {"notices": told, "portal": settings.PORTAL_URL})
    subject = f"Portail Ségur\u00a0: {len(told)} avis depuis hier" if len(told) > 1 else told[0].subject
    outcome = _send(notices.Message(subject, text), to=compte.email, message_id=recueil.message_id)
    if outcome.error:
        logger.warning("Digest %s not sent: %s", recueil.pk, outcome.error)
        if outcome.final:
            note_unreachable(compte.pk, outcome.error, at=clock.now())
        return
    recueil.sent_at = clock.now()
    recueil.save(update_fields=["sent_at"])
    for notice in told:
        notice.state, notice.sent_at, notice.recueil = NoticeState.SENT, recueil.sent_at, recueil
        notice.save()


def _alone_with(email: str) -> bool:
    """Take this recipient until the end of the transaction; False when somebody else is writing to them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"avis:{email}"])
        return bool(cursor.fetchone()[0])
