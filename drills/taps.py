"""A TCP relay before a service: open, stopped (nobody listens) or frozen (it accepts data, and relays nothing)."""

import contextlib
import socket
import threading
from collections.abc import Iterator

OPEN, STOPPED, FROZEN = "open", "stopped", "frozen"


class Tap:
    """A port of 127.0.0.1 that relays to another one."""

    def __init__(self, target: int) -> None:
        self.target, self.mode = target, OPEN
        self._flows = threading.Event()
        self._flows.set()
        self._pairs: set[socket.socket] = set()
        self._listener = self._listen(0)
        self.port = self._listener.getsockname()[1]

    def turn(self, mode: str) -> None:
        """Change the mode. Stopping closes the open connections."""
        former, self.mode = self.mode, mode
        if mode == FROZEN:
            self._flows.clear()
            return
        self._flows.set()
        if mode == STOPPED:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._cut()
        elif former == STOPPED:
            self._listener = self._listen(self.port)

    def close(self) -> None:
        self._flows.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._cut()

    def _listen(self, port: int) -> socket.socket:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(256)
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return listener

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        self._flows.wait()
        try:
            far = socket.create_connection(("127.0.0.1", self.target))
        except OSError:
            near.close()
            return
        self._pairs |= {near, far}
        for source, sink in ((near, far), (far, near)):
            threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while content := source.recv(65536):
                self._flows.wait()
                sink.sendall(content)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            self._pairs.discard(end)
            end.close()

    def _cut(self) -> None:
        for end in list(self._pairs):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def tapped(target: int) -> Iterator[Tap]:
    tap = Tap(target)
    try:
        yield tap
    finally:
        tap.close()
