"""What an HTTP answer is worth before its content is read: status, size, type."""

from email.utils import parsedate_to_datetime
from typing import NoReturn

import httpx

from guichets.enums import Panne

from .errors import DeskUnreachable
from .reading import object_of

LARGEST = 64 * 1024


def refuse_status(answer: httpx.Response) -> None:
    """Let a 200 pass.

    :raises DeskUnreachable: for any other; UNKNOWN only when the desk itself says 404, in a problem+json
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

    :raises DeskUnreachable: TOO_LARGE as soon as it passes 64 KiB, NOT_JSON when it says it is of another type,
        OTHER_SCHEMA when it is compressed, which nobody asked for
    """
    if answer.headers.get("Content-Type", "").partition(";")[0].strip().lower() != media_type:
        raise DeskUnreachable(Panne.NOT_JSON, "La réponse ne se dit pas en JSON.")
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
        raise DeskUnreachable(error.kind, f"HTTP 404 qui n’est pas du guichet. {error.detail}") from error
    if problem.get("status") != 404 or not isinstance(problem.get("title"), str):
        raise DeskUnreachable(Panne.OTHER_SCHEMA, "HTTP 404 qui n’est pas du guichet.")
    raise DeskUnreachable(Panne.UNKNOWN, "HTTP 404.")


def _refuse_size() -> NoReturn:
    raise DeskUnreachable(Panne.TOO_LARGE, f"La réponse dépasse {LARGEST // 1024} Kio.")


def _retry_after(answer: httpx.Response) -> float | None:
    """Return how many seconds the desk asks to wait; a date is counted from the answer's own, by the same clock."""
    said = answer.headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit() and len(said) < 9:
        return float(said)
    try:
        wait = parsedate_to_datetime(said) - parsedate_to_datetime(answer.headers["Date"])
    except (ValueError, TypeError, KeyError):
        return None
    return max(0.0, wait.total_seconds())
