"""A deadline for a whole exchange: a server that sends a byte now and then never hits a read timeout."""

import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

import httpcore

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Set a deadline for what this thread reads and writes inside, over `Bounded` connections."""
    token = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def left(timeout: float | None) -> float | None:
    """Shorten a timeout to what is left before the deadline.

    :raises httpcore.ReadTimeout: when nothing is left
    """
    deadline = _deadline.get()
    if deadline is None:
        return timeout
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise httpcore.ReadTimeout("The whole exchange took too long.")
    return remaining if timeout is None else min(timeout, remaining)


class Bounded(httpcore.NetworkStream):
    """A connection whose every wait ends at the deadline of the exchange."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return Bounded(self._stream.start_tls(ssl_context, server_hostname, left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class BoundedBackend(httpcore.SyncBackend):
    """Makes connections that are `Bounded`, their making included."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        return Bounded(super().connect_tcp(host, port, left(timeout), local_address, socket_options))


def exchange(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    content: bytes = b"",
    timeouts: Mapping[str, float],
    total: float,
    largest: int,
    tls: ssl.SSLContext,
) -> tuple[int, bytes]:
    """Ask once over a connection of its own; return the status and the whole body.

    :param timeouts: seconds, by `connect`, `read`, `write` and `pool`
    :param total: seconds, from the connection to the last byte
    :param largest: bytes
    :raises httpcore.TimeoutException: when a wait, or all of them together, is too long; `httpcore.NetworkError` and
        `httpcore.ProtocolError` as they come
    :raises ValueError: when the body is larger
    """
    sent = [("Host", urlsplit(url).netloc), ("User-Agent", "portail-segur"), *headers.items()]
    sent += [("Content-Length", str(len(content)))] if content else []
    body = bytearray()
    with (
        within(total),
        httpcore.ConnectionPool(ssl_context=tls, network_backend=BoundedBackend()) as pool,
        pool.stream(method, url, headers=sent, content=content, extensions={"timeout": dict(timeouts)}) as answer,
    ):
        for part in answer.iter_stream():
            body += part
            if len(body) > largest:
                raise ValueError("The answer is too large.")
        return answer.status, bytes(body)
