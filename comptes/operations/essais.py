"""Counting wrong secrets: charged before the secret is looked at, so that many at once are not more than one by one."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from comptes.models import Essai
from comptes.rules.emails import canonical
from comptes.rules.essais import FORGOTTEN_AFTER, Scope, TryCount, free_again_at


class TooManyTries(Exception):
    """Nothing was looked at: another secret may be typed at `until` (aware, on the machine's clock)."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


@transaction.atomic
def charge(*, counts: Collection[TryCount], at: datetime) -> None:
    """Count one try, before anything is compared. A try that must wait is not counted: nobody is kept waiting by it.

    :raises TooManyTries: when one of the counts is still waiting
    """
    keys = sorted((one.scope, _fingerprint(one), one) for one in counts)
    rows = [Essai(scope=scope, subject=subject) for scope, subject, _ in keys]
    Essai.objects.bulk_create(rows, ignore_conflicts=True)
    found = [
        (count, Essai.objects.select_for_update().get(scope=scope, subject=subject)) for scope, subject, count in keys
    ]
    for _, row in found:
        if row.last_at is not None and at - row.last_at > FORGOTTEN_AFTER:
            row.failures = 0
    waits = [free_again_at(one, failures=row.failures, last_at=row.last_at) for one, row in found if row.last_at]
    if waits and max(waits) > at:
        raise TooManyTries(max(waits))
    for _, row in found:
        row.failures += 1
        row.last_at = at
        row.save(update_fields=["failures", "last_at"])


@transaction.atomic
def forgive(*, counts: Collection[TryCount]) -> None:
    """Forget the wrong secrets of who typed the right one; of a shared place, only this try."""
    for one in sorted(counts):
        row = Essai.objects.filter(scope=one.scope, subject=_fingerprint(one))
        if one.scope in (Scope.ADDRESS.value, Scope.LINK.value):
            row.filter(failures__gt=0).update(failures=F("failures") - 1)
        else:
            row.delete()


@transaction.atomic
def refund(*, counts: Collection[TryCount]) -> None:
    """Take one try back, that could not be looked at."""
    for one in sorted(counts):
        row = Essai.objects.filter(scope=one.scope, subject=_fingerprint(one), failures__gt=0)
        row.update(failures=F("failures") - 1)


def forgive_account(*, email: str) -> None:
    """Forget what was typed for an account from everywhere that it does not know: its owner proved who they are."""
    forgive(counts=[TryCount(Scope.ACCOUNT.value, canonical(email)), TryCount(Scope.OWN.value, canonical(email))])


def forget_old_tries(*, at: datetime) -> int:
    """Erase the counts that nothing touched for long; returns how many."""
    return Essai.objects.filter(last_at__lt=at - FORGOTTEN_AFTER).delete()[0]


def _fingerprint(count: TryCount) -> str:
    return salted_hmac("comptes.essais", count.subject, algorithm="sha256").hexdigest()
