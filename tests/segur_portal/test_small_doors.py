"""The portal's small doors: headers, charsets, robots.txt, security.txt, the page of an unforeseen error, the logs."""

import logging
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from gunicorn.config import Config
from pytest_django import Settings

from comptes import clock
from comptes.models import Compte
from segur_portal.logs import DOORS, HIDDEN, AccessLog, LogLine, without_secrets
from segur_portal.views import broken
from tests.factories.comptes import CompteFactory

SignIn = Callable[[Compte | None], Client]
AT = datetime(2026, 10, 1, 12, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def it_is_noon() -> Iterator[None]:
    with clock.travel(AT):
        yield


# -- secrets in no log -----------------------------------------------------------------------------------------------


def routes(patterns: list[Any], before: str = "/") -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


def test_every_address_that_bears_a_secret_is_hidden_in_logs() -> None:
    secret = re.compile(r"<(?:\w+:)?(?:token|uidb64|secret|jeton)>")
    secret_routes = {secret.split(route)[0] for route in routes(get_resolver().url_patterns) if secret.search(route)}

    assert secret_routes == set(DOORS)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("GET /invitation/Zm9v-bar_9/ HTTP/1.1", f"GET /invitation/{HIDDEN} HTTP/1.1"),
        ("/mot-de-passe/MTI/c9x-1f/?suite=1", f"/mot-de-passe/{HIDDEN}?suite=1"),
        ("https://portail.example/calendrier/abc.ics", f"https://portail.example/calendrier/{HIDDEN}"),
        ("/oidc/retour/?state=s3cret&code=c0de", f"/oidc/retour/?state={HIDDEN}&code={HIDDEN}"),
        ("Not Found: /invitation/a/ and /invitation/b/", f"Not Found: /invitation/{HIDDEN} and /invitation/{HIDDEN}"),
        ("/editeurs/12/?page=2", "/editeurs/12/?page=2"),
    ],
)
def test_a_text_is_written_without_the_secrets_of_addresses(text: str, written: str) -> None:
    assert without_secrets(text) == written


def test_the_access_log_hides_secrets_and_names_the_person_s_address() -> None:
    class Answer:
        status, sent, headers = "200 OK", 12, ()

    class Asked:
        headers = (("REFERER", "https://portail.example/invitation/s3cret/"),)

    path = "/mot-de-passe/MTI/s3cret/"
    environ = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": path,
        "PATH_INFO": path,
        "QUERY_STRING": "token=s3cret",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "192.0.2.7",
        "HTTP_REFERER": "https://portail.example/invitation/s3cret/",
        "segur.client_address": "203.0.113.5",
    }
    config = Config()
    log = AccessLog(config)
    atoms = log.atoms(Answer(), Asked(), environ, AT - AT)
    line = config.access_log_format % log.atoms_wrapper_class(atoms)

    assert line.startswith("203.0.113.5 ")
    assert "s3cret" not in line
    assert "s3cret" not in str(atoms | {"{referer}e": atoms["{http_referer}e"]})


def test_the_error_log_of_the_web_server_hides_secrets(tmp_path: Path) -> None:
    config = Config()
    config.set("errorlog", str(tmp_path / "erreurs"))
    AccessLog(config).error("Error handling request %s", "GET /invitation/s3cret/?token=s3cret")

    written = (tmp_path / "erreurs").read_text()
    assert f"Error handling request GET /invitation/{HIDDEN}?token={HIDDEN}" in written


def test_a_refusal_in_the_log_hides_the_secret(caplog: pytest.LogCaptureFixture, db: None) -> None:
    Client().get("/invitation/inconnu-s3cret/")
    lines = [LogLine("{message}", style="{").format(record) for record in caplog.records]

    assert lines == [f"Not Found: /invitation/{HIDDEN}"]


# -- the page of an unforeseen error ---------------------------------------------------------------------------------


