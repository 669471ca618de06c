"""A provider of signatures on this machine: it keeps what it is asked, signs when told to, and says what happened."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from referencement.connectors.seal import self_signed
from referencement.connectors.signature import Embedded, Signing
from referencement.documents.stamp import draw_stamp
from tests.factories.conventions import AT

TOKEN = "jeton-du-portail"


class Prestataire(ThreadingHTTPServer):
    """`procedures`: what each one was asked, by reference; `down`: it answers 503; `asked`: each question it heard."""

    daemon_threads = True

    def __init__(self) -> None:
        self.procedures: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[str, str]] = []
        self.down = False
        self.seal = Embedded(self_signed(name="Prestataire", password="x", at=AT), "x")
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def sign(self, reference: str, *, on: bytes = b"") -> None:
        """The person signs what was sent, or another file."""
        one = self.procedures[reference]
        stamp = draw_stamp(name=one["nom"], quality="", for_whom="l’éditeur", version="1", at=AT)
        signing = Signing(one["champ"], one["nom"], "Signature", stamp, AT)
        signed = self.seal.sign(on or base64.b64decode(one["document"]), signing)
        one |= {"etat": "signed", "document": base64.b64encode(signed).decode()}


class Handler(BaseHTTPRequestHandler):
    server: Prestataire

    def do_PUT(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.known():
            self.server.procedures.setdefault(self.reference, said | {"etat": "open"})
            self.say(200, {})

    def do_GET(self) -> None:
        if self.known():
            found = self.server.procedures.get(self.reference)
            self.say(200 if found else 404, found or {})

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

    def say(self, status: int, said: dict[str, Any]) -> None:
        content = b"" if status == 204 else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def a_prestataire() -> Iterator[Prestataire]:
    server = Prestataire()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
