"""Hashing of passwords, bounded: many people who sign in at once never hold every thread of the portal."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher

# Of the four threads of a process, one hashes and two may wait for it, some hundredths of a second: one serves pages.
MOST = 3
AT_ONCE = BoundedSemaphore(1)
WITH_WHO_WAITS = BoundedSemaphore(MOST)
LONGEST_WAIT = 5.0


class TooManyAtOnce(Exception):
    """Nothing was hashed: too many people sign in at this instant."""


class BoundedArgon2(Argon2PasswordHasher):
    """Argon2id in one lane of 46 MiB (OWASP's first choice): 24 at once take neither 2 GiB nor every core.

    A hash made with other parameters is accepted, and made anew at the next sign-in.
    """

    time_cost = 1
    memory_cost = 47_104
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with _one_at_a_time():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with _one_at_a_time():
            return super().verify(password, encoded)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    if not WITH_WHO_WAITS.acquire(blocking=False):
        raise TooManyAtOnce
    try:
        if not AT_ONCE.acquire(timeout=LONGEST_WAIT):
            raise TooManyAtOnce
        try:
            yield
        finally:
            AT_ONCE.release()
    finally:
        WITH_WHO_WAITS.release()
