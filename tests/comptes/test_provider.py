"""Which descriptions and answers of a provider the connector accepts."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import environ
import pytest

from comptes.connectors.provider import LARGEST, Patience, Provider, ProviderRefused, ProviderSilent
from segur_portal import openid


class Site:
    """A site that answers what it was told to, by path: a status and a body, or a header too."""

    def __init__(self, address: str) -> None:
        self.issuer = f"{address}/o"
        self.answers: dict[str, tuple[int, bytes, dict[str, str]]] = {}
        self.asked: list[tuple[str, bytes, str]] = []

    def says(self, path: str, body: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answers[path] = (status, raw, headers or {})

    def describes(self, **changes: Any) -> None:
        doors = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        self.says("/o/.well-known/openid-configuration", doors | changes)


@pytest.fixture
def site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            made.asked.append((self.path, self.rfile.read(length), self.headers.get("Authorization", "")))
            status, body, headers = made.answers.get(self.path, (404, b"", {}))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *args: object) -> None:
            """Nothing on the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made = Site(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield made
        server.shutdown()
        thread.join()


def ask(site: Site, **changes: Any) -> Provider:
    return Provider(**{"issuer": site.issuer, "client_id": "portail", "secret": "s:é", **changes})


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"issuer": "https://ailleurs.example"}, "otherwise than the issuer"),
        ({"issuer": None}, "otherwise than the issuer"),
        ({"token_endpoint": "http://ailleurs.example/token"}, "not in https"),
        ({"token_endpoint": "file:///etc/passwd"}, "no address"),
        ({"jwks_uri": None}, "no address"),
        ({"authorization_endpoint": 12}, "no address"),
        ({"end_session_endpoint": "http://ailleurs.example/"}, "not in https"),
    ],
)
def test_a_description_that_is_not_the_standard_s_is_not_believed(site, changes, why):
    site.describes(**changes)

    with pytest.raises(ProviderSilent, match=why):
        ask(site).doors()


@pytest.mark.parametrize(
    ("body", "why"), [(b"<html>", "not JSON"), (b"[]", "no JSON object"), (b"x" * (LARGEST + 1), "too large")]
)
def test_a_description_that_does_not_read_is_not_believed(site, body, why):
    site.says("/o/.well-known/openid-configuration", body)

    with pytest.raises(ProviderSilent, match=why):
        ask(site).doors()


def test_a_redirection_is_not_followed(site):
    site.says("/o/.well-known/openid-configuration", b"", status=302, headers={"Location": "http://127.0.0.1/"})

    with pytest.raises(ProviderSilent, match="HTTP 302"):
        ask(site).doors()
    assert len(site.asked) == 1


def test_the_description_is_asked_again_after_a_while_only(site):
    site.describes()
    asked = ask(site)
    assert asked.doors() == asked.doors()
    assert len(site.asked) == 1

    asked = ask(site, patience=Patience(known=0))
    asked.doors()
    asked.doors()
    assert len(site.asked) == 3


def test_a_key_that_is_new_is_asked_for_once_more(site):
    """A provider renews its keys: nobody has to restart the portal."""
    site.describes()
    site.says("/o/keys", {"keys": [{"kid": "ancienne"}]})
    asked = ask(site)
    assert asked.key("ancienne") == {"kid": "ancienne"}

    site.says("/o/keys", {"keys": [{"kid": "nouvelle"}, "n’importe quoi"]})
    assert asked.key("nouvelle") == {"kid": "nouvelle"}
    with pytest.raises(ProviderSilent, match="no key"):
        asked.key("ancienne")


@pytest.mark.parametrize("answer", [{}, {"id_token": 12}, {"access_token": "a"}])
def test_an_exchange_without_id_token_gives_nothing(site, answer):
    site.describes()
    site.says("/o/token", answer)

    with pytest.raises(ProviderSilent, match="no id_token"):
        ask(site).exchange(code="c", verifier="v", redirect_uri="http://testserver/")


def test_the_secret_goes_where_the_provider_wants_it(site):
    site.describes()
    site.says("/o/token", {"id_token": "t"})
    ask(site).exchange(code="c", verifier="v", redirect_uri="http://testserver/")
    site.describes(token_endpoint_auth_methods_supported=["client_secret_post"])
    ask(site).exchange(code="c", verifier="v", redirect_uri="http://testserver/")

    (_, first, by_header), (_, second, no_header) = [request for request in site.asked if request[0] == "/o/token"]
    assert (b"client_secret" in first, by_header) == (False, "Basic cG9ydGFpbDpzJTNBJUMzJUE5")
    assert (b"client_secret=s%3A%C3%A9" in second, no_header) == (True, "")
    assert b"code_verifier=v" in first


def test_no_is_not_silence(site):
    """A code that was used says nothing of the provider's health: the next person is not made to wait."""
    site.describes()
    site.says("/o/token", {"error": "invalid_grant"}, status=400)
    asked = ask(site)

    for _ in range(2):
        with pytest.raises(ProviderRefused):
            asked.exchange(code="c", verifier="v", redirect_uri="http://testserver/")


def test_secrets_are_not_in_what_is_printed(site):
    assert "s:é" not in repr(ask(site))


@pytest.mark.parametrize(
    ("variables", "origins"),
    [
        ({}, []),
        ({"OIDC_ISSUER": "https://isc.example/realms/isc"}, ["https://isc.example"]),
        (
            {"OIDC_ISSUER": "https://isc.example", "OIDC_ORIGINS": "https://a.example,https://b.example"},
            ["https://a.example", "https://b.example"],
        ),
    ],
)
def test_settings_name_where_forms_may_lead(monkeypatch, variables, origins):
    for name in ("OIDC_ISSUER", "OIDC_ORIGINS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert openid.provider(environ.Env())["origins"] == origins
