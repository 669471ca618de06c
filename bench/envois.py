#!/usr/bin/env python3
"""Send a large file by its parts to the real server: how long, beside a minimal Django view; how much it grows."""

import argparse
import hashlib
import json
import os
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from bench import surroundings
from bench.declared import PART, declared
from bench.harness import Report, judge

RESULTS = Path(__file__).with_name("resultats") / "envois.md"
MEGABYTE = 1024 * 1024
LONGEST_RATIO, LARGEST_GROWTH = 1.25, 50
HEAD = b"\0\0\0\x18ftypisom\0\0\2\0isommp42"
TOKEN = "b" * 32
JUDGED_FROM = 100
"""From that many megabytes on, the ratio is judged: `PRICE` says why not below."""
PRICE = (
    "What does not depend on the size is the price of resuming, and of a file that is somebody's: the minimal view has",
    "no session, no database, one request. Declaring is a request of its own, with its session, its quota and its row;",
    "each of the two others asks who sends, notes what came, and its commit waits for the disk; verifying is three",
    "transactions: the pièce with its journal, what became of the envoi, and the effects that they hand over. Below",
    f"{JUDGED_FROM} MB, the minimal view takes less than these, whatever the bytes cost.",
    "",
    "What depends on the size costs less than in the minimal view, though all is hashed twice, by part and as a whole:",
    "one thread receives and compares a part while another writes and hashes the one before, and the disk writes",
    "meanwhile. Nothing is read again, but the first part.",
)


surroundings.DATABASE = "portail_bench_envois"


class Surroundings(surroundings.Surroundings):
    """The catalogue alone: a file can be received without any preuve."""

    def _publish(self) -> None:
        from django.core.management import call_command

        call_command("load_dispositif", verbosity=0)
        call_command("load_guichets", verbosity=0)


def main(arguments: list[str]) -> int:
    return judge(measure, arguments, doc=__doc__, results=RESULTS, megabytes=[1, 20, 100, 400], rounds=7)


def measure(options: argparse.Namespace) -> Report:
    with Surroundings() as around:
        from bench.machine import machine

        return _report(_measured(around, options.megabytes, options.rounds), machine())


@dataclass(frozen=True)
class Round:
    """One file sent to the minimal view, then to the portal: seconds, and the growth of the web process in MB.

    :param declared: when the envoi was open
    :param arrived: when its last part was answered
    :param verified: when it was a pièce
    """

    outside: float
    declared: float
    arrived: float
    verified: float
    growth: float


def _measured(around: Surroundings, megabytes: list[int], rounds: int) -> dict[int, list[Round]]:
    from bench.server import serving

    minimal = {**around.environment, "BENCH_FILE": str(around.folder / "media" / "reference")}
    (around.folder / "media").mkdir(exist_ok=True)
    with (
        serving(minimal, application="bench.minimal:application") as (reference, _),
        serving(around.environment, application="segur_portal.wsgi:application") as (port, leader),
    ):
        nru, session = _somebody()
        for number in range(6):
            _send(port, nru, session, _content(MEGABYTE + number))  # both workers have loaded all that they need
            _post(reference, _content(MEGABYTE + number))
        return {
            size: [
                _round(around, (reference, port, leader), nru, session, _content(size * MEGABYTE + 10 + number))
                for number in range(rounds)
            ]
            for size in megabytes
        }


def _round(around: Surroundings, served: tuple[int, int, int], nru: str, session: str, content: bytes) -> Round:
    reference, port, leader = served
    _hashes(content, _parts(content))
    _make_room(around.folder / "media", content)
    outside = _timed(lambda: _post(reference, content))
    before = {pid: _memory(pid, "VmRSS") for pid in _workers(leader)}
    for pid in before:
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    _make_room(around.folder / "media", content)
    steps = _send(port, nru, session, content)
    growth = max(_memory(pid, "VmHWM") - start for pid, start in before.items())
    return Round(outside, *steps, growth)


def _make_room(folder: Path, content: bytes) -> None:
    """Leave nothing to the disk, and memory for its cache that the system has given already: else, that is slow."""
    _forget(folder)
    with (folder / "room").open("wb") as room:
        room.write(content)
    os.sync()
    (folder / "room").unlink()


def _timed(act: Any) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _content(size: int) -> bytes:
    """A video of that size, whose bytes compress no better than others."""
    return b"".join(_chunks(size))


def _chunks(size: int) -> Iterator[bytes]:
    block = hashlib.shake_256(str(size).encode()).digest(256 * 1024)
    yield HEAD
    left = size - len(HEAD)
    while left > 0:
        yield block[:left]
        left -= len(block)


def _post(port: int, content: bytes) -> None:
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("POST", "/fichier/", content, {"Content-Type": "application/octet-stream"})
    if connection.getresponse().status != 200:
        raise SystemExit("The minimal view refused.")
    connection.close()


def _parts(content: bytes) -> list[memoryview]:
    """Cut a file as a browser does, which copies nothing of it."""
    whole = memoryview(content)
    return [whole[start : start + PART] for start in range(0, len(content), PART)]


PARTS: dict[int, list[str]] = {}