def test_an_unforeseen_error_gives_the_reference_that_the_log_bears(
    settings: Settings, db: None, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ROOT_URLCONF = "tests.segur_portal.urls"
    with caplog.at_level(logging.ERROR, logger="django.request"):
        page = Client(raise_request_exception=False).get("/essai/ecrire/")
    text = page.content.decode()
    (line,) = [LogLine("{message}", style="{").format(record) for record in caplog.records]
    reference = re.search(r"<strong>([0-9A-F]{8})</strong>", text)

    assert page.status_code == 500
    assert reference is not None
    assert line.startswith(f"[référence {reference[1]}] Internal Server Error: /essai/ecrire/")
    assert "ReadOnlySqlTransaction" in line
    assert "prévenue" not in text


def test_an_error_is_answered_even_when_its_page_cannot_be_drawn(
    settings: Settings, rf: RequestFactory, tmp_path: Path
) -> None:
    (tmp_path / "500.html").write_text("{% include 'absent.html' %}", encoding="utf-8")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    page = broken(rf.get("/"))

    assert page.status_code == 500
    assert re.search(r"Le portail a rencontré une erreur \([0-9A-F]{8}\)", page.content.decode())


# -- charsets --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("charset", ["utf-7", "hex", "iso-8859-1", "inconnu", "é", " "])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_another_charset_is_refused_in_a_sentence(db: None, method: str, charset: str, kind: str) -> None:
    page = Client().generic(method, reverse("comptes:sign_in"), b"email=a", content_type=f"{kind}; charset={charset}")

    assert page.status_code == 415
    assert "Votre demande n’est pas en UTF-8" in page.content.decode()


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "utf8", '"utf-8"'])
def test_utf8_is_read(db: None, charset: str) -> None:
    kind = f"application/x-www-form-urlencoded; charset={charset}"
    page = Client().generic("post", reverse("comptes:sign_in"), b"email=a", content_type=kind)

    assert page.status_code == 422  # read, and refused for want of a password


@pytest.mark.parametrize("charset", ["charset*=nope''x", "charset*=hex''x", "charset*=utf-8''utf-7"])
def test_a_type_that_fails_before_any_middleware_is_refused_too(db: None, charset: str) -> None:
    from segur_portal.wsgi import application

    told: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/connexion/",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": f"text/plain; {charset}",
        "CONTENT_LENGTH": "1",
        "wsgi.input": BytesIO(b"a"),
        "wsgi.errors": BytesIO(),
        "wsgi.url_scheme": "http",
    }
    body = b"".join(application(environ, lambda status, headers, error=None: told.append(status)))

    assert told == ["415 Unsupported Media Type"]
    assert "UTF-8" in body.decode()


# -- headers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["home", "help", "comptes:account", "comptes:notifications", "referencement:solutions"]
)
def test_nothing_that_a_signed_in_person_reads_is_kept_by_their_browser(db: None, sign_in: SignIn, name: str) -> None:
    page = sign_in(CompteFactory()).get(reverse(name))

    assert page.status_code == 200
    assert set(page["Cache-Control"].split(", ")) >= {"private", "no-store"}


def test_a_public_page_is_kept_as_before(db: None) -> None:
    assert not Client().get(reverse("help")).has_header("Cache-Control")


def test_what_is_published_says_that_it_is_public_to_everybody(db: None, sign_in: SignIn) -> None:
    address = reverse("referencement:solutions_csv")

    assert sign_in(CompteFactory()).get(address)["Cache-Control"] == Client().get(address)["Cache-Control"]


@pytest.mark.parametrize("address", ["/", "/aide/", "/sante/", "/nulle-part/", "/robots.txt"])
def test_browsers_lend_the_portal_no_sensor(db: None, address: str) -> None:
    policy = Client().get(address)["Permissions-Policy"]

    assert {"camera=()", "microphone=()", "geolocation=()", "payment=()", "usb=()"} <= set(policy.split(", "))


# -- robots and researchers ------------------------------------------------------------------------------------------


def test_robots_read_what_is_public_alone(db: None) -> None:
    page = Client().get("/robots.txt")

    assert page["Content-Type"] == "text/plain; charset=utf-8"
    assert page.content.decode().splitlines() == [
        "User-agent: *",
        "Allow: /$",
        "Allow: /aide/$",
        "Allow: /glossaire/$",
        "Allow: /accessibilite/$",
        "Allow: /contact/$",
        "Allow: /mentions-legales/$",
        "Allow: /donnees-personnelles/$",
        "Allow: /plan-du-site/$",
        "Allow: /solutions/$",
        "Allow: /aide/",
        "Allow: /solutions/",
        "Disallow: /",
    ]


def test_security_txt_names_the_contact_until_a_day_to_come(db: None, settings: Settings) -> None:
    settings.SECURITY_CONTACT = "mailto:securite@portail.example"

    assert Client().get("/.well-known/security.txt").content.decode().splitlines() == [
        "Contact: mailto:securite@portail.example",
        "Expires: 2027-03-30T00:00:00Z",
        "Preferred-Languages: fr, en",
        "Canonical: http://testserver/.well-known/security.txt",
    ]


def test_security_txt_without_a_contact_is_nowhere(db: None, settings: Settings) -> None:
    settings.SECURITY_CONTACT = ""

    assert Client().get("/.well-known/security.txt").status_code == 404
