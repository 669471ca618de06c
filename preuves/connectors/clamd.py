"""The antivirus: ClamAV's daemon, to which a file is sent in a stream (command INSTREAM)."""

import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit


class ScanFailed(Exception):
    """The antivirus gave no verdict on this file: it does not answer, or could not read it."""


@dataclass(frozen=True)
class Clamd:
    """A daemon at `tcp://host:3310` or `unix:///run/clamav/clamd.ctl`.

    :param timeout: in seconds, to connect and to send each part of a file
    :param patience: in seconds, to wait for the verdict once the whole file is sent
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

    def version(self) -> str:
        """Return the daemon's version with that of its signatures: `ClamAV 1.4.3/27811/Mon Nov 30 08:00:00 2026`.

        :raises ScanFailed: when it does not answer
        """
        try:
            with self._connected() as connection:
                connection.sendall(b"zVERSION\0")
                return _answer(connection)
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

    :raises ScanFailed: for any other answer, such as when the file is larger than the daemon accepts
    """
    verdict = answer.removeprefix("stream: ")
    if verdict == "OK":
        return ""
    name, _, word = verdict.rpartition(" ")
    if word != "FOUND" or not name:
        raise ScanFailed(answer or "the daemon hung up")
    return name


def _answer(connection: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < 1000:
        received = connection.recv(1000)
        if not received:
            break
        answer += received
    return answer.rstrip(b"\0").decode(errors="replace")
