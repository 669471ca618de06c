#!/usr/bin/env python3
"""Stop and freeze each part of a portal that really runs: are pages still read, and does every letter leave, once?"""

import argparse
import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from bench import surroundings
from drills.taps import FROZEN, OPEN, STOPPED, Tap, tapped

RESULTS = Path(__file__).with_name("resultats") / "pannes.md"
LASTS, LETTERS, RETURNS_WITHIN, READERS = 15.0, 6, 45.0, 3
NEEDED_BY_LETTERS = ("postgresql", "redis", "smtp")
WORKERS = {"letters": ("letters", 2), "slow": ("dates,scans,drawing,printing,desks", 2)}
TOKEN = "b" * 32
FAULTS = [
    ("nothing at fault", "", OPEN),
    *((f"{name} {mode}", name, mode) for name in ("redis", "smtp", "clamd", "s3") for mode in (STOPPED, FROZEN)),
    ("a poisoned notice before each letter", "poison", OPEN),
    ("postgresql stopped", "postgresql", STOPPED),
    ("postgresql frozen", "postgresql", FROZEN),
]

surroundings.DATABASE = "portail_drill_pannes"


@dataclass
class Found:
    """What one fault did. Durations in seconds."""

    name: str
    pages: list[float] = field(default_factory=list)
    refused: Counter[int] = field(default_factory=Counter)
    deposit: str = ""
    posted: dict[str, float] = field(default_factory=dict)
    meanwhile: int = 0
    after: float = 0.0
    lost: int = 0
    doubled: int = 0
    said: str = ""

    @property
    def p99(self) -> float:
        return sorted(self.pages)[max(0, int(len(self.pages) * 0.99) - 1)] if self.pages else 0.0


class Surroundings(surroundings.Surroundings):
    """One éditeur, whose formulaire d'éligibilité is submitted, and as many accounts as there are letters."""

    def _publish(self) -> None:
        from candidatures.enums import VoletKind
        from comptes import clock
        from tests.candidatures.conftest import make_team
        from tests.factories import candidatures as make
        from tests.factories.comptes import CompteFactory

        with clock.travel(make.SUMMER):
            self.team = make_team()
            make.a_submitted_volet(self.team.candidature, self.team.salarie, kind=VoletKind.ELIGIBILITE)
        count = (len(FAULTS) + 1) * LETTERS
        self.people = [CompteFactory(email=f"lettre{rank}@essai.example") for rank in range(count)]


