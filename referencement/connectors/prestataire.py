"""A provider of signatures, asked over HTTP. Its announcements are not trusted: each makes us ask for the state."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from dataclasses import field as a_field
from typing import Any
from urllib.parse import quote

import httpx

from comptes.canonical import object_in

SECONDS = 10
LARGEST = 64 * 1024 * 1024  # bytes of an answer


class ProviderUnreachable(Exception):
    """The provider did not answer as it should: nothing is known of the procedure. `detail` is for the log."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


@dataclass(frozen=True)
class SigningInvitation:
    """The person who is asked to sign, and the document. `reference` is ours: sent twice, it is the same procedure.

    :param field: the name of the signature field in the PDF
    """

    reference: str
    field: str
    name: str
    email: str
    pdf: bytes = a_field(repr=False, default=b"")


@dataclass(frozen=True)
class Status:
    """The answer of the provider about a procedure.

    :param state: `open`, `signed`, `cancelled` or `unknown`
    :param pdf: the signed file; empty in the other states
    """

    state: str
    pdf: bytes = a_field(repr=False, default=b"")


@dataclass(frozen=True)
class Event:
    """An announcement of the provider: the identifier that it gives, and the procedure to ask about."""

    event_id: str
    reference: str


def read_event(body: bytes) -> Event:
    """Read an announcement of the provider.

    :raises ValueError: when it is not an event
    """
    event = object_in(body)
    return Event(_word(event, "id"), _word(event, "reference"))


def _word(event: dict[str, Any], name: str) -> str:
    word = event.get(name)
    if not isinstance(word, str) or not 0 < len(word) <= 80 or "\0" in word:
        raise ValueError(f"An event has a text {name!r}.")
    return word


@dataclass(frozen=True)
class External:
    """One provider: PUT, GET and DELETE of `/procedures/<reference>`. Slow: never call it inside a transaction.

    :param seconds: how long a request may take
    """

    base_url: str
    token: str = a_field(repr=False)
    seconds: float = SECONDS

    def invite(self, invitation: SigningInvitation) -> None:
        """Ask somebody for their signature; a second call with the same reference changes nothing.

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
        """Ask for the state of a procedure.

        :raises ProviderUnreachable: when it does not answer, or its answer cannot be read
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
        """Cancel a procedure: nobody is asked to sign any more.

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
        return object_in(content or b"{}")
    except ValueError:
        raise ProviderUnreachable("The answer is no JSON object.") from None
