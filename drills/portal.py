"""The portal, its workers and beat, with a tap in front of each service that a drill may stop or freeze."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx

from bench import surroundings
from bench.declared import declaration
from bench.server import CELERY, a_worker, serving
from drills.taps import OPEN, Tap, tapped

sys.path.insert(0, str(surroundings.ROOT / "script"))
from processes import dies_with_launcher

WORKERS = {
    "letters": ("letters", 2),
    "drawing": ("drawing,printing", 2),
    "others": ("dates,scans,probes,copies,desks", 2),
}
TOKEN = "b" * 32


@dataclass(frozen=True)
class Deposit:
    """A file that was sent. `status`: of the last answer, 200 when it has arrived; `door`: where it is followed."""

    status: int
    seconds: float
    door: str

    @property
    def has_arrived(self) -> bool:
        return self.status == 200


class Reader:
    """A signed-in person who reads pages and sends files, each time from another address, so as not to be throttled."""

    def __init__(self, port: int, compte: Any) -> None:
        self.port, self.asked = port, 0
        self.cookie = f"sessionid={surroundings.session_of(compte)}; csrftoken={TOKEN}"

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> tuple[int, bytes]:
        """Return the status, 0 without an answer within 40 seconds, and the content."""
        caller = HTTPConnection("127.0.0.1", self.port, timeout=40)
        self.asked += 1
        headers = {"Cookie": self.cookie, "X-CSRFToken": TOKEN}
        headers |= {"X-Forwarded-For": f"10.0.{self.asked // 250 % 250}.{self.asked % 250}"}
        headers |= {"Content-Type": kind} if kind else {}
        try:
            caller.request(method, path, body=body, headers=headers)
            answer = caller.getresponse()
            return answer.status, answer.read()
        except (OSError, HTTPException):
            return 0, b""
        finally:
            caller.close()

    def deposit(self, candidature: Any, name: str, nature: str, content: bytes) -> Deposit:
        """Declare a file and send its only part, to the portal or to its bucket."""
        begun_at = time.monotonic()
        doors = f"/candidatures/{candidature.nru}/envois/"
        declared = declaration(name, nature, content[:8192], [content])
        status, answer = self.ask("POST", doors, declared.encode(), "application/json")
        door = ""
        if status == 200:
            envoi = json.loads(answer)
            door = f"{doors}{envoi['envoi']}/"
            if envoi["ailleurs"]:
                status = self._send_to_the_bucket(door, content)
            else:
                status, _ = self.ask("PUT", f"{door}parties/1/", content, "application/octet-stream")
                status = 200 if status == 204 else status
        return Deposit(status, time.monotonic() - begun_at, door)

    def _send_to_the_bucket(self, door: str, content: bytes) -> int:
        """Ask where the part goes, send it there, and tell the portal; return the last status."""
        status, answer = self.ask("POST", f"{door}parties/1/")
        if status != 200:
            return status
        there = json.loads(answer)
        try:
            status = httpx.put(there["adresse"], content=content, headers=there["entetes"], timeout=40).status_code
        except httpx.HTTPError:
            return 0
        return self.ask("POST", door)[0] if status == 200 else status

    def is_kept(self, deposit: Deposit) -> bool:
        """Whether a file that arrived was verified, and is kept."""
        status, answer = self.ask("GET", deposit.door)
        return status == 200 and json.loads(answer)["etat"] == "kept"

    def sante(self) -> str:
        begun_at = time.monotonic()
        status, content = self.ask("GET", "/sante/")
        first = content.decode().splitlines()[0] if content else "no answer"
        return f"{status}, « {first} » in {time.monotonic() - begun_at:.1f} s"


def quantile(durations: list[float]) -> float:
    """Return the 99th percentile, 0 when nothing was measured."""
    return sorted(durations)[max(0, int(len(durations) * 0.99) - 1)] if durations else 0.0


@contextmanager
def meanwhile(target: Callable[..., None], *arguments: object, count: int) -> Iterator[None]:
    """Run `target` in `count` threads while the block runs; its last argument is an event, set when it must stop."""
    over = threading.Event()
    threads = [threading.Thread(target=target, args=(*arguments, over), daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


@contextmanager
def at_work(environment: dict[str, str], folder: Path) -> Iterator[int]:
    """Run the portal, its workers and beat; yield the port of the portal."""
    environment = environment | {"DJANGO_SETTINGS_MODULE": "segur_portal.settings", "LOG_LEVEL": "ERROR"}
    with ExitStack() as stack:
        port, _ = stack.enter_context(serving(environment, application="segur_portal.wsgi:application"))
        for name, (queues, count) in WORKERS.items():
            argv = a_worker("--hostname", f"{name}@%h", "--queues", queues, concurrency=count)
            stack.enter_context(process(argv, environment))
        beat = ["beat", "--loglevel", "ERROR", "--pidfile=", "--schedule", str(folder / "beat")]
        stack.enter_context(process([*CELERY, *beat], environment))
        yield port


@contextmanager
def process(argv: list[str], environment: dict[str, str]) -> Iterator[None]:
    """Run a process while the block runs; end it, and those that it started, afterwards."""
    options = {"start_new_session": True, "preexec_fn": dies_with_launcher(signal.SIGTERM)}
    with subprocess.Popen(argv, env={**os.environ, **environment}, **options) as started:
        try:
            yield
        finally:
            started.terminate()
            with suppress(subprocess.TimeoutExpired):
                started.wait(timeout=20)
            with suppress(ProcessLookupError):
                os.killpg(started.pid, signal.SIGKILL)


@contextmanager
def behind_taps(made: surroundings.Surroundings) -> Iterator[tuple[int, dict[str, Tap], Any]]:
    """Run every part, each behind a tap; yield the port of the portal, the taps by name, and the mail server."""
    from tests.comptes.smtp import serve

    with ExitStack() as stack:
        mail = stack.enter_context(serve())
        targets = {
            "postgresql": urlsplit(made.environment["DATABASE_URL"]).port,
            "redis": urlsplit(made.environment["REDIS_URL"]).port,
            "smtp": mail.port,
            "clamd": stack.enter_context(a_clamd()),
            "s3": stack.enter_context(a_bucket()),
        }
        taps = {name: stack.enter_context(tapped(int(port or 0))) for name, port in targets.items()}
        environment = made.environment | {
            "DATABASE_URL": through(made.environment["DATABASE_URL"], taps["postgresql"]),
            "REDIS_URL": through(made.environment["REDIS_URL"], taps["redis"]),
            "EMAIL_URL": f"smtp://127.0.0.1:{taps['smtp'].port}",
            "MAIL_ROOT": "",
            "TRUSTED_PROXIES": "127.0.0.1",
            "CLAMD_URL": f"tcp://127.0.0.1:{taps['clamd'].port}",
            "PIECES_BUCKET": "pieces",
            "PIECES_ENDPOINT": f"http://127.0.0.1:{taps['s3'].port}",
            "PIECES_REGION": "us-east-1",
            "PIECES_ACCESS_KEY": "essai",
            "PIECES_SECRET_KEY": "essai",
        }
        yield stack.enter_context(at_work(environment, made.folder)), taps, mail
        for tap in taps.values():
            tap.turn(OPEN)


def through(address: str, tap: Tap) -> str:
    place = urlsplit(address)
    account, at, _ = place.netloc.rpartition("@")
    return urlunsplit(place._replace(netloc=f"{account}{at}127.0.0.1:{tap.port}"))


@contextmanager
def a_clamd() -> Iterator[int]:
    """Run an antivirus that finds every file clean; yield its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_scan, args=(listener,), daemon=True).start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)


def _scan(listener: socket.socket) -> None:
    with suppress(OSError):
        while True:
            caller, _ = listener.accept()
            with caller, suppress(OSError):
                received = b""
                while not received.endswith(b"\0\0\0\0"):
                    if not (more := caller.recv(65536)):
                        break  # cut
                    received = (received + more)[-65536:]
                else:
                    caller.sendall(b"stream: OK\0")


@contextmanager
def a_bucket() -> Iterator[int]:
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    keys = {"aws_access_key_id": "essai", "aws_secret_access_key": "essai"}
    client = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}", region_name="us-east-1", **keys)
    client.create_bucket(Bucket="pieces")
    client.close()
    try:
        yield port
    finally:
        server.stop()
