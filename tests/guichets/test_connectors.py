"""The client against desks that are alive: what each fault is called, and what it costs."""

import gzip
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from guichets.connectors.client import Certificate, DeskClient, Retries, Timeouts
from guichets.connectors.errors import DeskUnreachable
from guichets.enums import Contrat, Panne
from guichets.simulateur.scenario import read_scenario
from guichets.simulateur.server import Play, Server
from tests.guichets import contracts
from tests.guichets.desks import AT, FAULTS, HURRIED, QUICK, Socket, case, client, faulty_desks, http

__all__ = ["faulty_desks"]

every_desk = pytest.mark.parametrize("guichet", Contrat)
NAMED = {
    "SLOW": Panne.SLOW,
    "DRIP": Panne.SLOW,
    "ERROR-500": Panne.SERVER_ERROR,
    "THROTTLED": Panne.THROTTLED,
    "CUT": Panne.CUT,
    "NOT-JSON": Panne.NOT_JSON,
    "OTHER-SCHEMA": Panne.OTHER_SCHEMA,
    "OTHER-ID": Panne.OTHER_ID,
    "TOO-LARGE": Panne.TOO_LARGE,
    "REDIRECT": Panne.FORBIDDEN_HOST,
    "INCONNU": Panne.UNKNOWN,
}


def failure_of(reader: DeskClient, numero: str) -> DeskUnreachable:
    with reader, pytest.raises(DeskUnreachable) as caught:
        reader.read(numero, at=AT)
    assert 0 < len(caught.value.detail) <= 300
    return caught.value


@every_desk
@pytest.mark.parametrize("name", NAMED)
def test_fault_of_a_live_desk_has_its_name(guichet: Contrat, name: str, faulty_desks: str) -> None:
    timeouts = HURRIED if NAMED[name] is Panne.SLOW else QUICK
    assert failure_of(client(guichet, faulty_desks, timeouts=timeouts), case(guichet, name)).kind is NAMED[name]


@every_desk
def test_live_desk_answers_well(guichet: Contrat, faulty_desks: str) -> None:
    numero = case(guichet, "BIEN")
    with client(guichet, faulty_desks) as reader:
        snapshot = reader.read(numero, at=AT)

    assert (snapshot.numero, snapshot.fetched_at) == (numero, AT)
    assert snapshot.date_etape == date(2027, 1, 4)
    assert snapshot.etape == {"cnda": "examen", "edc_psc": "in_review", "gazelle": "DONE_PASSED"}[guichet]
    assert contracts.why_not(guichet, 200, "application/json", json.loads(snapshot.raw)) == []


@every_desk
@pytest.mark.parametrize("name", ["BACKWARDS", "UNKNOWN-STATUS", "FUTURE-DATE"])
def test_strange_news_in_the_right_form_are_for_the_reconciliation(
    guichet: Contrat, name: str, faulty_desks: str
) -> None:
    with client(guichet, faulty_desks) as reader:
        well, strange = (reader.read(case(guichet, numero), at=AT) for numero in ("BIEN", name))

    assert (strange.etape, strange.date_etape) != (well.etape, well.date_etape)
    assert name != "UNKNOWN-STATUS" or strange.etape == "suspendue"
    assert name != "FUTURE-DATE" or strange.date_etape > AT.date()


def test_desk_does_not_know_a_wrong_token(faulty_desks: str) -> None:
    failure = failure_of(client(Contrat.CNDA, faulty_desks, token="autre"), "BIEN")

    assert (failure.kind, failure.passing) == (Panne.SERVER_ERROR, False)
    assert "autre" not in failure.detail


# -- retries --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["SLOW", "ERROR-500", "CUT", "THROTTLED"])
def test_fault_that_passes_is_met_again_until_it_passes(name: str) -> None:
    waits: list[float] = []
    scenario = read_scenario(FAULTS.read_text(encoding="utf-8"))
    with served(Server(Play(scenario, lambda: AT))) as server:
        asked = client(Contrat.CNDA, server.address, retries=Retries(attempts=3), sleep=waits.append)
        with asked as reader:
            snapshot = reader.read(f"PASSAGER-{name}", at=AT)

    assert snapshot.etape == "examen"
    assert server.play.asked == 3
    assert len(waits) == 2
    assert 0 <= waits[0] <= 0.4
    assert 0 <= waits[1] <= 0.8


