"""Serves a scenario on this machine: one process, one thread for each connection, and the network faults."""

import socket
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .answers import Question, SimulatedAnswer, Target, find, problem, say
from .scenario import Fault, Scenario, SimulatedFault

HERE = "127.0.0.1"
INSTANT = "X-Portail-At"


@dataclass
class Play:
    """A scenario being served: its counters, and the event that stops it."""

    scenario: Scenario
    now: Callable[[], datetime]
    latency: float = 0
    asked: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)
    _met: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self) -> None:
        with self._lock:
            self.asked += 1

    def panne_of(self, target: Target, at: datetime) -> SimulatedFault | None:
        """Return the fault that this question gets: the first one that is due and not used up."""
        for rank, panne in enumerate(target.demande.pannes):
            if panne.since <= at < panne.until and self._is_left(panne, (target.desk, target.demande.numero, rank)):
                return panne
        return None

    def _is_left(self, panne: SimulatedFault, which: tuple[str, str, int]) -> bool:
        with self._lock:
            self._met[which] += 1
            return not panne.times or self._met[which] <= panne.times


class Server(ThreadingHTTPServer):
    """Listens on 127.0.0.1 only; `serve_forever` until `stop`.

    :param port: 0 for any free port; `address` tells which
    """

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, play: Play, port: int = 0) -> None:
        self.play = play
        super().__init__((HERE, port), Handler)

    @property
    def address(self) -> str:
        return f"http://{HERE}:{self.server_address[1]}"

    def stop(self) -> None:
        self.play.stopping.set()
        self.shutdown()

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore the error: clients that hang up are expected."""


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 60

    def do_GET(self) -> None:
        play = self.server.play
        play.count()
        if play.latency:
            play.stopping.wait(play.latency)
        try:
            at = self._instant()
        except ValueError:
            self._send(problem(400, "Instant illisible."))
            return
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        target = find(play.scenario, Question(self.path, token))
        if isinstance(target, SimulatedAnswer):
            self._send(target)
            return
        panne = play.panne_of(target, at)
        self._send(say(target, panne, at), panne)

    def _instant(self) -> datetime:
        """Return the instant that the portal sends; without it, the machine's."""
        header = self.headers.get(INSTANT)
        at = datetime.fromisoformat(header) if header else self.server.play.now()
        if at.tzinfo is None:
            raise ValueError(header)
        return at

    def _send(self, answer: SimulatedAnswer, panne: SimulatedFault | None = None) -> None:
        """Write an answer, with the network fault if there is one."""
        fault = panne.fault if panne else None
        seconds = panne.seconds if panne else 0
        if fault is Fault.SLOW:
            self.server.play.stopping.wait(seconds)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        match fault:
            case Fault.CUT:
                self.wfile.write(answer.body[: len(answer.body) // 2])
                self._hang_up()
            case Fault.DRIP:
                self._drip(answer.body, seconds)
            case _:
                self.wfile.write(answer.body)

    def _hang_up(self) -> None:
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _drip(self, body: bytes, seconds: float) -> None:
        for number in range(len(body)):
            self.wfile.write(body[number : number + 1])
            self.wfile.flush()
            if self.server.play.stopping.wait(seconds):
                break
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the standard library's name
        """Log nothing: there would be thousands of lines."""
