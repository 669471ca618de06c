"""Counting wrong secrets: each try is counted before its secret is read, so that trying many at once gains nothing."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from comptes.models import Essai
from comptes.rules.emails import canonical
from comptes.rules.essais import FORGOTTEN_AFTER, Scope, TryCount, free_again_at


class TooManyTries(Exception):
    """The secret was not even read: another may be typed at `until` (aware, on the machine's clock)."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


@transaction.atomic
def charge(*, counts: Collection[TryCount], at: datetime) -> None:
    """Count one try, before anything is compared. A try refused because it came too early does not count.

    :raises TooManyTries: when one of the counts is still waiting
    """
    keys = sorted((count.scope, _fingerprint(count), count) for count in counts)
    rows = [Essai(scope=scope, subject=subject) for scope, subject, _ in keys]
    Essai.objects.bulk_create(rows, ignore_conflicts=True)
    charged = [
        (count, Essai.objects.select_for_update().get(scope=scope, subject=subject)) for scope, subject, count in keys
    ]
    for _, row in charged:
        if row.last_at is not None and at - row.last_at > FORGOTTEN_AFTER:
            row.failures = 0
    waits = [free_again_at(count, failures=row.failures, last_at=row.last_at) for count, row in charged if row.last_at]
    if waits and max(waits) > at:
        raise TooManyTries(max(waits))
    for _, row in charged:
        row.failures += 1
        row.last_at = at
        row.save(update_fields=["failures", "last_at"])


@transaction.atomic
def forgive(*, counts: Collection[TryCount]) -> None:
    """Forget the wrong secrets of the person who typed the right one; for a shared place, only this try."""
    for count in sorted(counts):
        row = Essai.objects.filter(scope=count.scope, subject=_fingerprint(count))
        if count.scope in (Scope.ADDRESS.value, Scope.LINK.value):
            row.filter(failures__gt=0).update(failures=F("failures") - 1)
        else:
            row.delete()


@transaction.atomic
def refund(*, counts: Collection[TryCount]) -> None:
    """Take back one try whose secret could not be checked."""
    for count in sorted(counts):
        row = Essai.objects.filter(scope=count.scope, subject=_fingerprint(count), failures__gt=0)
        row.update(failures=F("failures") - 1)


def forgive_account(*, email: str) -> None:
    """Forget the wrong secrets typed for an account from unknown devices: its owner proved who they are."""
    forgive(counts=[TryCount(Scope.ACCOUNT.value, canonical(email)), TryCount(Scope.OWN.value, canonical(email))])


def forget_old_tries(*, at: datetime) -> int:
    """Erase the counts that nothing touched for long; returns how many."""
    return Essai.objects.filter(last_at__lt=at - FORGOTTEN_AFTER).delete()[0]


def _fingerprint(count: TryCount) -> str:
    return salted_hmac("comptes.essais", count.subject, algorithm="sha256").hexdigest()