class Drill:
    """The portal that runs behind its taps, and what arrives in its letterbox."""

    def __init__(self, made: Surroundings, taps: dict[str, Tap], mail: Any, port: int) -> None:
        self.made, self.taps, self.mail, self.port = made, taps, mail, port
        self.people = iter(made.people)
        self.asked = 0
        self.cookie = f"sessionid={surroundings._session(made.team.salarie)}; csrftoken={TOKEN}"

    def suffer(self, name: str, part: str, mode: str) -> Found:
        found = Found(name)
        over = threading.Event()
        readers = [threading.Thread(target=self._read, args=(found, over)) for _ in range(READERS)]
        if tap := self.taps.get(part):
            tap.turn(mode)
        begun_at = time.monotonic()
        for reader in readers:
            reader.start()
        sender = threading.Thread(target=self._deposit, args=(found,))
        sender.start()
        for rank in range(LETTERS):
            self._post_letter(found, poisoned=part == "poison")
            time.sleep(max(0.0, begun_at + (rank + 1) * LASTS / LETTERS - time.monotonic()))
        found.said = self._sante()
        found.meanwhile = sum(to in self._arrived() for to in found.posted)
        over.set()
        for one in (*readers, sender):
            one.join()
        back_at = time.monotonic()
        if tap:
            tap.turn(OPEN)
        while self._missing(found) and time.monotonic() - back_at < RETURNS_WITHIN:
            time.sleep(0.1)
        found.after = time.monotonic() - back_at
        found.lost = len(self._missing(found))
        found.doubled = sum(count - 1 for count in self._arrived().values())
        self.mail.received.clear()
        return found

    def _arrived(self) -> Counter[str]:
        return Counter(message["To"] for message in list(self.mail.received))

    def _missing(self, found: Found) -> list[str]:
        arrived = self._arrived()
        return [to for to in found.posted if to not in arrived]

    def _read(self, found: Found, over: threading.Event) -> None:
        paths = ("/", "/solutions/", f"/editeurs/{self.made.team.editeur.pk}/", "/mon-compte/")
        while not over.is_set():
            for path in paths:
                begun_at = time.monotonic()
                status, _ = self._ask("GET", path)
                found.pages.append(time.monotonic() - begun_at)
                if status != 200:
                    found.refused[status] += 1
                time.sleep(0.2)

    def _post_letter(self, found: Found, *, poisoned: bool) -> None:
        """Ask for a password link; with a message before it, to the same person, that nobody can write."""
        compte = next(self.people)
        if poisoned:
            from comptes import notices
            from comptes.models import Notice

            now = datetime.fromtimestamp(time.time(), UTC)  # noqa: TID251 -- the machine's own clock
            Notice.objects.create(
                kind="essai.empoisonne",
                address="compte:0",
                email=compte.email,
                posted_at=now,
                next_attempt_at=now,
                message_id=notices.new_message_id(),
            )
        typed = urlencode({"email": compte.email, "csrfmiddlewaretoken": TOKEN})
        status, _ = self._ask("POST", "/mot-de-passe-oublie/", typed.encode(), "application/x-www-form-urlencoded")
        if status in (200, 302):
            found.posted[compte.email] = time.monotonic()
        else:
            found.refused[status] += 1

    def _deposit(self, found: Found) -> None:
        """Send one file for a preuve, which is then scanned."""
        content = b"\x89PNG\r\n\x1a\n" + os.urandom(300_000)
        parts = [("csrfmiddlewaretoken", TOKEN.encode(), ""), ("nature", b"CAPTURE", "")]
        body = b"".join(
            f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + said + b"\r\n"
            for name, said, _ in parts
        )
        body += b'--x\r\nContent-Disposition: form-data; name="fichier"; filename="a.png"\r\n\r\n' + content
        body += b"\r\n--x--\r\n"
        begun_at = time.monotonic()
        address = f"/candidatures/{self.made.team.candidature.nru}/fichiers/"
        status, _ = self._ask("POST", address, body, "multipart/form-data; boundary=x")
        found.deposit = f"{status} in {time.monotonic() - begun_at:.1f} s"

    def _sante(self) -> str:
        begun_at = time.monotonic()
        status, said = self._ask("GET", "/sante/")
        first = said.decode().splitlines()[0] if said else "no answer"
        return f"{status}, « {first} » in {time.monotonic() - begun_at:.1f} s"

    def _ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> tuple[int, bytes]:
        caller = HTTPConnection("127.0.0.1", self.port, timeout=40)
        self.asked += 1
        # Each from an address of its own: people who ask for a link, not one who asks for many.
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


@contextmanager
def running(made: Surroundings) -> Iterator[Drill]:
    """Every part, each behind a tap where something may happen to it."""
    from bench.server import serving
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
            "DJANGO_SETTINGS_MODULE": "segur_portal.settings",
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
            "LOG_LEVEL": "ERROR",
        }
        port, _ = stack.enter_context(serving(environment, application="segur_portal.wsgi:application"))
        celery = [sys.executable, "-m", "celery", "-q", "-A", "segur_portal"]
        for name, (queues, count) in WORKERS.items():
            words = [
                "worker",
                "--loglevel",
                "ERROR",
                "--without-gossip",
                "--without-mingle",
                "--hostname",
                f"{name}@%h",
            ]
            stack.enter_context(
                process([*celery, *words, "--queues", queues, "--concurrency", str(count)], environment)
            )
        beat = ["beat", "--loglevel", "ERROR", "--pidfile=", "--schedule", str(made.folder / "beat")]
        stack.enter_context(process([*celery, *beat], environment))
        yield Drill(made, taps, mail, port)
        for tap in taps.values():
            tap.turn(OPEN)


