"""The antivirus: ClamAV's daemon, to which a file is sent in a stream (command INSTREAM)."""

import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit


class ScanFailed(Exception):
    """The antivirus said nothing of this file: it is away, or could not read it."""


@dataclass(frozen=True)
class Clamd:
    """A daemon at `tcp://host:3310` or `unix:///run/clamav/clamd.ctl`.

    :param timeout: seconds, to be reached and to take each part of a file
    :param patience: seconds until its verdict, once it has the whole file
    """

    url: str
    timeout: float = 10
    patience: float = 200

    def scan(self, chunks: Iterable[bytes]) -> str:
        """Return the name of what infects a file; empty when it is clean.

        :raises ScanFailed: when the daemon gives no verdict
        """
        try:
            with self._connected() as connection:
                connection.sendall(b"zINSTREAM\0")
                for chunk in chunks:
                    connection.sendall(struct.pack("!L", len(chunk)) + chunk)
                connection.sendall(struct.pack("!L", 0))
                connection.settimeout(self.patience)
                return verdict_of(_answer(connection))
        except OSError as error:
            raise ScanFailed(str(error)) from error

    def _connected(self) -> socket.socket:
        where = urlsplit(self.url)
        if where.scheme != "unix":
            return socket.create_connection((where.hostname, where.port or 3310), self.timeout)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(self.timeout)
        try:
            connection.connect(where.path)
        except OSError:
            connection.close()
            raise
        return connection


def verdict_of(answer: str) -> str:
    """Read `stream: OK`, or `stream: Eicar-Signature FOUND`.

    :raises ScanFailed: for any other answer, such as that of a file larger than what the daemon takes
    """
    said = answer.removeprefix("stream: ")
    if said == "OK":
        return ""
    name, _, word = said.rpartition(" ")
    if word != "FOUND" or not name:
        raise ScanFailed(answer or "the daemon hung up")
    return name


def _answer(connection: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < 1000:
        received = connection.recv(1000)
        if not received:
            break
        said += received
    return said.rstrip(b"\0").decode(errors="replace")
