"""When a desk is asked again about a demande, and how old the last answer is."""

from collections.abc import Collection
from datetime import datetime, timedelta

from candidatures.rules.deadlines import spell
from guichets.catalogue.specs import CadenceSpec

FIRST_RETRY = timedelta(minutes=2)
LONGEST_RETRY = timedelta(hours=2)
SPREAD = 0.2


def next_pull(
    cadence: CadenceSpec, etape: str, *, at: datetime, echeances: Collection[datetime], jitter: float
) -> datetime:
    """Say when to ask again after an answer: by the stage, sooner when an échéance is near.

    :param jitter: from 0 to 1; asks up to a fifth earlier, so that demandes asked together drift apart
    """
    wait: timedelta = cadence.every[etape]
    if any(timedelta() <= echeance - at <= cadence.near for echeance in echeances):
        wait = max(wait / cadence.divisor, min(wait, cadence.floor))
    return at + timedelta(seconds=wait.total_seconds() * (1 - SPREAD * jitter))


def next_try(*, at: datetime, failures: int, retry_after: timedelta | None, jitter: float) -> datetime:
    """Say when to try again after a pull that failed: twice as long each time, never sooner than the desk asked.

    :param failures: in a row, this one included
    """
    wait = min(FIRST_RETRY * (1 << min(failures - 1, 10)), LONGEST_RETRY) * (1 + SPREAD * jitter)
    return at + max(wait, retry_after or timedelta())


def jitter_of(demande_id: int, at: datetime) -> float:
    """Return a repeatable number from 0 to 1, that differs between demandes and between instants."""
    mixed = (demande_id * 2_654_435_761 + int(at.timestamp()) * 40_503) % 2**32
    return mixed / 2**32


def is_stale(confirmed_at: datetime | None, cadence: CadenceSpec, *, at: datetime) -> bool:
    return confirmed_at is None or at - confirmed_at > cadence.stale_after


def is_to_reconfirm(confirmed_at: datetime | None, cadence: CadenceSpec, *, at: datetime) -> bool:
    """Say whether a grant has been unconfirmed for so long that it is asked again; it stays a grant meanwhile."""
    return confirmed_at is not None and at - confirmed_at > cadence.reconfirm_after


def age_in_words(seen_at: datetime | None, *, at: datetime) -> str:
    """Say in French how old an answer is: « vérifié il y a 12 minutes »."""
    if seen_at is None:
        return "jamais vérifié"
    if at - seen_at < timedelta(minutes=1):
        return "vérifié à l’instant"
    return f"vérifié il y a {spell(at - seen_at)}"