@pytest.mark.parametrize(
    ("answer", "attempts"),
    [
        (http("503 X"), 4),
        (http("500 X"), 4),
        (http("429 X", b"", "Retry-After: 2"), 4),
        (http("429 X", b"", "Retry-After: 3"), 1),
        (http("429 X"), 1),
        (http("401 X"), 1),
        (http("404 X"), 1),
        (http("302 X", b"", "Location: https://ailleurs.example/"), 1),
        (http("200 OK", b"<html>", media_type="text/html"), 1),
        (http("200 OK", b"{}"), 1),
        (b"", 4),
    ],
)
def test_only_what_may_pass_is_asked_again_and_not_for_ever(answer: bytes, attempts: int) -> None:
    waits: list[float] = []
    retries = Retries(attempts=4, first=0.2, longest=2)
    with Socket(answer) as desk:
        failure_of(client(Contrat.CNDA, desk.address, retries=retries, sleep=waits.append), "N")

    assert len(desk.heard) == attempts
    assert len(waits) == attempts - 1
    assert all(0 <= wait <= 4 for wait in waits)


def test_desk_that_asks_to_wait_is_waited_for_and_a_little_more() -> None:
    waits: list[float] = []
    retries = Retries(attempts=6, first=0.2, longest=2)
    with Socket(http("429 X", b"", "Retry-After: 2")) as desk:
        failure = failure_of(client(Contrat.CNDA, desk.address, retries=retries, sleep=waits.append), "N")

    assert failure.retry_after == 2
    assert all(2 <= wait <= 4 for wait in waits)
    assert len(set(waits)) == 5


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        (["Retry-After: 120"], 120),
        (["Retry-After: Tue, 02 Feb 2027 10:00:30 GMT", "Date: Tue, 02 Feb 2027 10:00:00 GMT"], 30),
        (["Retry-After: Tue, 02 Feb 2027 10:00:00 GMT", "Date: Tue, 02 Feb 2027 10:00:30 GMT"], 0),
        (["Retry-After: Tue, 02 Feb 2027 10:00:30 GMT"], None),
        (["Retry-After: Tue, 02 Feb 2027 10:00:30 -0000", "Date: Tue, 02 Feb 2027 10:00:00 GMT"], None),
        (["Retry-After: -5"], None),
        (["Retry-After: bientôt"], None),
        (["Retry-After: " + "9" * 5000], None),
        ([], None),
    ],
)
def test_retry_after_is_read_in_seconds_or_as_a_date(headers: list[str], wait: float | None) -> None:
    with Socket(http("429 X", b"", *headers)) as desk:
        failure = failure_of(client(Contrat.CNDA, desk.address), "N")

    assert (failure.kind, failure.retry_after) == (Panne.THROTTLED, wait)


# -- the wire -------------------------------------------------------------------------------------------------------

WELL = json.dumps(contracts.examples(Contrat.CNDA)[0]).encode()
NUMERO = contracts.examples(Contrat.CNDA)[0]["numero"]


