"""How long somebody waits after wrong secrets: longer and longer, and never because of what another device typed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from ipaddress import IPv6Address, ip_address, ip_network

# A count with no try for so long starts again from zero.
FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Pace:
    """How many wrong secrets are free, how long the first wait is, and the longest; each wait is twice the former."""

    free: int
    first: timedelta
    longest: timedelta

    def wait_after(self, failures: int) -> timedelta:
        if failures < self.free:
            return timedelta()
        doublings = min(failures - self.free, 30)
        return min(self.first * (1 << doublings), self.longest)


class Scope(Enum):
    """What is counted separately. `value` is stored in the row."""

    DEVICE = "device"  # an account, from a device that it already signed in from
    PLACE = "place"  # an account, from one address
    ACCOUNT = "account"  # an account, from every device that it never signed in from
    ADDRESS = "address"  # every account, from one address, from devices that never signed in
    OWN = "own"  # somebody already signed in, who proves again who they are
    FACTOR = "factor"  # the second factor
    LINK = "link"  # the password links asked from one address
    HELPED = "helped"  # the answers to « cette page vous a-t-elle aidé ? » from one address


PACES = {
    Scope.DEVICE: Pace(5, timedelta(seconds=5), timedelta(minutes=5)),
    Scope.PLACE: Pace(5, timedelta(minutes=1), timedelta(hours=1)),
    Scope.ACCOUNT: Pace(30, timedelta(seconds=30), timedelta(minutes=15)),
    Scope.ADDRESS: Pace(50, timedelta(seconds=10), timedelta(minutes=15)),
    Scope.OWN: Pace(5, timedelta(seconds=30), timedelta(minutes=15)),
    Scope.FACTOR: Pace(5, timedelta(seconds=30), timedelta(minutes=15)),
    Scope.LINK: Pace(10, timedelta(seconds=30), timedelta(minutes=15)),
    Scope.HELPED: Pace(10, timedelta(minutes=1), timedelta(hours=6)),
}


@dataclass(frozen=True, order=True)
class TryCount:
    """One count: the value of its scope, and the account or the place that is counted."""

    scope: str
    subject: str


def counts_of_sign_in(*, email: str, address: str, device: str) -> tuple[TryCount, ...]:
    """The counts of a sign-in. `email` is canonical; `device` is empty when the account never signed in from it.

    A known device has a count of its own: what is typed elsewhere never makes its owner wait.
    """
    if device:
        return (TryCount(Scope.DEVICE.value, f"{email} {device}"),)
    place = place_of(address)
    return (
        TryCount(Scope.ACCOUNT.value, email),
        TryCount(Scope.ADDRESS.value, place),
        TryCount(Scope.PLACE.value, f"{email} {place}"),
    )


def place_of(address: str) -> str:
    """The place of a client's address: the address itself, or in IPv6 the /64 of one subscriber."""
    try:
        ip = ip_address(address)
    except ValueError:
        return "?"
    return str(ip_network((ip, 64), strict=False)) if isinstance(ip, IPv6Address) else str(ip)


def free_again_at(count: TryCount, *, failures: int, last_at: datetime) -> datetime:
    """When the next secret may be typed after so many wrong ones, the last at that instant."""
    return last_at + PACES[Scope(count.scope)].wait_after(failures)
