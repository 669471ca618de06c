"""The demonstration's folder, its lock and its processes. Standard library only."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import http.client
import json
import os
import signal
import socket
import time
from pathlib import Path

from demo_environment import desks_port, provider_port
from environment import PYTHON, ROOT, VENV
from processes import CannotStart, Child

FOLDER = ROOT / ".demo"
LOCK = "lock"
DEFAULT_PORT = 8000


class Stopped(BaseException):
    """Somebody asked to stop: Ctrl-C, SIGTERM, or a closed terminal."""


def stop_on_signals() -> None:
    def stop(signum: int, _frame: object) -> None:
        ignore_signals()  # the second Ctrl-C must not cut the stopping short
        raise Stopped(signal.Signals(signum).name)

    for caught in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(caught, stop)


def ignore_signals() -> None:
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, signal.SIG_IGN)


class Busy(Exception):
    """Another command holds the folder; `state` is what it wrote there."""

    def __init__(self, state: dict) -> None:
        self.state = state
        super().__init__(str(state))


class Lock:
    """One launcher per folder. The kernel releases it however the launcher dies; the file tells the others about it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        self.path = folder / LOCK

    def __enter__(self) -> Lock:  # noqa: PYI034 -- typing.Self is not worth an import here
        self.file = open(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+")
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            text = self.file.read()
            self.file.close()
            raise Busy(json.loads(text) if text else {}) from None
        return self

    def tell(self, **state: object) -> None:
        text = json.dumps({"pid": os.getpid(), **state})
        self.file.seek(0)
        self.file.truncate()
        self.file.write(text)
        self.file.flush()

    def __exit__(self, *error) -> None:
        self.file.seek(0)
        self.file.truncate()
        self.file.close()


def listen(port: int, *, patience: float = 3) -> socket.socket:
    """Take the web port now, and keep it until gunicorn inherits it.

    The patience is for the workers of a launcher that was killed a moment ago: they notice within a second.

    :raises CannotStart: when it is busy.
    """
    deadline = time.monotonic() + patience
    while True:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen(128)
            return listener
        except (OSError, OverflowError) as error:
            listener.close()
            busy = getattr(error, "errno", None) == errno.EADDRINUSE
            if busy and time.monotonic() < deadline:
                time.sleep(0.2)
                continue
            why = "is already taken by another program" if busy else f"cannot be used ({error})"
            raise CannotStart(f"Port {port} {why}. Choose another, for instance: PORT=8001 script/demo") from None


class Desks:
    """The simulated desks alone, as a context: the replay of the story really asks them."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.child = simulated_desks(folder, env)
        self.port = int(desks_port(env))

    def __enter__(self) -> Desks:  # noqa: PYI034 -- as above
        deadline = time.monotonic() + 30
        while not self._listens():
            if self.child.died or time.monotonic() > deadline:
                self.child.stop()
                raise CannotStart(
                    f"The simulated desks do not answer. The end of their log:\n{self.child.last_lines()}"
                )
            time.sleep(0.05)
        return self

    def _listens(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def __exit__(self, *error) -> None:
        self.child.stop()


def simulated_desks(folder: Path, env: dict[str, str]) -> Child:
    argv, log = manage("simulate_guichets", "--port", desks_port(env)), folder / "logs" / "guichets.log"
    return Child("guichets", argv, log, orphaned=signal.SIGKILL, cwd=ROOT, env=env)


# Mails have a worker apart, so that slow tasks, or those that wait for others, do not delay them.
WORKERS = {"worker": "letters,dates", "worker-slow": "scans,probes,copies,drawing,printing,desks"}


class Portal:
    """Web, workers, the single beat, and the desks that it asks, as a context."""

    web_orphaned = signal.SIGKILL

    def __init__(self, folder: Path, env: dict[str, str], listener: socket.socket) -> None:
        self.folder, self.env, self.listener = folder, env, listener
        self.children: list[Child] = []

    def __enter__(self) -> Portal:  # noqa: PYI034 -- as above
        celery = [VENV / "bin" / "celery", "-A", "segur_portal"]
        worker = [*celery, "worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle", "--concurrency", "2"]
        beat = [*celery, "beat", "--loglevel", "INFO", "--pidfile", "", "--schedule", self.folder / "beat-schedule"]
        try:
            self.children.append(simulated_desks(self.folder, self.env))
            port = str(provider_port(self.env))
            self._start("provider", manage("serve_provider", "--port", port, "--folder", self.folder / "fournisseur"))
            argv = self.web()
            kept = [self.listener.fileno()] if self.listener.fileno() >= 0 else []
            self._start("web", argv, orphaned=self.web_orphaned, pass_fds=kept)
            for name, queues in WORKERS.items():
                self._start(name, [*worker, "--hostname", f"{name}@%h", "--queues", queues])
            self._start("beat", beat)
        except BaseException:
            self.stop()
            raise
        self.listener.close()
        return self

    def web(self) -> list[object]:
        """The command that serves pages on the listener."""
        argv = [VENV / "bin" / "gunicorn", "segur_portal.wsgi:application", "--bind", f"fd://{self.listener.fileno()}"]
        argv += ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--access-logfile", "-"]
        return [*argv, "--graceful-timeout", "5", "--no-control-socket"]

    def _start(self, name: str, argv: list, *, orphaned=signal.SIGKILL, **options) -> None:
        log = self.folder / "logs" / f"{name}.log"
        # An orphan is killed outright: its broker is dying too, and a clean stop would wait for it. The forks of web
        # and worker see that their parent is gone and leave.
        child = Child(name, argv, log, orphaned=orphaned, cwd=ROOT, env=self.env, **options)
        self.children.append(child)

    def __exit__(self, *error) -> None:
        self.stop()

    def stop(self) -> None:
        for child in self.children:  # all at once: each has its own patience
            with contextlib.suppress(ProcessLookupError):
                child.process.send_signal(child.stop_signal)
        while self.children:
            self.children.pop().stop()

    def watch(self, others: list[Child]) -> None:
        """Check that every process still runs.

        :raises CannotStart: with the name of the one that died, and the end of its log
        """
        for child in [*others, *self.children]:
            if child.died:
                code = child.process.returncode
                how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
                raise CannotStart(f"{child.name} died ({how}). The end of {child.log}:\n{child.last_lines()}")

    def wait_until_it_answers(self, port: int, others: list[Child], *, patience: float = 60) -> None:
        deadline = time.monotonic() + patience
        parts = {"web": (port, "/sante/"), "provider": (provider_port(self.env), "/o/.well-known/openid-configuration")}
        for name, (where, path) in parts.items():
            while not _is_healthy(where, path):
                self.watch(others)
                if time.monotonic() > deadline:
                    log = next(child.log for child in self.children if child.name == name)
                    raise CannotStart(f"{path} does not answer 200 after {patience:.0f} s. See {log}.")
                time.sleep(0.1)


def _is_healthy(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def manage(*arguments: object) -> list[str]:
    return [str(PYTHON), str(ROOT / "manage.py"), *map(str, arguments)]
