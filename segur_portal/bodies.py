"""The bodies of large requests, between the server and Django."""

from collections.abc import Callable, Iterable
from typing import Any

LARGE = 4 * 1024 * 1024

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class LargeReads:
    """A request's body, taken from gunicorn by 4 MB: it copies all that it holds at each smaller read.

    That made up half the time of an upload.
    """

    def __init__(self, body: Any) -> None:
        self.body, self.held, self.place = body, b"", 0

    def read(self, size: int) -> bytes:
        parts = []
        while size > 0:
            if self.place == len(self.held):
                self.held, self.place = self.body.read(LARGE), 0
            part = self.held[self.place : self.place + size]
            if not part:
                break
            self.place += len(part)
            size -= len(part)
            parts.append(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def readline(self, size: int = -1) -> bytes:
        """Return a line: a WSGI body offers it, though no form of ours is read by lines."""
        line = b""
        while len(line) != size and (one := self.read(1)):
            line += one
            if one == b"\n":
                break
        return line


def read_large_bodies_by_large_parts(answer: Application) -> Application:
    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or ""
        if length.isdigit() and int(length) > LARGE:
            environ["wsgi.input"] = LargeReads(environ["wsgi.input"])
        return answer(environ, start_response)

    return application
