"""An OpenID Connect provider over HTTP: its endpoints, its keys, and the exchange of a code for a token."""

import json
import ssl
import threading
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpcore

from .deadline import exchange

LARGEST = 256 * 1024
LOCAL_NAMES = frozenset({"127.0.0.1", "::1", "localhost"})


class ProviderSilent(Exception):
    """The provider did not answer, answered too late, or broke the standard; `detail` is for the log."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class ProviderRefused(Exception):
    """The provider answered no: a code that was used, a wrong verifier, a client that it does not know."""


@dataclass(frozen=True)
class Doors:
    """The endpoints that the provider publishes. `end_session` is empty when it offers no sign-out."""

    issuer: str
    authorization: str
    token: str
    jwks: str
    end_session: str
    posts_secret: bool


@dataclass(frozen=True)
class Patience:
    """Seconds. `total` bounds one exchange, from the connection to the last byte.

    :param known: how long the description of the provider is kept
    :param rest: how long a provider that did not answer is not asked again
    """

    connect: float = 2
    read: float = 4
    total: float = 6
    turn: float = 1
    known: float = 600
    rest: float = 10


@dataclass(kw_only=True)
class Provider:
    """One provider, for one client. Shared between the threads of a process; keeps no connection.

    :param issuer: https, or http on the same machine; must equal the issuer in its description
    :param ca_file: the certificates to trust, instead of the public authorities
    :param at_once: how many exchanges hold a thread of this process at the same time; the others are told to come back
    """

    issuer: str
    client_id: str
    secret: str = field(default="", repr=False)
    ca_file: str = ""
    patience: Patience = Patience()
    at_once: int = 2

    def __post_init__(self) -> None:
        self._turns = threading.BoundedSemaphore(self.at_once)
        self._doors: tuple[float, Doors] | None = None
        self._keys: list[dict[str, Any]] = []
        self._silent_until = 0.0

    def doors(self) -> Doors:
        """Return the provider's own description, asked again after a while.

        :raises ProviderSilent: when there is none, or it has another issuer
        """
        if self._doors and time.monotonic() - self._doors[0] < self.patience.known:
            return self._doors[1]
        description = self._ask("GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if description.get("issuer") != self.issuer:
            raise ProviderSilent("it calls itself otherwise than the issuer that is set")
        doors = Doors(
            issuer=self.issuer,
            authorization=_address(description, "authorization_endpoint"),
            token=_address(description, "token_endpoint"),
            jwks=_address(description, "jwks_uri"),
            end_session=_address(description, "end_session_endpoint")
            if description.get("end_session_endpoint")
            else "",
            posts_secret="client_secret_post" in (description.get("token_endpoint_auth_methods_supported") or []),
        )
        self._doors = (time.monotonic(), doors)
        return doors

    def key(self, kid: str) -> dict[str, Any]:
        """Return the public key of that name, asked again when it is not known: providers renew theirs.

        :raises ProviderSilent: when the provider has none
        """
        for known in (self._keys, None):
            keys = known if known is not None else self._ask_keys()
            for key in keys:
                if isinstance(key, dict) and key.get("kid") == kid:
                    return key
        raise ProviderSilent("it has no key of the name that its token bears")

    def _ask_keys(self) -> list[dict[str, Any]]:
        keys = self._ask("GET", self.doors().jwks).get("keys")
        self._keys = keys if isinstance(keys, list) else []
        return self._keys

    def exchange(self, *, code: str, verifier: str, redirect_uri: str) -> str:
        """Give a code and its PKCE verifier, receive an id_token, not verified yet.

        :raises ProviderRefused: when the provider says no
        """
        doors = self.doors()
        params = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
            "client_id": self.client_id,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if doors.posts_secret:
            params["client_secret"] = self.secret
        else:
            pair = f"{quote(self.client_id, safe='')}:{quote(self.secret, safe='')}"
            headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        answer = self._ask("POST", doors.token, headers=headers, content=urlencode(params).encode())
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise ProviderSilent("its answer holds no id_token")
        return token

    def _ask(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, content: bytes = b""
    ) -> dict[str, Any]:
        if time.monotonic() < self._silent_until:
            raise ProviderSilent("it did not answer a moment ago")
        if not self._turns.acquire(timeout=self.patience.turn):
            raise ProviderSilent("this process already waits for it as much as it may")
        try:
            status, body = self._exchange(method, url, headers or {}, content)
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError) as error:
            self._silent_until = time.monotonic() + self.patience.rest
            raise ProviderSilent(f"{type(error).__name__}: {error}"[:300]) from error
        finally:
            self._turns.release()
        if 400 <= status < 500:
            raise ProviderRefused(f"HTTP {status}")
        if status != 200:
            raise ProviderSilent(f"HTTP {status}")
        return _object(body)

    def _exchange(self, method: str, url: str, headers: Mapping[str, str], content: bytes) -> tuple[int, bytes]:
        patience = self.patience
        return exchange(
            method,
            url,
            headers={"Accept": "application/json", **headers},
            content=content,
            timeouts={
                "connect": patience.connect,
                "read": patience.read,
                "write": patience.read,
                "pool": patience.turn,
            },
            total=patience.total,
            largest=LARGEST,
            tls=self._tls,
        )

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.ca_file or None)


def _address(description: Mapping[str, Any], name: str) -> str:
    url = description.get(name)
    parts = urlsplit(url) if isinstance(url, str) else None
    if parts is None or not parts.hostname:
        raise ProviderSilent(f"its {name} is no address")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOCAL_NAMES):
        raise ProviderSilent(f"its {name} is not in https")
    return parts.geturl()


def _object(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ProviderSilent("its answer is not JSON") from error
    if not isinstance(answer, dict):
        raise ProviderSilent("its answer is no JSON object")
    return answer
