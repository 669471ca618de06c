"""Tasks that follow an act, after its commit. They never change a business state, and may run twice."""

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import format_datetime
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPSenderRefused
from time import monotonic

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Q

from comptes import clock, mails, notices
from comptes.enums import NoticeState, NotificationMode
from comptes.models import Compte, Notice, PreferenceDAvis, Recueil
from comptes.rules import digest, texts

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 60
LONGEST_WAIT = timedelta(minutes=30)
# A server that does not answer is tried again at each run of the sweep, every 20 seconds, and not at every other one: a
# message that was tried a moment after a run must be due at the next. This does not count against the message.
NEXT_RING = timedelta(seconds=15)
# A message that a server keeps refusing blocks those behind it for at most so many attempts.
HOLDS = 4
SECONDS_FOR_ONE = 30
# The fields that sending a notice may change; the others may be changed by somebody else meanwhile.
CHANGED = ("state", "attempts", "next_attempt_at", "last_error", "sent_at", "subject", "body")
PERMANENT = range(550, 560)


@dataclass(frozen=True)
class Outcome:
    """What a mail server did with a message.

    `error`: empty when it accepted it. `final`: it never will. `away`: the server takes no message at all for now.
    `unreachable`: nothing will reach that address any more.
    """

    error: str = ""
    final: bool = False
    away: bool = False
    unreachable: bool = False


class NotWritten(Exception):
    """A message could not be rendered from what the portal holds; its text says why."""


@shared_task
def deliver_to(email: str) -> None:
    """Send what is due to one recipient, oldest first, and stop at the first message that cannot leave now.

    Each message leaves in its own transaction: if the worker is killed between sending and commit, the message is sent
    again under the same Message-ID. When another worker already writes to this recipient, do nothing. A message that
    cannot be rendered fails alone; one refused several times lets the others pass. What is left after
    `SECONDS_FOR_ONE`, the sweep sends.
    """
    until = monotonic() + SECONDS_FOR_ONE
    while _deliver_next(email) and monotonic() < until:
        pass


@transaction.atomic
def _deliver_next(email: str) -> bool:
    """Send the oldest notice of a recipient; return whether the next one may follow."""
    if not _alone_with(email):
        return False
    now = clock.now()
    waiting = Notice.objects.filter(email=email, state=NoticeState.PENDING).order_by("posted_at", "pk")
    in_turn = waiting.filter(Q(attempts__lt=HOLDS) | Q(next_attempt_at__lte=now))
    first = in_turn.values_list("pk", flat=True).first()
    if first is None:
        return False
    notice = _due(first, now)
    if notice is None:
        return False
    away = _settle(notice)
    notice.save(update_fields=CHANGED)
    if notice.state != NoticeState.PENDING:
        return True
    if away or notice.attempts < HOLDS:
        waiting.filter(attempts__lt=HOLDS).update(next_attempt_at=notice.next_attempt_at)  # what follows waits with it
        return False
    return True


def _due(notice_id: int, now: datetime) -> Notice | None:
    """Return a notice that may leave now, unless somebody holds its row.

    The row's lock is released at once: a mail server may be slow, and detaching the reader must not wait for it. It is
    not sent twice all the same, since only one worker writes to this recipient (`_alone_with`).
    """
    held = Notice.objects.select_for_update(skip_locked=True, of=("self",)).select_related("compte")
    # A first attempt waits only for the notices before it.
    is_due = Q(attempts=0) | Q(next_attempt_at__lte=now)
    with transaction.atomic():
        notice = held.filter(is_due, pk=notice_id, state=NoticeState.PENDING).first()
        transaction.set_rollback(True)
    return notice


def _settle(notice: Notice) -> bool:
    """Send a notice, or note why it never will be; return whether the mail server was away."""
    try:
        message = _written(notice)
    except NotWritten as fault:
        logger.error("Notice %s cannot be written: %s", notice.pk, fault)
        notice.state, notice.last_error = NoticeState.FAILED, str(fault)[:300]
        return False
    if message is None:
        notice.state = NoticeState.CANCELLED
        return False
    return _tell(notice, notices.kind(notice.kind), message)


def _written(notice: Notice) -> notices.NoticeMail | None:
    """Render a notice as it leaves; None when it is no longer true.

    Somebody whose account is shut receives only what is legal: that it was shut, for instance.

    :raises NotWritten: for any error but those of the database and of time, which are tried again
    """
    try:
        with transaction.atomic():
            kind = notices.kind(notice.kind)
            is_for_reader = kind.legal or notice.compte is None or notice.compte.is_active
            return kind.render(notice) if is_for_reader and kind.still_true(notice) else None
    except (OperationalError, InterfaceError, SoftTimeLimitExceeded):
        raise
    except Exception as fault:
        raise NotWritten(f"{type(fault).__name__} : {texts.as_line(fault)}"[:300]) from fault


def _tell(notice: Notice, kind: notices.NoticeKind, message: notices.NoticeMail) -> bool:
    """Deliver it as its reader chose: by e-mail now, in the next résumé, or in the portal only."""
    mode = NotificationMode.NOW if kind.legal else _mode_of(notice, kind)
    if mode == NotificationMode.DAILY:
        notice.state = NoticeState.GROUPED
        return False
    if not kind.secret:
        notice.subject, notice.body = message.subject[:250], message.body
    if mode == NotificationMode.PORTAL:
        notice.state = NoticeState.KEPT
        return False
    letter = mails.letter(message, to=notice.compte, legal=kind.legal)
    outcome = _send(letter, to=notice.email, message_id=notice.message_id)
    _note(notice, outcome)
    return outcome.away


