"""A provider of signatures, asked over HTTP. What it announces is never believed: it is asked again."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from dataclasses import field as a_field
from typing import Any
from urllib.parse import quote

import httpx

SECONDS = 10
LARGEST = 64 * 1024 * 1024


class ProviderUnreachable(Exception):
    """`detail`: for the log. Nothing is known of the procedure until the provider answers."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


@dataclass(frozen=True)
class SigningInvitation:
    """Who is to sign what. `reference` is ours: sent twice, it is the same procedure."""

    reference: str
    field: str
    name: str
    email: str
    pdf: bytes = a_field(repr=False, default=b"")


@dataclass(frozen=True)
class Status:
    """What the provider says when it is asked: `open`, `signed` (then with the file), `cancelled` or `unknown`."""

    state: str
    pdf: bytes = a_field(repr=False, default=b"")


@dataclass(frozen=True)
class Event:
    """What a provider announces: its own identifier, and which procedure is worth asking about."""

    event_id: str
    reference: str


def read_event(body: bytes) -> Event:
    """Read what a provider announces.

    :raises ValueError: when it is not an event
    """
    event = json.loads(body)
    if not isinstance(event, dict):
        raise ValueError("An event is an object.")
    return Event(_word(event, "id"), _word(event, "reference"))


def _word(event: dict[str, Any], name: str) -> str:
    word = event.get(name)
    if not isinstance(word, str) or not 0 < len(word) <= 80 or "\0" in word:
        raise ValueError(f"An event has a text {name!r}.")
    return word


@dataclass(frozen=True)
class External:
    """One provider: PUT, GET and DELETE of `/procedures/<reference>`. Slow: never inside a transaction."""

    base_url: str
    token: str = a_field(repr=False)
    seconds: float = SECONDS

    def invite(self, invitation: SigningInvitation) -> None:
        """Ask somebody for their signature; asking again is not asking twice.

        :raises ProviderUnreachable: when it does not accept
        """
        asked = {
            "champ": invitation.field,
            "nom": invitation.name,
            "email": invitation.email,
            "document": base64.b64encode(invitation.pdf).decode(),
        }
        self._ask("PUT", invitation.reference, asked)

    def fetch(self, reference: str) -> Status:
        """Ask where a procedure stands.

        :raises ProviderUnreachable: when it does not say, or says what nobody understands
        """
        answer = self._ask("GET", reference)
        if answer is None:
            return Status("unknown")
        state, document = answer.get("etat"), answer.get("document") or ""
        if state not in ("open", "signed", "cancelled") or not isinstance(document, str):
            raise ProviderUnreachable(f"An answer says the state {state!r}.")
        try:
            return Status(state, base64.b64decode(document, validate=True))
        except binascii.Error:
            raise ProviderUnreachable("A document is not base64.") from None

    def cancel(self, reference: str) -> None:
        """Ask nobody any more.

        :raises ProviderUnreachable: when it does not accept
        """
        self._ask("DELETE", reference)

    def _ask(self, method: str, reference: str, body: dict[str, str] | None = None) -> dict[str, Any] | None:
        url = f"{self.base_url.rstrip('/')}/procedures/{quote(reference, safe='')}"
        headers = {"Authorization": f"Bearer {self.token}"}
        try:
            with (
                httpx.Client(timeout=self.seconds, trust_env=False, follow_redirects=False) as client,
                client.stream(method, url, headers=headers, json=body) as answer,
            ):
                return _read(answer)
        except httpx.HTTPError as error:
            raise ProviderUnreachable(f"{method}: {error}") from error


def _read(answer: httpx.Response) -> dict[str, Any] | None:
    if answer.status_code == 404:
        return None
    if answer.status_code >= 300:
        raise ProviderUnreachable(f"HTTP {answer.status_code}")
    content = b""
    for chunk in answer.iter_bytes():
        content += chunk
        if len(content) > LARGEST:
            raise ProviderUnreachable("The answer is too long.")
    try:
        content_read = json.loads(content or b"{}")
    except ValueError:
        raise ProviderUnreachable("The answer is not JSON.") from None
    return content_read if isinstance(content_read, dict) else {}
