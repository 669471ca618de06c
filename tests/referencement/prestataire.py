"""A provider of signatures on this machine: it keeps requests, signs when told to, and sends events."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from referencement.connectors.seal import self_signed
from referencement.connectors.signature import Embedded, Signing
from referencement.documents.stamp import draw_stamp
from tests.factories.conventions import AT

TOKEN = "jeton-du-portail"


class Prestataire(ThreadingHTTPServer):
    """The provider.

    :param procedures: the request of each procedure, by reference
    :param down: whether it answers 503
    :param asked: every request that it received
    """

    daemon_threads = True

    def __init__(self) -> None:
        self.procedures: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[str, str]] = []
        self.down = False
        self.seal = seal()
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def sign(self, reference: str, *, on: bytes = b"") -> None:
        """Sign what was sent, or another file."""
        procedure = self.procedures[reference]
        stamp = draw_stamp(name=procedure["nom"], quality="", for_whom="l’éditeur", version="1", at=AT)
        signing = Signing(procedure["champ"], procedure["nom"], "Signature", stamp, AT)
        signed = self.seal.sign(on or base64.b64decode(procedure["document"]), signing)
        procedure |= {"etat": "signed", "document": base64.b64encode(signed).decode()}


class Handler(BaseHTTPRequestHandler):
    server: Prestataire

    def do_PUT(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.known():
            self.server.procedures.setdefault(self.reference, body | {"etat": "open"})
            self.say(200, {})

    def do_GET(self) -> None:
        if self.known():
            procedure = self.server.procedures.get(self.reference)
            self.say(200 if procedure else 404, procedure or {})

    def do_DELETE(self) -> None:
        if self.known():
            self.server.procedures.get(self.reference, {})["etat"] = "cancelled"
            self.say(204, {})

    @property
    def reference(self) -> str:
        return self.path.removeprefix("/procedures/")

    def known(self) -> bool:
        self.server.asked.append((self.command, self.reference))
        if self.server.down:
            self.say(503, {})
        elif self.headers["Authorization"] != f"Bearer {TOKEN}":
            self.say(401, {})
        else:
            return True
        return False

    def say(self, status: int, body: dict[str, Any]) -> None:
        content = b"" if status == 204 else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@cache
def seal() -> Embedded:
    """Make the provider's seal once: a key takes up to a second."""
    return Embedded(self_signed(name="Prestataire", password="x", at=AT), "x")


@contextmanager
def a_prestataire() -> Iterator[Prestataire]:
    server = Prestataire()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
