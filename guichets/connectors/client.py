"""Asks one desk over HTTP; gives a frozen snapshot, or raises one named error."""

import random
import re
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Self

import httpcore
import httpx
import tenacity

from comptes.connectors.deadline import within
from guichets.enums import Contrat, Panne

from .answers import body_of, refuse_status
from .circuit import AlwaysClosed, Breaker
from .destination import Destination, destination_of
from .errors import DeskUnreachable
from .reading import path_of, snapshot_of
from .snapshot import Snapshot
from .transport import Resolve, Transport, resolve

_BEARER = re.compile(r"[A-Za-z0-9._~+/-]*=*")
AILING = frozenset({Panne.SLOW, Panne.SERVER_ERROR, Panne.CUT})


@dataclass(frozen=True)
class Timeouts:
    """Seconds. `total` bounds one attempt, from the connection to the last byte."""

    connect: float = 3
    read: float = 5
    write: float = 5
    pool: float = 5
    total: float = 10


@dataclass(frozen=True)
class Retries:
    """How many times a temporary failure is retried, after a random delay whose maximum doubles each time.

    :param attempts: the first one included
    :param first: seconds; the maximum doubles from there
    :param longest: seconds; when a desk asks to wait longer, there is no retry
    """

    attempts: int = 3
    first: float = 0.2
    longest: float = 2


@dataclass(frozen=True)
class Certificate:
    """The portal's own certificate, for a desk that asks for one: paths of PEM files."""

    file: str
    key: str
    password: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class DeskClient:
    """Reads one desk. Threads may share it; each process makes its own.

    :param base_url: what precedes `/v1/…`; checked at each read, before anything is sent
    :param allowed_hosts: see `destination_of`
    :param ca_file: the authorities that certify the desk, instead of the public ones
    :param tells_instant: send the caller's `at` to the desk; for simulators, which follow the demonstration's clock
    :param connections: the maximum at the same time
    """

    contrat: Contrat
    base_url: str
    allowed_hosts: tuple[str, ...]
    token: str = field(default="", repr=False)
    certificate: Certificate | None = None
    ca_file: str = ""
    timeouts: Timeouts = Timeouts()
    retries: Retries = Retries()
    breaker: Breaker = field(default_factory=AlwaysClosed)
    tells_instant: bool = False
    connections: int = 32
    resolve: Resolve = resolve
    sleep: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        if not _BEARER.fullmatch(self.token):
            raise ValueError(f"The token of {self.contrat} is no bearer token.")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        if "_http" in self.__dict__:
            self._http.close()

    def read(self, numero: str, *, at: datetime) -> Snapshot:
        """Ask about one demande, with retries. Slow: never call it inside a transaction.

        :param at: aware; kept in the snapshot
        :raises DeskUnreachable: the failure of the last attempt
        """
        destination = self._destination
        path = path_of(self.contrat, numero)
        url = destination.base.copy_with(raw_path=(destination.base.path.rstrip("/") + path).encode("ascii"))
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(self._may_pass),
            stop=tenacity.stop_after_attempt(self.retries.attempts),
            wait=self._delay,
            sleep=self.sleep,
            reraise=True,
        )
        raw = retrying(self._attempt, url, at)
        return snapshot_of(self.contrat, numero, raw, at=at)

    @cached_property
    def _destination(self) -> Destination:
        return destination_of(self.base_url, self.allowed_hosts)

    @cached_property
    def _http(self) -> httpx.Client:
        timeouts = self.timeouts
        headers = {"Accept": "application/json, application/problem+json", "Accept-Encoding": "identity"}
        headers |= {"User-Agent": "portail-segur"}
        headers |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return httpx.Client(
            transport=Transport(self._destination, tls=self._tls(), connections=self.connections, resolve=self.resolve),
            headers=headers,
            timeout=httpx.Timeout(
                connect=timeouts.connect, read=timeouts.read, write=timeouts.write, pool=timeouts.pool
            ),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            follow_redirects=False,
            trust_env=False,  # a proxy or a .netrc of the machine could send the request, or the token, elsewhere
        )

    def _tls(self) -> ssl.SSLContext | None:
        if self._destination.base.scheme != "https":
            return None
        public = httpx.create_ssl_context(trust_env=False)
        context = ssl.create_default_context(cafile=self.ca_file) if self.ca_file else public
        if (own := self.certificate) is not None:
            context.load_cert_chain(own.file, own.key, own.password or None)
        return context

    def _attempt(self, url: httpx.URL, at: datetime) -> bytes:
        """Ask once, and tell the breaker whether the desk works; a failure of our own is not counted."""
        if not self.breaker.admit():
            raise DeskUnreachable(Panne.CIRCUIT_OPEN, "Le guichet n’a pas été interrogé.", ours=True)
        try:
            raw = self._ask(url, at)
        except DeskUnreachable as error:
            if error.kind in AILING and not error.ours:
                self.breaker.failed()
            elif not error.ours:
                self.breaker.succeeded()
            raise
        self.breaker.succeeded()
        return raw

    def _ask(self, url: httpx.URL, at: datetime) -> bytes:
        headers = {"X-Portail-At": at.isoformat()} if self.tells_instant else {}
        with within(self.timeouts.total), _named_errors(), self._http.stream("GET", url, headers=headers) as answer:
            refuse_status(answer)
            return body_of(answer, "application/json")

    def _may_pass(self, error: BaseException) -> bool:
        if not isinstance(error, DeskUnreachable) or not error.passing or not self.breaker.is_closed():
            return False
        return error.retry_after is None or error.retry_after <= self.retries.longest

    def _delay(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, DeskUnreachable) else None
        widest = min(self.retries.longest, self.retries.first * 2**state.attempt_number)
        return (asked or 0) + random.uniform(0, widest)  # noqa: S311 -- spreads the retries, guards no secret


@contextmanager
def _named_errors() -> Iterator[None]:
    """Turn every failure of the network into the one error of the connectors."""
    try:
        yield
    except httpcore.PoolTimeout:
        raise DeskUnreachable(Panne.SLOW, "Aucune connexion disponible.", passing=True, ours=True) from None
    except httpcore.TimeoutException as error:
        step = type(error).__name__.removesuffix("Timeout").lower()
        raise DeskUnreachable(Panne.SLOW, f"Délai dépassé ({step}).", passing=True) from error
    except httpcore.ConnectError as error:
        raise DeskUnreachable(Panne.SERVER_ERROR, f"Connexion impossible ({error}).", passing=True) from error
    except OSError as error:  # network errors are caught above: this one comes from loading the certificates
        detail = f"Le certificat du portail, ou celui de l’autorité, est illisible ({error})."
        raise DeskUnreachable(Panne.SERVER_ERROR, detail, ours=True) from error
    except (httpcore.NetworkError, httpcore.ProtocolError, ValueError) as error:  # ValueError: an invalid header
        raise DeskUnreachable(Panne.CUT, f"La réponse a été coupée ({error}).", passing=True) from error
    except httpx.HTTPError as error:  # httpx parses the target of a redirection, even when it does not follow it
        raise DeskUnreachable(Panne.FORBIDDEN_HOST, "Le guichet redirige vers une adresse illisible.") from error
