#!/usr/bin/env python3
"""Open many sockets that send one byte every few seconds: can anybody else still read the portal?"""

import argparse
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from bench import surroundings
from bench.harness import Report, judge
from bench.server import serving
from drills.front import ask, nginx, unverified

RESULTS = Path(__file__).with_name("resultats") / "prises.md"
LASTS, EVERY, READERS, LIMIT = 20.0, 2.0, 4, 2.0
FORM, FILES = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
PART = "application/octet-stream"
PATHS = ("/", "/solutions/", "/connexion/")
ATTACKER, READER = "127.0.0.1", "127.0.0.2"
surroundings.DATABASE = "portail_drill_prises"


class Surroundings(surroundings.Surroundings):
    """The dispositif alone, since only public pages are read."""

    def _publish(self) -> None:
        from django.core.management import call_command

        call_command("load_dispositif", verbosity=0)


def main(arguments: list[str]) -> int:
    return judge(measure, arguments, doc=__doc__, results=RESULTS)


def measure(options: argparse.Namespace) -> Report:
    with Surroundings() as made, ExitStack() as stack:
        from bench.machine import machine

        env = made.environment | {"DJANGO_SETTINGS_MODULE": "segur_portal.settings", "LOG_LEVEL": "ERROR"}
        env |= {"TRUSTED_PROXIES": ATTACKER, "ALLOWED_HOSTS": "127.0.0.1"}
        portal = "segur_portal.wsgi:application"
        pages, _ = stack.enter_context(serving(env, application=portal))
        uploads, _ = stack.enter_context(serving(env, application=portal))
        front = stack.enter_context(nginx(made.folder / "nginx", pages, uploads))
        rows = [
            drill("nothing", front, 0, "/connexion/", FORM),
            drill("10 slow sockets at the sign-in", front, 10, "/connexion/", FORM),
            drill("40 slow sockets at the sign-in", front, 40, "/connexion/", FORM),
            drill("40 slow sockets at any page", front, 40, "/aide/", FORM),
            drill("10 slow uploads", front, 10, "/candidatures/X/preuve/X/", FILES),
            drill("40 slow uploads", front, 40, "/candidatures/X/preuve/X/", FILES),
            drill("40 slow parts of files", front, 40, "/candidatures/X/envois/1/parties/1/", PART),
            drill("10 slow sockets at the sign-in, without nginx", pages, 10, "/connexion/", FORM, tls=False),
        ]
        report = table(rows, machine())
    return report, not any(p99 > LIMIT or refused for _, _, p99, refused in rows[:-1])


def drill(name: str, port: int, count: int, path: str, kind: str, *, tls: bool = True) -> tuple[str, int, float, int]:
    """Read pages while `count` slow sockets are open.

    :return: the name, how many pages were read, their p99 in seconds, and how many did not get a 200
    """
    over = threading.Event()
    took: list[float] = []
    failed: list[int] = []
    threads = [threading.Thread(target=drip, args=(port, path, kind, tls, over)) for _ in range(count)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    readers = [threading.Thread(target=read, args=(port, tls, over, took, failed)) for _ in range(READERS)]
    for thread in readers:
        thread.start()
    time.sleep(LASTS)
    over.set()
    for thread in (*readers, *threads):
        thread.join()
    measured = (name, len(took), sorted(took)[max(0, int(len(took) * 0.99) - 1)], len(failed))
    print(row(measured), flush=True)
    return measured


def drip(port: int, path: str, kind: str, tls: bool, over: threading.Event) -> None:
    """Send the head of a long form, then one byte at a time; start again when the server closes the connection."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nContent-Length: 1000000\r\n\r\n"
    while not over.is_set():
        with suppress(OSError), connected(port, tls) as connection:
            connection.sendall(head.encode())
            while not over.wait(EVERY):
                connection.sendall(b"a")
        over.wait(0.2)


@contextmanager
def connected(port: int, tls: bool) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), 10) as plain:
        if not tls:
            yield plain
            return
        with unverified().wrap_socket(plain) as secured:
            yield secured


def read(port: int, tls: bool, over: threading.Event, took: list[float], failed: list[int]) -> None:
    while not over.is_set():
        for path in PATHS:
            begun_at = time.monotonic()
            if (status := ask(port, "GET", path, source=READER, tls=tls)) != 200:
                failed.append(status)
            took.append(time.monotonic() - begun_at)
            over.wait(0.2)


def row(measured: tuple[str, int, float, int]) -> str:
    name, count, p99, refused = measured
    return f"| {name} | {count} | {p99:.2f} | {refused} |"


def table(rows: list[tuple[str, int, float, int]], machine: str) -> str:
    head = f"""# Sockets that drip

{machine}.
nginx as `deploy/nginx.conf` delivers it, before gunicorn for pages and gunicorn for uploads, of 2 workers of 4 threads.

For {LASTS:.0f} s, as many sockets of one address send a long form, one byte every {EVERY:.0f} s, and begin again when
they are cut, while {READERS} people of another address read three public pages.
Made by `python -m drills.prises --write`.

Limits, behind nginx: p99 ≤ {LIMIT:.0f} s, none refused. The last row is what nginx is for.
"""
    under = "|---|---:|---:|---:|"
    return "\n".join([head, "| meanwhile | pages read | p99 (s) | not answered 200 |", under, *map(row, rows), ""])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
