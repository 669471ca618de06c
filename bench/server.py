"""The portal's server and workers, for the time of the measures."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException

GUNICORN = ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--no-control-socket"]
PATIENCE = 60
CELERY = [sys.executable, "-m", "celery", "-q", "-A", "segur_portal"]
ALONE = ["--without-gossip", "--without-mingle"]


@contextmanager
def serving(environment: dict[str, str], *, application: str = "bench.wsgi:application") -> Iterator[tuple[int, int]]:
    """Run gunicorn as in production (docs/exploitation.md); yield the port, and the pid of its main process."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    port = listener.getsockname()[1]
    argv = [sys.executable, "-m", "gunicorn", application, "--bind", f"fd://{listener.fileno()}", *GUNICORN]
    env = {**os.environ, **environment}
    with subprocess.Popen([*argv, "--log-level", "warning"], env=env, pass_fds=[listener.fileno()]) as server:
        listener.close()
        try:
            _wait_for(port, server)
            yield port, server.pid
        finally:
            server.terminate()
            server.wait(timeout=15)


def a_worker(*options: str, concurrency: int = 2) -> list[str]:
    """Return the command of a Celery worker that logs errors only."""
    return [*CELERY, "worker", "--loglevel", "ERROR", "--concurrency", str(concurrency), *ALONE, *options]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE
    while not _answers(port):
        if server.poll() is not None or time.monotonic() > deadline:
            raise SystemExit("The server did not start: what it said is above.")
        time.sleep(0.1)


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/sante/")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
