"""The clients of the desks, configured by the settings; each process makes them at their first use."""

from functools import lru_cache

from django.conf import settings

from guichets.catalogue.guichets import every_guichet, spec_of_guichet
from guichets.catalogue.specs import GuichetSpec
from guichets.connectors.circuit import Circuit
from guichets.connectors.client import Certificate, DeskClient


def is_pulled(guichet: str) -> bool:
    """Whether the desk speaks over HTTP and the settings say where.

    If not, the stages of its demandes come from captures that the ANS confirms.
    """
    return spec_of_guichet(guichet).contrat is not None and bool(settings.GUICHETS.get(guichet, {}).get("url"))


def pulled_desks() -> list[GuichetSpec]:
    return [guichet for guichet in every_guichet() if is_pulled(guichet.code)]


def desk_of(guichet: str) -> DeskClient:
    """Return the client of a desk; all the workers share its circuit breaker."""
    given = settings.GUICHETS[guichet]
    return _desk(guichet, tuple(sorted(given.items())), settings.REDIS_URL, settings.DEMO)


def circuit_of(guichet: str) -> Circuit:
    return _circuit(guichet, settings.REDIS_URL)


@lru_cache(maxsize=16)
def _desk(guichet: str, options: tuple[tuple[str, str], ...], redis_url: str, demo: bool) -> DeskClient:
    given = dict(options)
    contrat = spec_of_guichet(guichet).contrat
    assert contrat is not None, "a desk without a contract is not asked"
    certificate = Certificate(given["certificate"], given["key"]) if given["certificate"] else None
    return DeskClient(
        contrat=contrat,
        base_url=given["url"],
        allowed_hosts=tuple(given["hosts"].split(",")),
        token=given["token"],
        certificate=certificate,
        ca_file=given["ca"],
        breaker=_circuit(guichet, redis_url),
        tells_instant=demo,
    )


@lru_cache(maxsize=16)
def _circuit(guichet: str, redis_url: str) -> Circuit:
    return Circuit.at(redis_url, guichet)
