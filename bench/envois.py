#!/usr/bin/env python3
"""Send a large file by its parts to the real server: how long, beside a minimal Django view; how much it grows."""

import argparse
import base64
import hashlib
import json
import os
import statistics
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from bench.harness import Report, judge
from bench.upload import HEAD, MEGABYTE, RESULTS, TOKEN, Surroundings, _judged, _memory, _somebody, _workers

LONGEST_RATIO, LARGEST_GROWTH = 1.25, 50
PART = 8 * MEGABYTE
AT_ONCE = 3  # as a browser does (static/envoi.js)


def main(arguments: list[str]) -> int:
    return judge(measure, arguments, doc=__doc__, results=RESULTS.with_name("envois.md"), megabytes=400, rounds=5)


def measure(options: argparse.Namespace) -> Report:
    with Surroundings() as around:
        from bench.machine import machine

        rounds = list(_rounds(around, options.megabytes * MEGABYTE, options.rounds))
        return _report(rounds, options.megabytes, machine())


def _rounds(around: Surroundings, size: int, rounds: int) -> Iterator[tuple[float, float, float]]:
    """Give, for each round, the seconds of the minimal view, those of the envoi, and the growth in MB."""
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
        for number in range(rounds):
            content = _content(size + number)
            _hashes(content, _parts(content))
            os.sync()
            outside = _timed(lambda content=content: _post(reference, content))
            before = {pid: _memory(pid, "VmRSS") for pid in _workers(leader)}
            for pid in before:
                Path(f"/proc/{pid}/clear_refs").write_text("5")
            os.sync()
            taken = _timed(lambda content=content: _send(port, nru, session, content))
            growth = max(_memory(pid, "VmHWM") - start for pid, start in before.items())
            yield outside, taken, growth


def _timed(act: Any) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _content(size: int) -> bytes:
    """A video of that size, whose bytes compress no better than others."""
    block = hashlib.shake_256(str(size).encode()).digest(256 * 1024)
    return (HEAD + block * (size // len(block) + 1))[:size]


def _post(port: int, content: bytes) -> None:
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("POST", "/fichier/", content, {"Content-Type": "application/octet-stream"})
    if connection.getresponse().status != 200:
        raise SystemExit("The minimal view refused.")
    connection.close()


def _parts(content: bytes) -> list[bytes]:
    return [content[start : start + PART] for start in range(0, len(content), PART)]


PARTS: dict[int, list[str]] = {}


def _send(port: int, nru: str, session: str, content: bytes) -> None:
    """Declare, send every part, and have the whole verified: what a browser and a worker make the portal do."""
    from preuves.models import Envoi
    from preuves.operations.envois import settle_envoi

    connection = HTTPConnection("127.0.0.1", port)
    headers = {"Cookie": f"sessionid={session}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
    parts = _parts(content)
    declared = {
        "nature": "VIDEO",
        "nom": "demonstration.mp4",
        "taille": len(content),
        "partie": PART,
        "empreintes": _hashes(content, parts),
        "debut": base64.b64encode(content[:8192]).decode(),
    }
    connection.request(
        "POST", f"/candidatures/{nru}/envois/", json.dumps(declared), {**headers, "Content-Type": "application/json"}
    )
    answer = json.loads(connection.getresponse().read())
    door = f"/candidatures/{nru}/envois/{answer['envoi']}/parties/"
    left = list(enumerate(parts, start=1))

    def lane() -> None:
        line = HTTPConnection("127.0.0.1", port)
        while left:
            number, part = left.pop(0)
            line.request("PUT", f"{door}{number}/", part, {**headers, "Content-Type": "application/octet-stream"})
            response = line.getresponse()
            response.read()
            if response.status != 204:
                raise SystemExit(f"part {number}: {response.status}")
        line.close()

    with ThreadPoolExecutor(AT_ONCE) as lanes:
        for done in [lanes.submit(lane) for _ in range(AT_ONCE)]:
            done.result()
    envoi = Envoi.objects.get(pk=answer["envoi"])
    assert envoi.arrived_at is not None
    settled = settle_envoi(envoi_id=envoi.pk, at=envoi.arrived_at)
    if settled.piece is None:
        raise SystemExit(settled.refusal)
    connection.close()


def _hashes(content: bytes, parts: list[bytes]) -> list[str]:
    """The sha256 of the parts, which the browser computes, and the server does not wait for: not counted twice."""
    if len(content) not in PARTS:
        PARTS[len(content)] = [hashlib.sha256(part).hexdigest() for part in parts]
    return PARTS[len(content)]


def _report(rounds: list[tuple[float, float, float]], megabytes: int, machine: str) -> Report:
    ratio = statistics.median(taken / outside for outside, taken, _ in rounds)
    growth = max(grown for _, _, grown in rounds)
    good = ratio <= LONGEST_RATIO and growth <= LARGEST_GROWTH
    lines = [
        "# Envois",
        "",
        f"{machine}. gunicorn gthread, 2 workers of 4 threads, on the same machine. A video of {megabytes} MB,",
        "declared, sent in parts of 8 MB, three at once, each hashed before it is written, all on the disk before the",
        "last is answered, then compared, hashed whole and made a pièce. Beside it, a minimal Django view reads the",
        "same bytes in one request, writes them, hashes them once, and has the disk keep them. The browser's own",
        f"hashing is not counted. {os.getloadavg()[0]:.0f} processes wanted the processors at the end. Made by",
        "`python -m bench.envois --write`.",
        "",
        "| round | minimal view s | envoi s | × | the web process grows by, MB |",
        "|---:|---:|---:|---:|---:|",
        *(
            f"| {number} | {outside:.2f} | {taken:.2f} | {taken / outside:.2f} | {grown:.1f} |"
            for number, (outside, taken, grown) in enumerate(rounds, start=1)
        ),
        f"| median, largest | | | {_judged(ratio, LONGEST_RATIO)} | {_judged(growth, LARGEST_GROWTH)} |",
        "",
    ]
    return "\n".join(lines), good


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
