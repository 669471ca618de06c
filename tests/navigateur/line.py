"""A line between a browser and the portal, on this machine: it counts what goes up, is cut and hangs where one says."""

from __future__ import annotations

import re
import socket
import struct
import sys
from collections.abc import Sequence
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import Self

CHUNK = 256 * 1024
AT_ONCE = struct.pack("ii", 1, 0)  # a socket that is closed thus says nothing more to the other end
# A browser writes its request line at once, and only after the answer to the one before: it begins what is received.
BEGINS = re.compile(rb"([A-Z]+) \S+ HTTP/1\.1\r\n")


class Line:
    """A TCP proxy to a port of 127.0.0.1, as a context.

    :param cuts: after how many bytes sent up every connection of the moment is dropped, each time once
    :param hangs_after: after how many of them every request by PUT waits, begun or not, until `free`
    """

    def __init__(self, port: int, *, cuts: Sequence[int] = (), hangs_after: int) -> None:
        self.behind, self._left, self._hangs_after = port, sorted(cuts), hangs_after
        self._free = Event()
        self._free.set()
        self.sent = self.dropped = 0
        self._lock = Lock()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        Thread(target=self._accept, daemon=True).start()
        return self

    @property
    def is_quiet(self) -> bool:
        """Whether no connection is left: the portal has answered, or given up, whatever came by one."""
        with self._lock:
            return not self._open

    @property
    def hangs(self) -> bool:
        return not self._free.is_set()

    def free(self) -> None:
        """Hang no more."""
        self._hangs_after = sys.maxsize
        self._free.set()

    def __exit__(self, *error: object) -> None:
        self.free()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._drop()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                browser, _ = self._listener.accept()
                portal = socket.create_connection(("127.0.0.1", self.behind))
                with self._lock:
                    self._open |= {browser, portal}
                Thread(target=self._carry, args=(browser, portal), kwargs={"up": True}, daemon=True).start()
                Thread(target=self._carry, args=(portal, browser), kwargs={"up": False}, daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket, *, up: bool) -> None:
        puts = False
        with suppress(OSError):
            while content := source.recv(CHUNK):
                if up and (begins := BEGINS.match(content)):
                    puts = begins[1] == b"PUT"
                if puts:
                    self._free.wait()
                sink.sendall(content)
                if up and self._is_cut_after(len(content)):
                    self._drop()
            sink.shutdown(socket.SHUT_WR)
        if not up:
            self._close({source, sink})

    def _is_cut_after(self, size: int) -> bool:
        with self._lock:
            self.sent += size
            if self.sent >= self._hangs_after:
                self._free.clear()
            if not self._left or self.sent < self._left[0]:
                return False
            self._left.pop(0)
            self.dropped += 1
            return True

    def _drop(self) -> None:
        self._close(set(self._open), linger=AT_ONCE)

    def _close(self, ends: set[socket.socket], *, linger: bytes = b"") -> None:
        with self._lock:
            ends &= self._open
            self._open -= ends
        for end in ends:
            with end, suppress(OSError):  # one that is cut already says so, and is closed all the same
                if linger:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                end.shutdown(socket.SHUT_RDWR)
