"""What is made of a request between the server and Django: a type that nobody can read becomes one that is refused."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.http import parse_header_parameters

UNREADABLE_TYPE = "application/octet-stream; charset=unreadable"

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def say_of_a_type_that_it_is_unreadable(answer: Application) -> Application:
    """Replace a `Content-Type` that Django fails on before any middleware, so that it is refused in a sentence."""

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        try:
            parse_header_parameters(environ.get("CONTENT_TYPE") or "")
        except (LookupError, ValueError):
            environ["CONTENT_TYPE"] = UNREADABLE_TYPE
        return answer(environ, start_response)

    return application
