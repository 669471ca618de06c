"""Connects to one destination only, checks the address when it connects, and bounds the time of every read."""

import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpcore
import httpx

from comptes.connectors.deadline import Bounded, left
from guichets.enums import Panne

from .destination import Destination
from .errors import DeskUnreachable

Resolve = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a name, in the system's order.

    :raises OSError: when it has no address
    """
    entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in entries))


class Transport(httpx.BaseTransport):
    """Send requests to one destination, over connections that are kept open.

    It raises httpcore's errors: it uses httpcore directly, because httpx offers no way to choose how to connect.
    """

    def __init__(
        self, destination: Destination, *, tls: ssl.SSLContext | None, connections: int, resolve: Resolve
    ) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls,
            max_connections=connections,
            keepalive_expiry=30,
            network_backend=_Guard(destination, resolve),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        sent = httpcore.Request(
            method=request.method, url=url, headers=request.headers.raw, extensions=request.extensions
        )
        answer = self._pool.handle_request(sent)
        return httpx.Response(status_code=answer.status, headers=answer.headers, stream=_Body(answer))

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class _Guard(httpcore.SyncBackend):
    """Make connections to one destination, and to no other.

    The name is resolved here, each address is checked, and the connection goes to the checked address: a name that
    resolves to something else afterwards changes nothing.
    """

    def __init__(self, destination: Destination, resolve: Resolve) -> None:
        self._destination = destination
        self._resolve = resolve

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError("The name has no address.")
        for address in self._addresses(host, port):
            try:
                stream = super().connect_tcp(address, port, left(timeout), local_address, socket_options)
                return Bounded(stream)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise DeskUnreachable(Panne.FORBIDDEN_HOST, "Un guichet n’est pas une prise locale.", ours=True)

    def _addresses(self, host: str, port: int) -> list[str]:
        if (host.lower(), port) != (self._destination.host, self._destination.port):
            raise DeskUnreachable(Panne.FORBIDDEN_HOST, "La connexion quitterait l’adresse du guichet.", ours=True)
        try:
            addresses = self._resolve(host, port)
        except OSError as error:
            raise httpcore.ConnectError(error) from error
        if refused := [address for address in addresses if not self._destination.accepts(address)]:
            detail = f"{host} mène à une adresse privée ou réservée ({refused[0]})."
            raise DeskUnreachable(Panne.FORBIDDEN_HOST, detail, ours=True)
        return addresses
