#!/usr/bin/env python3
"""Upload a large video to the real server: its time beside writing and hashing the file, and the server's memory."""

import argparse
import hashlib
import json
import os
import socket
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bench import surroundings
from bench.harness import Report, judge

RESULTS = Path(__file__).with_name("resultats") / "upload.md"
MEGABYTE = 1024 * 1024
LONGEST_RATIO, LARGEST_GROWTH = 2, 50
CHUNK = 256 * 1024
HEAD = b"\0\0\0\x18ftypisom\0\0\2\0isommp42"
TOKEN = "b" * 32
EDGE = "----------------------------bench"

surroundings.DATABASE = "portail_bench_upload"


class Surroundings(surroundings.Surroundings):
    """The catalogue alone: a file can be received without any preuve."""

    def _publish(self) -> None:
        from django.core.management import call_command

        call_command("load_dispositif", verbosity=0)
        call_command("load_guichets", verbosity=0)


def main(arguments: list[str]) -> int:
    return judge(measure, arguments, doc=__doc__, results=RESULTS, megabytes=499, rounds=5)


def measure(options: argparse.Namespace) -> Report:
    with Surroundings() as around:
        from bench.machine import machine

        rounds = list(_rounds(around, options.megabytes * MEGABYTE, options.rounds))
        report, good = _report(rounds, options.megabytes, machine())
    return report, good


def _rounds(around: Surroundings, size: int, rounds: int) -> Iterator[tuple[float, float, float]]:
    """Yield, for each round, the seconds of the reference, those of the upload, and the growth in MB."""
    from bench.server import serving

    with serving(around.environment, application="segur_portal.wsgi:application") as (port, leader):
        nru, cookie = _somebody()
        for number in range(6):
            _upload(port, nru, cookie, MEGABYTE + number)  # both workers have loaded all that they need
        for number in range(rounds):
            os.sync()  # neither pays for what the other left to the disk
            reference = _write_and_hash(around.folder / "media" / "reference", size + number)
            before = {pid: _memory(pid, "VmRSS") for pid in _workers(leader)}
            for pid in before:
                Path(f"/proc/{pid}/clear_refs").write_text("5")
            os.sync()
            began = time.perf_counter()
            _upload(port, nru, cookie, size + number)
            taken = time.perf_counter() - began
            growth = max(_memory(pid, "VmHWM") - start for pid, start in before.items())
            yield reference, taken, growth
            _forget(around.folder / "media")


def _somebody() -> tuple[str, str]:
    """Make a candidature that may receive files; return its NRU, and the session of somebody who fills it."""
    from candidatures.enums import VoletKind
    from tests.candidatures.conftest import make_team
    from tests.factories import candidatures as make

    team = make_team()
    make.a_submitted_volet(team.candidature, team.salarie, kind=VoletKind.ELIGIBILITE)
    return team.candidature.nru, surroundings.session_of(team.salarie)


def _content(size: int) -> Iterator[bytes]:
    """Yield the chunks of a video of that size, whose bytes do not compress."""
    block = hashlib.shake_256(str(size).encode()).digest(CHUNK)
    yield HEAD
    left = size - len(HEAD)
    while left > 0:
        yield block[:left]
        left -= len(block)


def _write_and_hash(file: Path, size: int) -> float:
    began = time.perf_counter()
    digest = hashlib.sha256()
    with file.open("wb") as written:
        for chunk in _content(size):
            digest.update(chunk)
            written.write(chunk)
    taken = time.perf_counter() - began
    file.unlink()
    return taken


def _forget(folder: Path) -> None:
    """Remove the files received, so that the next upload finds the same free memory for the disk's cache."""
    for file in folder.rglob("*"):
        if file.is_file():
            file.unlink()


def _upload(port: int, nru: str, session: str, size: int) -> None:
    part = f'--{EDGE}\r\nContent-Disposition: form-data; name="{{}}"'
    before = f'{part.format("nature")}\r\n\r\nVIDEO\r\n{part.format("fichier")}; filename="demonstration.mp4"\r\n\r\n'
    after = f"\r\n--{EDGE}--\r\n"
    head = (
        f"POST /candidatures/{nru}/fichiers/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        f"Content-Type: multipart/form-data; boundary={EDGE}\r\nContent-Length: {len(before) + size + len(after)}\r\n"
        f"Cookie: sessionid={session}; csrftoken={TOKEN}\r\nX-CSRFToken: {TOKEN}\r\n\r\n"
    )
    with closing(socket.create_connection(("127.0.0.1", port))) as connection:
        connection.sendall((head + before).encode())
        for chunk in _content(size):
            connection.sendall(chunk)
        connection.sendall(after.encode())
        answer = b"".join(iter(lambda: connection.recv(65_536), b"")).decode()
    if not answer.startswith("HTTP/1.1 200") or json.loads(answer.partition("\r\n\r\n")[2])["taille"] != size:
        raise SystemExit(answer)


def _workers(leader: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{leader}/task/{leader}/children").read_text().split()]


def _memory(pid: int, field: str) -> float:
    """Return a line of /proc/PID/status in MB; VmHWM is the largest since it was cleared."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{field}:"))


def _report(rounds: list[tuple[float, float, float]], megabytes: int, machine: str) -> tuple[str, bool]:
    ratio = statistics.median(taken / reference for reference, taken, _ in rounds)
    growth = max(measured[2] for measured in rounds)
    lines = [
        "# Upload",
        "",
        f"{machine}. gunicorn gthread, 2 workers of 4 threads, on the same machine; through HTTP, with its form,",
        f"its session and its row. A video of {megabytes} MB; the reference writes the same bytes and hashes",
        "them once; no byte is left to the disk before either begins. Made by `python -m bench.upload --write`.",
        "",
        "| round | reference s | upload s | × reference | the web process grows by, MB |",
        "|---:|---:|---:|---:|---:|",
    ]
    for number, (reference, taken, grown) in enumerate(rounds, start=1):
        lines.append(f"| {number} | {reference:.2f} | {taken:.2f} | {taken / reference:.2f} | {grown:.1f} |")
    lines += [
        f"| median, largest | | | {_judged(ratio, LONGEST_RATIO)} | {_judged(growth, LARGEST_GROWTH)} |",
        "",
    ]
    return "\n".join(lines), ratio <= LONGEST_RATIO and growth <= LARGEST_GROWTH


def _judged(value: float, limit: float) -> str:
    return f"{value:.2f} {'✓' if value <= limit else '✗'} ≤ {limit}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
