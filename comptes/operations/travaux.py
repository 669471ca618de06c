"""The work of the workers and its failures: noted as they happen, shown to the ANS, retried by hand."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import F
from kombu.exceptions import OperationalError

from comptes import journal
from comptes.enums import Act, NoticeState
from comptes.models import Battement, Compte, Echec, Notice
from comptes.outbox import deliver_after_commit
from comptes.rules.refusals import Refused
from comptes.rules.texts import as_line


class NotRetried(Refused):
    """Nothing was tried again."""


def note_beat(*, queue: str, task: str, at: datetime) -> None:
    """Note that a worker of this queue finished something."""
    Battement.objects.update_or_create(queue=queue, defaults={"task": task, "finished_at": at})


@transaction.atomic
def note_failure(*, task: str, arguments: Sequence[Any], error: BaseException, at: datetime) -> None:
    """Keep why a task failed; the same one failing again is the same row."""
    reason = f"{type(error).__name__} : {as_line(error)}"[:300]
    known = Echec.objects.filter(task=task, arguments=list(arguments))
    if not known.update(count=F("count") + 1, reason=reason, last_at=at):
        defaults = {"reason": reason, "first_at": at, "last_at": at}
        Echec.objects.get_or_create(task=task, arguments=list(arguments), defaults=defaults)


def forget_failure(*, task: str, arguments: Sequence[Any]) -> None:
    """Take away the failure of a task that has just succeeded."""
    Echec.objects.filter(task=task, arguments=list(arguments)).delete()


@transaction.atomic
def retry_work(*, echec_id: int, by: Compte, at: datetime) -> Echec:
    """Hand a task that failed to the workers again; its row goes if it succeeds.

    :raises NotRetried: when it has succeeded since
    """
    echec = Echec.objects.select_for_update().filter(pk=echec_id).first()
    if echec is None:
        raise NotRetried("Ce travail a déjà abouti, ou une autre personne l’a relancé.")
    journal.record(journal.PORTAIL, Act.WORK_RETRIED, on=f"echec:{echec.pk}", by=by, at=at, tache=echec.task)
    task, arguments = echec.task, list(echec.arguments)

    def hand_out() -> None:
        try:
            current_app.signature(task, args=tuple(arguments)).apply_async()
        except OperationalError:
            note_failure(task=task, arguments=arguments, error=OperationalError("Redis ne répond pas"), at=at)

    transaction.on_commit(hand_out)
    return echec


@transaction.atomic
def retry_notice(*, notice_id: int, by: Compte, at: datetime) -> Notice:
    """Let a message that could not leave be tried again, from the beginning.

    :raises NotRetried: when it is not one that failed
    """
    notice = Notice.objects.select_for_update(of=("self",)).filter(pk=notice_id).first()
    if notice is None or notice.state not in (NoticeState.FAILED, NoticeState.PENDING):
        raise NotRetried("Ce message a déjà été envoyé, ou n’est plus utile.")
    notice.state, notice.attempts, notice.next_attempt_at = NoticeState.PENDING, 0, at
    notice.save(update_fields=["state", "attempts", "next_attempt_at"])
    journal.record(journal.PORTAIL, Act.NOTICE_RETRIED, on=f"avis:{notice.pk}", by=by, at=at, avis=notice.pk)
    deliver_after_commit(notice.email)
    return notice
