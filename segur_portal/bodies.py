"""What is made of a request between the server and Django: the bodies of large ones, the types that nobody can read."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.http import parse_header_parameters

UNREADABLE_TYPE = "application/octet-stream; charset=unreadable"
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


def say_of_a_type_that_it_is_unreadable(answer: Application) -> Application:
    """Replace a `Content-Type` that Django fails on before any middleware, so that it is refused in a sentence."""

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        try:
            parse_header_parameters(environ.get("CONTENT_TYPE") or "")
        except (LookupError, ValueError):
            environ["CONTENT_TYPE"] = UNREADABLE_TYPE
        return answer(environ, start_response)

    return application
