"""The connectors of this process, one a desk, as the settings say where it is; made at their first use."""

from functools import lru_cache

from django.conf import settings

from guichets.connectors import Certificate, Circuit, DeskClient
from guichets.enums import Guichet


def is_pulled(guichet: Guichet) -> bool:
    """Whether the settings say where the desk is; otherwise its relevés are recorded by hand."""
    return bool(settings.GUICHETS[guichet.value]["url"])


def desk_of(guichet: Guichet) -> DeskClient:
    """Return the client of a desk; the breaker that it obeys is shared by every worker."""
    given = settings.GUICHETS[guichet.value]
    return _desk(guichet, tuple(sorted(given.items())), settings.REDIS_URL, settings.DEMO)


def circuit_of(guichet: Guichet) -> Circuit:
    return _circuit(guichet, settings.REDIS_URL)


@lru_cache(maxsize=16)
def _desk(guichet: Guichet, words: tuple[tuple[str, str], ...], redis_url: str, demo: bool) -> DeskClient:
    given = dict(words)
    certificate = Certificate(given["certificate"], given["key"]) if given["certificate"] else None
    return DeskClient(
        guichet=guichet,
        base_url=given["url"],
        allowed_hosts=tuple(given["hosts"].split(",")),
        token=given["token"],
        certificate=certificate,
        ca_file=given["ca"],
        breaker=_circuit(guichet, redis_url),
        tells_instant=demo,
    )


@lru_cache(maxsize=16)
def _circuit(guichet: Guichet, redis_url: str) -> Circuit:
    return Circuit.at(redis_url, guichet.value)