def _note(notice: Notice, outcome: Outcome) -> None:
    """Note on the notice what the mail server did; a server that is away never makes a message fail."""
    if not outcome.away or notice.attempts < HOLDS - 1:
        notice.attempts += 1
    if not outcome.error:
        notice.state, notice.sent_at, notice.last_error = NoticeState.SENT, clock.now(), ""
        return
    logger.warning("Notice %s not sent (attempt %s): %s", notice.pk, notice.attempts, outcome.error)
    notice.last_error = outcome.error
    longer = min(timedelta(seconds=20 * 2 ** min(notice.attempts, 10)), LONGEST_WAIT)
    notice.next_attempt_at = clock.now() + (NEXT_RING if outcome.away else longer)
    if outcome.final or (notice.attempts >= MAX_ATTEMPTS and not outcome.away):
        notice.state = NoticeState.FAILED
    if outcome.unreachable and notice.compte_id:
        note_unreachable(notice.compte_id, outcome.error, at=clock.now())


def _mode_of(notice: Notice, kind: notices.NoticeKind) -> str:
    if not notice.compte_id:
        return NotificationMode.NOW
    chosen = PreferenceDAvis.objects.filter(compte=notice.compte_id, kind=notice.kind).values_list("mode", flat=True)
    return chosen.first() or kind.usual


def note_unreachable(compte_id: int, reason: str, *, at: datetime) -> None:
    """Note since when somebody's address receives nothing; the first refusal is kept."""
    Compte.objects.filter(pk=compte_id, unreachable_at=None).update(
        unreachable_at=at, unreachable_reason=reason[:300] or "Adresse refusée"
    )


def _send(message: notices.NoticeMail, *, to: str, message_id: str) -> Outcome:
    """Hand a message to the mail server; one that cannot be reached, or does not greet, is away."""
    server = get_connection()
    try:
        server.open()
    except (SMTPException, OSError) as error:
        return Outcome(str(error)[:300] or type(error).__name__, away=True)
    try:
        return _hand_over(message, server, to=to, message_id=message_id)
    finally:
        server.close()


def _hand_over(message: notices.NoticeMail, server: BaseEmailBackend, *, to: str, message_id: str) -> Outcome:
    """Send a message over an open connection; return what the server did with it.

    A server that hangs, or hangs up, in the middle may do so because of this very message: it counts as an attempt.
    """
    try:
        written = EmailMultiAlternatives(
            subject=texts.as_header(message.subject),
            body=texts.as_paragraph(message.body),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[texts.as_line(to)],
            headers={
                "Date": format_datetime(clock.now()),
                "Message-ID": message_id,
                "Auto-Submitted": "auto-generated",
            },
            connection=server,
        )
        written.attach_alternative(mails.as_html(message), "text/html")
        written.send()
    except SMTPRecipientsRefused as refused:
        code, answer = next(iter(refused.recipients.values()))
        gone = code in PERMANENT
        return Outcome(f"{code} {answer.decode(errors='replace')}"[:300], final=gone, unreachable=gone)
    except SMTPDataError as refused:
        return Outcome(str(refused)[:300], final=refused.smtp_code in PERMANENT)
    except SMTPSenderRefused as refused:
        return Outcome(str(refused)[:300], away=True)  # the portal itself is refused, whatever the message
    except (SMTPException, OSError) as error:
        return Outcome(str(error)[:300] or type(error).__name__)
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:  # noqa: BLE001 -- a message that cannot be put on the wire fails alone
        return Outcome(f"{type(error).__name__} : {texts.as_line(error)}"[:300], final=True)
    return Outcome()


@shared_task
def send_digest(compte_id: int, day: str) -> None:
    """Send, in one message, what somebody chose to read once a day; nothing when none of it is still true.

    :param day: ISO, the civil day in Paris on which it leaves
    """
    compte, civil = Compte.objects.get(pk=compte_id), date.fromisoformat(day)
    # Its row is committed before the sending: tried again, that day's message keeps its Message-ID.
    recueil, _ = Recueil.objects.get_or_create(
        compte=compte, day=civil, defaults={"message_id": notices.new_message_id()}
    )
    with transaction.atomic():
        if _alone_with(compte.email):
            _gather(recueil, compte, until=digest.instant_of(civil))


def _gather(recueil: Recueil, compte: Compte, *, until: datetime) -> None:
    waiting = Notice.objects.filter(compte=compte, state=NoticeState.GROUPED).select_related("compte")
    gathered: list[Notice] = []
    for notice in waiting.filter(posted_at__lt=until).order_by("posted_at", "pk"):
        try:
            message = _written(notice)
        except NotWritten as fault:
            notice.state, notice.last_error = NoticeState.FAILED, str(fault)
            notice.save(update_fields=(*CHANGED, "recueil"))
            continue
        if message is None:
            notice.state = NoticeState.CANCELLED
            notice.save(update_fields=(*CHANGED, "recueil"))
            continue
        notice.subject, notice.body = message.subject[:250], message.body
        gathered.append(notice)
    if not gathered:
        return
    letter = mails.letter(mails.recueil(gathered), to=compte, legal=False)
    outcome = _send(letter, to=compte.email, message_id=recueil.message_id)
    if outcome.error:
        logger.warning("Digest %s not sent: %s", recueil.pk, outcome.error)
        if outcome.unreachable:
            note_unreachable(compte.pk, outcome.error, at=clock.now())
        return
    recueil.sent_at = clock.now()
    recueil.save(update_fields=["sent_at"])
    for notice in gathered:
        notice.state, notice.sent_at, notice.recueil = NoticeState.SENT, recueil.sent_at, recueil
        notice.save(update_fields=(*CHANGED, "recueil"))


def _alone_with(email: str) -> bool:
    """Lock this recipient until the end of the transaction; False when another worker is writing to them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"avis:{email}"])
        return bool(cursor.fetchone()[0])
