"""A real timestamping authority for tests, on a free port of this machine, that can be told to lie."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

DER, PEM = serialization.Encoding.DER, serialization.Encoding.PEM
YEAR = timedelta(days=365)


def name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Tsa(ThreadingHTTPServer):
    """The authority.

    :param lie: hash, nonce, expired, foreign, clock, refusal, garbage, hang, headers, drip or endless; empty: honest
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.lie, self.released = "", Event()
        now = self.now = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 -- an authority has its own clock
        key = new_key()
        self.root = certificate("Autorité", key, now - YEAR * 4, now + YEAR)
        self.stampers = {
            "": stamper(key, now - YEAR, now + YEAR, now),
            "expired": stamper(key, now - YEAR * 2, now - YEAR, now),
            "clock": stamper(key, now - YEAR, now + YEAR, now - timedelta(minutes=6)),
            "foreign": stamper(new_key(), now - YEAR, now + YEAR, now),
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"

    @property
    def roots(self) -> bytes:
        return self.root.public_bytes(PEM)

    def answer(self, question: bytes) -> bytes:
        asked = tsp.TimeStampReq.load(question)
        if self.lie == "hash":
            asked["message_imprint"]["hashed_message"] = b"\x01" * 32
        if self.lie == "nonce":
            asked["nonce"] = 12345
        if self.lie == "refusal":
            return bytes.fromhex("30053003020102")  # a status alone: rejection
        return bytes(self.stampers.get(self.lie, self.stampers[""]).request_tsa_response(asked).dump())


def certificate(
    common: str, key: rsa.RSAPrivateKey, since: datetime, until: datetime, by: rsa.RSAPrivateKey | None = None
) -> x509.Certificate:
    """Make the certificate of « Autorité », or one that stamps."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(common))
        .issuer_name(name("Autorité"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
    )
    if by:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return builder.sign(by or key, hashes.SHA256())


def stamper(by: rsa.RSAPrivateKey, since: datetime, until: datetime, at: datetime) -> DummyTimeStamper:
    key = new_key()
    made = certificate("Horodatage", key, since, until, by).public_bytes(DER)
    private = key.private_bytes(DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return DummyTimeStamper(asn1.Certificate.load(made), keys.PrivateKeyInfo.load(private), fixed_dt=at)


class _Answer(BaseHTTPRequestHandler):
    server: Tsa

    def do_POST(self) -> None:
        question, lie = self.rfile.read(int(self.headers["Content-Length"])), self.server.lie
        if lie == "hang":
            self.server.released.wait(20)
        answer = b"pas une reponse" if lie == "garbage" else self.server.answer(question)
        self.send_response(200)
        try:
            self._drip_headers(lie)
        except OSError:
            return  # who asked is tired of waiting
        self.send_header("Content-Type", "application/timestamp-reply")
        self.end_headers()
        try:
            self._write(answer, lie)
        except OSError:
            return  # who asked is tired of waiting

    def _drip_headers(self, lie: str) -> None:
        """Send an endless header, one byte at a time, so that no single read times out."""
        while lie == "headers" and not self.server.released.wait(0.1):
            self.flush_headers()
            self.wfile.write(b"X")
            self.wfile.flush()

    def _write(self, answer: bytes, lie: str) -> None:
        if lie == "drip":
            for byte in answer:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                if self.server.released.wait(0.1):
                    return
        while lie == "endless" and not self.server.released.is_set():
            self.wfile.write(b"0" * 10_000)
        self.wfile.write(answer)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serve() -> Iterator[Tsa]:
    with Tsa() as tsa:
        thread = Thread(target=tsa.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield tsa
        finally:
            tsa.released.set()
            tsa.shutdown()
            thread.join()