def through(address: str, tap: Tap) -> str:
    place = urlsplit(address)
    account, at, _ = place.netloc.rpartition("@")
    return urlunsplit(place._replace(netloc=f"{account}{at}127.0.0.1:{tap.port}"))


@contextmanager
def process(words: list[str], environment: dict[str, str]) -> Iterator[None]:
    with subprocess.Popen(words, env={**os.environ, **environment}) as one:
        try:
            yield
        finally:
            one.terminate()
            try:
                one.wait(timeout=30)
            except subprocess.TimeoutExpired:
                one.kill()


@contextmanager
def a_clamd() -> Iterator[int]:
    """A daemon that finds every file clean."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_scan, args=(listener,), daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def _scan(listener: socket.socket) -> None:
    with suppress(OSError):
        while True:
            caller, _ = listener.accept()
            with caller, suppress(OSError):
                received = b""
                while not received.endswith(b"\0\0\0\0"):
                    received = (received + caller.recv(65536))[-65536:]
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
    yield port
    server.stop()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m drills.pannes", description=__doc__)
    parser.add_argument("--only", default="", help="the faults whose name holds these words")
    parser.add_argument("--write", action="store_true", help=f"keep the table in drills/resultats/{RESULTS.name}")
    options = parser.parse_args(arguments)
    with Surroundings() as made, running(made) as drill:
        from bench.machine import machine

        chosen = [fault for fault in FAULTS if options.only in fault[0]]
        drill.suffer("to begin with", "", OPEN)
        all_found = [say(drill.suffer, *fault) for fault in chosen]
        report = table(all_found, machine())
    print(report)
    if options.write:
        RESULTS.write_text(report, encoding="utf-8")
    return int(any(wrong(found) for found in all_found))


def say(suffer: Callable[..., Found], *fault: str) -> Found:
    found = suffer(*fault)
    print(row(found), flush=True)
    return found


def wrong(found: Found) -> bool:
    by_the_database = found.name.startswith("postgresql")
    slow = not by_the_database and (found.p99 > 2 or bool(found.refused))
    held = not found.name.startswith(NEEDED_BY_LETTERS) and found.meanwhile < LETTERS - 1
    unanswered = not by_the_database and found.deposit.startswith("0 ")
    return slow or held or unanswered or bool(found.lost or found.doubled) or found.after > 30


def row(found: Found) -> str:
    refused = ", ".join(f"{count} × {status or 'none'}" for status, count in sorted(found.refused.items())) or "–"
    cells = [
        found.name,
        f"{len(found.pages)}",
        f"{found.p99:.2f}",
        refused,
        found.deposit,
        f"{found.meanwhile} / {len(found.posted)}",
        f"{found.after:.1f}",
        f"{found.lost} / {found.doubled}",
        found.said,
        "✗" if wrong(found) else "✓",
    ]
    return f"| {' | '.join(cells)} |"


def table(all_found: list[Found], machine: str) -> str:
    lines = f"""# Parts that stop, or hang

{machine}.
gunicorn, 2 workers of 4 threads; two Celery workers, beat; each part behind a tap of this machine.

Each fault lasts {LASTS:.0f} s, while {READERS} people read pages without rest (home, the public list, a team, an
account), one sends a file and {LETTERS} ask for a password link. Made by `python -m drills.pannes --write`.

Limits, where the database answers: p99 of the pages ≤ 2 s, none refused; letters leave meanwhile, unless the mail
server or the broker is at fault; all within 30 s of its return; none lost, none doubled.
"""
    head = ["fault", "pages", "p99 (s)", "other than 200", "the file", "letters meanwhile", "the last, after (s)"]
    head += ["lost / doubled", "`/sante/`", ""]
    under = "|---|---:|---:|---|---|---:|---:|---:|---|---|"
    return "\n".join([lines, f"| {' | '.join(head)} |", under, *map(row, all_found), ""])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