def _send(port: int, nru: str, session: str, content: bytes) -> tuple[float, float, float]:
    """Declare, send every part, and have the whole verified: what a browser and a worker make the portal do.

    As a browser on a line as fast as this one does (static/envoi.js): the first part, then the others in one request.
    Return the seconds after each of the three steps.
    """
    from preuves.models import Envoi
    from preuves.operations.envois import settle_envoi

    began = time.perf_counter()
    connection = HTTPConnection("127.0.0.1", port)
    headers = {"Cookie": f"sessionid={session}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
    annonce = declared("demonstration.mp4", "VIDEO", content[:8192], len(content), _hashes(content, _parts(content)))
    connection.request("POST", f"/candidatures/{nru}/envois/", annonce, {**headers, "Content-Type": "application/json"})
    answer = json.loads(connection.getresponse().read())
    opened = time.perf_counter()
    door = f"/candidatures/{nru}/envois/{answer['envoi']}/parties/"
    for number, start, end in ((1, 0, PART), (2, PART, len(content))):
        if start < len(content):
            body = memoryview(content)[start:end]
            connection.request("PUT", f"{door}{number}/", body, {**headers, "Content-Type": "application/octet-stream"})
            response = connection.getresponse()
            response.read()
            if response.status != 204:
                raise SystemExit(f"part {number}: {response.status}")
    arrived = time.perf_counter()
    envoi = Envoi.objects.get(pk=answer["envoi"])
    assert envoi.arrived_at is not None
    settled = settle_envoi(envoi_id=envoi.pk, at=envoi.arrived_at)
    if settled.piece is None:
        raise SystemExit(settled.refusal)
    verified = time.perf_counter()
    connection.close()
    return opened - began, arrived - began, verified - began


def _hashes(content: bytes, parts: list[memoryview]) -> list[str]:
    """The sha256 of the parts, which the browser computes, and the server does not wait for: not counted twice."""
    if len(content) not in PARTS:
        PARTS[len(content)] = [hashlib.sha256(part).hexdigest() for part in parts]
    return PARTS[len(content)]


def _somebody() -> tuple[str, str]:
    """Make a candidature that may receive files; return its NRU, and the session of somebody who fills it."""
    from candidatures.enums import VoletKind
    from tests.candidatures.conftest import make_team
    from tests.factories import candidatures as make

    team = make_team()
    make.a_submitted_volet(team.candidature, team.salarie, kind=VoletKind.ELIGIBILITE)
    return team.candidature.nru, surroundings.session_of(team.salarie)


def _forget(folder: Path) -> None:
    """Remove the files received, so that the next upload finds the same free memory for the disk's cache."""
    for file in folder.rglob("*"):
        if file.is_file():
            file.unlink()


def _workers(leader: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{leader}/task/{leader}/children").read_text().split()]


def _memory(pid: int, field: str) -> float:
    """Return a line of /proc/PID/status in MB; VmHWM is the largest since it was cleared."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{field}:"))


def _report(measured: dict[int, list[Round]], machine: str) -> Report:
    rows, good = [], True
    for megabytes, rounds in measured.items():
        ratio = statistics.median(each.verified / each.outside for each in rounds)
        spread = sorted(each.verified / each.outside for each in rounds)
        growth = max(each.growth for each in rounds)
        outside, declared, arrived, verified = (
            1000 * statistics.median(getattr(each, step) for each in rounds)
            for step in ("outside", "declared", "arrived", "verified")
        )
        judged = megabytes >= JUDGED_FROM
        good &= growth <= LARGEST_GROWTH and (not judged or ratio <= LONGEST_RATIO)
        verdict = _judged(ratio, LONGEST_RATIO) if judged else f"{ratio:.2f}"
        rows.append(
            f"| {megabytes} | {outside:.0f} | {declared:.0f} | {arrived - declared:.0f} | {verified - arrived:.0f} "
            f"| {verified:.0f} | {verdict} | {spread[0]:.2f} to {spread[-1]:.2f} | {_judged(growth, LARGEST_GROWTH)} |"
        )
    lines = [
        "# Envois",
        "",
        f"{machine}. gunicorn gthread, 2 workers of 4 threads, on the same machine. A video, declared,",
        "sent by its first part of 8 MB then by all the others in one request, as a browser does on a fast line; each",
        "part is compared before it is written, and all of them are on the disk before the last request is answered;",
        "then the file is verified and made a pièce. Beside it, a minimal Django view without middleware reads the",
        "same bytes in one request, writes them, hashes them once, and has the disk keep them. The browser's own",
        f"hashing is not counted. Medians of {len(rounds)} rounds, in milliseconds;",
        f"{os.getloadavg()[0]:.0f} processes wanted the processors at the end. Made by",
        "`python -m bench.envois --write`.",
        "",
        "| MB | minimal view | declaring | sending | verifying | whole | × | from, to | the web process grows by, MB |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
        *rows,
        "",
        *PRICE,
        "",
    ]
    return "\n".join(lines), good


def _judged(value: float, limit: float) -> str:
    return f"{value:.2f} {'✓' if value <= limit else '✗'} ≤ {limit}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
