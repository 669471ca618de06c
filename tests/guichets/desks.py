"""Desks to ask: the simulators in another process, and sockets that misbehave."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import pytest
from django.conf import settings

from guichets.connectors.client import DeskClient, Retries, Timeouts
from guichets.enums import Contrat

AT = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
PREFIX = {Contrat.CNDA: "cnda", Contrat.EDC_PSC: "edc-psc", Contrat.GAZELLE: "gazelle"}
FAULTS = Path(settings.BASE_DIR) / "guichets" / "simulateur" / "pannes.toml"
QUICK = Timeouts(connect=5, read=1, write=2, pool=2, total=3)
# For a desk that answers too late in any case.
HURRIED = Timeouts(connect=5, read=0.3, write=2, pool=2, total=0.6)


def case(guichet: Contrat, name: str) -> str:
    """Return the number under which to ask for a case of `pannes.toml`."""
    return f"https://interop.referencement.esante.gouv.fr/essai?cas={name}" if guichet is Contrat.GAZELLE else name


@contextmanager
def simulator(*options: str) -> Iterator[str]:
    """Run the simulated desks in another process; yield their address."""
    argv = [sys.executable, "manage.py", "simulate_guichets", "--port", "0", *options]
    process = subprocess.Popen(
        argv, cwd=settings.BASE_DIR, env=os.environ | {"PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
    assert process.returncode == 0


@pytest.fixture(scope="module")
def faulty_desks() -> Iterator[str]:
    """Run simulated desks where each fault has its demande, until the end of the module."""
    with simulator("--scenario", str(FAULTS)) as address:
        yield address


def client(guichet: Contrat, address: str, **more: object) -> DeskClient:
    """Return a client of a desk at an address of this machine, with short timeouts and no wait between retries."""
    given: dict[str, object] = {
        "contrat": guichet,
        "base_url": f"{address}/{PREFIX[guichet]}",
        "allowed_hosts": (address.partition("//")[2],),
        "token": f"jeton-{PREFIX[guichet]}",
        "timeouts": QUICK,
        "retries": Retries(attempts=1),
        "tells_instant": True,
        "sleep": lambda seconds: None,
    }
    return DeskClient(**given | more)  # type: ignore[arg-type]  # what a test changes


class Socket:
    """A socket that listens on this machine, keeps what it receives, and answers as it is told."""

    def __init__(self, answer: Callable[[socket.socket], None] | bytes = b"") -> None:
        self.answer = answer
        self.connections = 0
        self.heard: list[bytes] = []
        self.over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._threads = [threading.Thread(target=self._listen)]
        self._threads[0].start()
        return self

    def __exit__(self, *error: object) -> None:
        self.over.set()
        self._listener.shutdown(socket.SHUT_RDWR)  # wakes the one that waits for a connection
        for thread in self._threads:
            thread.join(timeout=10)
        self._listener.close()

    def _listen(self) -> None:
        while not self.over.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=[connection])
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(5)
            try:
                heard = b""
                while b"\r\n\r\n" not in heard and (more := connection.recv(65536)):
                    heard += more
                self.heard.append(heard)
                if callable(self.answer):
                    self.answer(connection)
                else:
                    connection.sendall(self.answer)
            except OSError:
                return


def http(status: str, body: bytes = b"", *headers: str, media_type: str = "application/json") -> bytes:
    """Write an HTTP answer, after which the connection is closed."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {media_type}", f"Content-Length: {len(body)}", "Connection: close"]
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body
