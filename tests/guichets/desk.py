"""A minimal desk, over real HTTP on this machine, that answers what the test told it last."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import unquote

from django.conf import settings

from guichets.queries.desks import desk_of

CNDA = {
    "schema": "cnda-demande/1",
    "nil": "NIL-1",
    "logiciel": "Sirocco Résidence",
    "teleservice": "INSI",
    "etape": "pre_examen",
    "date_etape": "2026-11-02",
    "retour_prevu": "2026-11-20",
    "attestation": None,
    "lettre": None,
}

GAZELLE = {"schema": "gazelle-resultat/1", "oid": "1.3.6.1.4.1.12559.11.1", "resultat": "DONE_PASSED"}
GAZELLE |= {"date": "2026-11-02"}


class Desk:
    """The desk.

    :param says: fields that replace the usual ones in its answer, under `status`
    :param meanwhile: a function to run before each answer
    :param asked: how many times each number was asked for
    """

    def __init__(self) -> None:
        self.says: dict[str, Any] = {}
        self.status = 200
        self.headers: dict[str, str] = {}
        self.meanwhile: Callable[[], None] = lambda: None
        self.asked: dict[str, int] = {}
        self.lock = Lock()

    def answer(self, path: str) -> bytes:
        path, _, link = path.partition("?lien=")
        numero = unquote(link or path.rpartition("/")[2])
        with self.lock:
            self.asked[numero] = self.asked.get(numero, 0) + 1
        self.meanwhile()
        if self.status != 200:
            return json.dumps({"title": "Non", "status": self.status}).encode()
        answer = {**GAZELLE, "lien": numero} if link else {**CNDA, "numero": numero}
        return json.dumps({**answer, **self.says}).encode()


@contextmanager
def a_desk(name: str = "cnda") -> Iterator[Desk]:
    """Run a desk, and write its address in the settings."""
    desk = Desk()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = desk.answer(self.path)
            self.send_response(desk.status)
            kind = "application/json" if desk.status == 200 else "application/problem+json"
            for header, value in {"Content-Type": kind, "Content-Length": str(len(body)), **desk.headers}.items():
                self.send_header(header, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    host = f"127.0.0.1:{server.server_port}"
    given = settings.GUICHETS[name]
    settings.GUICHETS[name] = given | {"url": f"http://{host}", "hosts": host}
    try:
        yield desk
    finally:
        desk_of(name).close()
        settings.GUICHETS[name] = given
        server.shutdown()
        server.server_close()