def endless(first: bytes, again: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.sendall(first)
        while True:
            connection.sendall(again)

    return answer


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (endless(CHUNKED, b"1000\r\n" + b" " * 4096 + b"\r\n"), Panne.TOO_LARGE),
        (endless(PLAIN, b" " * 4096), Panne.TOO_LARGE),
        (endless(b"HTTP/1.1 200 OK\r\n", b"X-Long: " + b"x" * 4096 + b"\r\n"), Panne.CUT),
        (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 65537\r\n\r\n", Panne.TOO_LARGE),
        (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + b"9" * 5000, Panne.CUT),
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
            (Panne.TOO_LARGE, Panne.CUT),
        ),
        (http("200 OK", gzip.compress(WELL), "Content-Encoding: gzip"), Panne.OTHER_SCHEMA),
        (http("200 OK", gzip.compress(b" " * 50_000_000), "Content-Encoding: gzip"), Panne.OTHER_SCHEMA),
        (http("200 OK", WELL, media_type="text/plain"), Panne.NOT_JSON),
        (http("200 OK", WELL, media_type="application/problem+json"), Panne.NOT_JSON),
        (http("204 X"), Panne.OTHER_SCHEMA),
        (http("404 X", b"<html>", media_type="text/html"), Panne.NOT_JSON),
        (http("404 X", b'{"message": "no route"}', media_type="application/problem+json"), Panne.OTHER_SCHEMA),
        (http("302 X", b"", "Location: http://["), Panne.FORBIDDEN_HOST),
        (http("304 X"), Panne.FORBIDDEN_HOST),
        (b"SSH-2.0-OpenSSH_9.2\r\n", Panne.CUT),
        (b"", Panne.CUT),
        (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{", Panne.CUT),
    ],
)
def test_what_is_not_the_contract_s_http_has_its_name(answer: Any, kind: Panne | tuple[Panne, ...]) -> None:
    with Socket(answer) as desk:
        failure = failure_of(client(Contrat.CNDA, desk.address), NUMERO)

    assert failure.kind in (kind if isinstance(kind, tuple) else (kind,))


def test_charset_of_json_is_heard() -> None:
    answer = http("200 OK", WELL, media_type="Application/JSON; charset=utf-8")
    with Socket(answer) as desk, client(Contrat.CNDA, desk.address) as reader:
        assert reader.read(NUMERO, at=AT).raw == WELL


def test_answer_as_large_as_allowed_is_read() -> None:
    body = WELL[:-1] + b" " * (64 * 1024 - len(WELL)) + b"}"
    with Socket(http("200 OK", body)) as desk, client(Contrat.CNDA, desk.address) as reader:
        assert len(reader.read(NUMERO, at=AT).raw) == 64 * 1024
    with Socket(http("200 OK", b" " + body)) as desk:
        assert failure_of(client(Contrat.CNDA, desk.address), NUMERO).kind is Panne.TOO_LARGE


@pytest.mark.parametrize("first", [b"HTTP/1.1 200 OK\r\nX-Slow: ", PLAIN, b"HT"])
def test_desk_that_drips_meets_the_deadline(first: bytes) -> None:
    """Each byte comes well within the read timeout; the exchange as a whole is bounded."""

    def drip(connection: socket.socket) -> None:
        connection.sendall(first)
        while not desk.over.wait(0.05):
            connection.sendall(b"x")

    begun = time.monotonic()
    with Socket(drip) as desk:
        timeouts = Timeouts(connect=2, read=30, write=2, pool=2, total=0.6)
        failure = failure_of(client(Contrat.CNDA, desk.address, timeouts=timeouts), NUMERO)
        lasted = time.monotonic() - begun

    assert failure.kind in ((Panne.SLOW, Panne.CUT) if first == b"HT" else (Panne.SLOW,))
    assert lasted < 3


def test_desk_that_is_not_there_is_in_error() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    failure = failure_of(client(Contrat.CNDA, f"http://127.0.0.1:{port}"), NUMERO)

    assert (failure.kind, failure.passing, failure.ours) == (Panne.SERVER_ERROR, True, False)


def test_connection_is_kept_and_cookies_are_not() -> None:
    def answer(connection: socket.socket) -> None:
        answer = http("200 OK", WELL, "Set-Cookie: suivi=1; Path=/").replace(b"Connection: close\r\n", b"")
        connection.sendall(answer)
        desk.heard.append(connection.recv(65536))
        connection.sendall(answer)

    with Socket(answer) as desk, client(Contrat.CNDA, desk.address) as reader:
        reader.read(NUMERO, at=AT)
        reader.read(NUMERO, at=AT)

    assert desk.connections == 1
    assert len(desk.heard) == 2
    assert [line for line in desk.heard if b"cookie" in line.lower()] == []


def test_connections_all_taken_are_our_fault(wait_until: Callable[..., None]) -> None:
    answered = threading.Event()

    def answer(connection: socket.socket) -> None:
        answered.wait(10)
        connection.sendall(http("200 OK", WELL))

    timeouts = Timeouts(connect=2, read=10, write=2, pool=0.1, total=10)
    with (
        Socket(answer) as desk,
        ThreadPoolExecutor() as pool,
        client(Contrat.CNDA, desk.address, connections=1, timeouts=timeouts) as reader,
    ):
        first = pool.submit(reader.read, NUMERO, at=AT)
        wait_until(lambda: desk.heard)
        with pytest.raises(DeskUnreachable) as caught:
            reader.read(NUMERO, at=AT)
        answered.set()
        assert first.result(timeout=10).numero == NUMERO

    assert (caught.value.kind, caught.value.ours) == (Panne.SLOW, True)


def test_client_is_shared_between_threads(faulty_desks: str) -> None:
    cases = ["BIEN", "OTHER-ID", "UNKNOWN-STATUS", "ERROR-500"] * 50

    def ask(name: str) -> str:
        try:
            return reader.read(name, at=AT).etape
        except DeskUnreachable as error:
            return error.kind.value

    with client(Contrat.CNDA, faulty_desks, timeouts=Timeouts()) as reader, ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(ask, cases))

    assert answers == ["examen", "other_id", "suspendue", "server_error"] * 50


def test_instant_is_told_to_simulators_only() -> None:
    with Socket(http("200 OK", WELL)) as desk, client(Contrat.CNDA, desk.address, tells_instant=False) as reader:
        reader.read(NUMERO, at=AT)

    assert b"x-portail-at" not in desk.heard[0].lower()


