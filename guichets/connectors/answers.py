"""Checks an HTTP answer before its content is read: status, size, type."""

from email.utils import parsedate_to_datetime
from typing import NoReturn

import httpx

from guichets.enums import Panne

from .errors import DeskUnreachable
from .reading import object_of

LARGEST = 64 * 1024


def refuse_status(answer: httpx.Response) -> None:
    """Accept a 200 and nothing else.

    :raises DeskUnreachable: for any other status; UNKNOWN only when the desk itself says 404, in a problem+json
    """
    status = answer.status_code
    match status:
        case 200:
            return
        case 404:
            _refuse_unknown(answer)
        case 429:
            wait = _retry_after(answer)
            raise DeskUnreachable(Panne.THROTTLED, "HTTP 429.", retry_after=wait, passing=wait is not None)
        case 401 | 403:
            raise DeskUnreachable(Panne.SERVER_ERROR, f"HTTP {status}\u00a0: le guichet refuse nos identifiants.")
        case _ if status < 300:
            raise DeskUnreachable(Panne.OTHER_SCHEMA, f"HTTP {status}.")
        case _ if status < 400:
            raise DeskUnreachable(Panne.FORBIDDEN_HOST, f"HTTP {status}\u00a0: redirection non suivie.")
    raise DeskUnreachable(Panne.SERVER_ERROR, f"HTTP {status}.", passing=status >= 500)


def body_of(answer: httpx.Response, media_type: str) -> bytes:
    """Read the whole body.

    :raises DeskUnreachable: TOO_LARGE as soon as it passes 64 KiB, NOT_JSON when its type is another,
        OTHER_SCHEMA when it is compressed, since the request asks for no compression
    """
    if answer.headers.get("Content-Type", "").partition(";")[0].strip().lower() != media_type:
        raise DeskUnreachable(Panne.NOT_JSON, "La réponse n’est pas au format JSON.")
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise DeskUnreachable(Panne.OTHER_SCHEMA, "La réponse est compressée.")
    length = answer.headers.get("Content-Length", "0")
    if len(length) > 9 or int(length) > LARGEST:
        _refuse_size()
    body = bytearray()
    for chunk in answer.iter_raw():
        body += chunk
        if len(body) > LARGEST:
            _refuse_size()
    return bytes(body)


def _refuse_unknown(answer: httpx.Response) -> NoReturn:
    try:
        problem = object_of(body_of(answer, "application/problem+json"))
    except DeskUnreachable as error:
        raise DeskUnreachable(
            error.kind, (f"HTTP 404\u00a0: la réponse ne vient pas du guichet. {error.detail}")
        ) from error
    if problem.get("status") != 404 or not isinstance(problem.get("title"), str):
        raise DeskUnreachable(Panne.OTHER_SCHEMA, "HTTP 404\u00a0: la réponse ne vient pas du guichet.")
    raise DeskUnreachable(Panne.UNKNOWN, "HTTP 404.")


def _refuse_size() -> NoReturn:
    raise DeskUnreachable(Panne.TOO_LARGE, f"La réponse dépasse {LARGEST // 1000} Ko.")


def _retry_after(answer: httpx.Response) -> float | None:
    """Return how many seconds the desk asks to wait; a date is compared with the desk's own `Date` header."""
    header = answer.headers.get("Retry-After", "").strip()
    if header.isascii() and header.isdigit() and len(header) < 9:
        return float(header)
    try:
        wait = parsedate_to_datetime(header) - parsedate_to_datetime(answer.headers["Date"])
    except (ValueError, TypeError, KeyError):
        return None
    return max(0.0, wait.total_seconds())