@pytest.mark.parametrize("token", ["a b", "é", "a\r\nX-Other: b", "a\n"])
def test_token_that_is_none_is_refused_at_once(token: str) -> None:
    with pytest.raises(ValueError, match="no bearer token") as caught:
        client(Contrat.CNDA, "http://127.0.0.1:1", token=token)

    assert token not in str(caught.value)


def test_secrets_are_not_shown() -> None:
    certificate = Certificate("c.pem", "k.pem", password="tres-secret")

    shown = repr(client(Contrat.CNDA, "http://127.0.0.1:1", token="tres-secret", certificate=certificate))

    assert "tres-secret" not in shown


# -- TLS, and the portal's own certificate --------------------------------------------------------------------------


class Authority:
    """A certification authority of this test, and what it signs, as PEM files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Autorité d'essai")])
        self.file = self._written("ca.pem", self._sign(self.name, self.key.public_key(), authority=True))

    def certificate(self, name: str, *, address: str = "127.0.0.1") -> Certificate:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        signed = self._written(f"{name}.pem", self._sign(subject, key.public_key(), address=address))
        return Certificate(signed, self._written(f"{name}.key", key))

    def _sign(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, *, address: str = "", authority: bool = False
    ) -> x509.Certificate:
        begun = datetime(2020, 1, 1, tzinfo=UTC)
        builder = x509.CertificateBuilder(
            issuer_name=self.name,
            subject_name=subject,
            public_key=key,
            serial_number=x509.random_serial_number(),
            not_valid_before=begun,
            not_valid_after=begun + timedelta(days=36_500),
        ).add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        if address:
            names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def _written(self, name: str, what: Any) -> str:
        path = self.folder / name
        if isinstance(what, x509.Certificate):
            path.write_bytes(what.public_bytes(serialization.Encoding.PEM))
        else:
            private = serialization.PrivateFormat.PKCS8
            path.write_bytes(what.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption()))
        return str(path)


class served:  # noqa: N801 -- reads as a verb: `with served(server):`
    def __init__(self, server: Server) -> None:
        self.server = server
        self.thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Server:
        self.thread.start()
        return self.server

    def __exit__(self, *error: object) -> None:
        self.server.stop()
        self.thread.join(timeout=10)
        self.server.server_close()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("autorite"))


@pytest.fixture
def tls_desk(authority: Authority) -> Iterator[str]:
    """A desk in https that knows the portal by its certificate, and asks for no token; give its address."""
    own = authority.certificate("guichet")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own.file, own.key)
    context.load_verify_locations(authority.file)
    context.verify_mode = ssl.CERT_REQUIRED
    text = FAULTS.read_text(encoding="utf-8").replace('jeton = "jeton-cnda"', "")
    server = Server(Play(read_scenario(text), lambda: AT))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    with served(server):
        yield server.address.replace("http://", "https://")


def test_portal_is_known_by_its_certificate(authority: Authority, tls_desk: str) -> None:
    own = authority.certificate("portail")
    with client(Contrat.CNDA, tls_desk, token="", certificate=own, ca_file=authority.file) as reader:
        assert reader.read("BIEN", at=AT).etape == "examen"


@pytest.mark.parametrize("lacking", ["certificate", "authority", "file"])
def test_tls_that_does_not_hold_is_an_error(lacking: str, authority: Authority, tls_desk: str, tmp_path: Path) -> None:
    own = {"certificate": None, "file": Certificate(str(tmp_path / "absent.pem"), str(tmp_path / "absent.key"))}
    given = {
        "certificate": own.get(lacking, authority.certificate("portail")),
        "ca_file": "" if lacking == "authority" else authority.file,
    }

    failure = failure_of(client(Contrat.CNDA, tls_desk, token="", timeouts=QUICK, **given), "BIEN")

    # TLS 1.3 says that a certificate is missing after the client has begun to speak.
    expected = (Panne.SERVER_ERROR, Panne.CUT) if lacking == "certificate" else (Panne.SERVER_ERROR,)
    assert failure.kind in expected
    assert failure.ours == (lacking == "file")


def test_certificate_of_another_host_is_refused(authority: Authority, tmp_path: Path) -> None:
    own = authority.certificate("autre", address="192.0.2.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own.file, own.key)
    server = Server(Play(read_scenario(FAULTS.read_text(encoding="utf-8")), lambda: AT))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    with served(server):
        address = server.address.replace("http://", "https://")
        failure = failure_of(client(Contrat.CNDA, address, ca_file=authority.file), "BIEN")

    assert failure.kind is Panne.SERVER_ERROR
    assert server.play.asked == 0
