#!/usr/bin/env python3
"""Fill the disk of the files: which deposits are refused, what is left behind, what goes on meanwhile."""

import argparse
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench import surroundings
from bench.harness import Line, Report, judge, table
from drills.pannes import Surroundings
from drills.portal import TOKEN, Reader, at_work, meanwhile, quantile

RESULTS = Path(__file__).with_name("resultats") / "disque.md"
DISK, LARGER, SIZE = "12m", "64m", 1_000_000
DEPOSITS, LETTERS, READERS, LIMIT, PATIENCE = 20, 4, 3, 2.0, 30.0


def main(arguments: list[str]) -> int:
    return judge(measure, arguments, doc=__doc__, results=RESULTS)


def measure(options: argparse.Namespace) -> Report:
    surroundings.DATABASE = "portail_drill_disque"
    with Surroundings() as made:
        report, good = report_of(fill(made))
    return report, good


def fill(made: Surroundings) -> list[Line]:
    """Deposit more than the disk can hold, then make room; return the lines of the table."""
    from candidatures.models import Piece
    from tests.comptes.smtp import serve

    disk = made.folder / "media"
    before = Piece.objects.count()
    with small_disk(disk), serve() as mail:
        environment = made.environment | {
            "TRUSTED_PROXIES": "127.0.0.1",
            "EMAIL_URL": f"smtp://127.0.0.1:{mail.port}",
            "MAIL_ROOT": "",
        }
        with at_work(environment, made.folder) as port:
            reader = Reader(port, made.team.salarie)
            pages: list[tuple[int, float]] = []
            with meanwhile(read, reader, pages, count=READERS):
                answers = [deposit(reader, made, rank) for rank in range(DEPOSITS)]
                health = reader.sante()
                letters = [ask_for_a_link(reader, compte.email) for compte in made.people[:LETTERS]]
                until = time.monotonic() + PATIENCE
                while len(arrived(mail, letters)) < LETTERS and time.monotonic() < until:
                    time.sleep(0.1)
            taken, kept = Piece.objects.count() - before, files_of(disk)
            room = sum(file.stat().st_blocks // 2 for file in kept if "arrivees" in file.parts)
            remount(disk, LARGER)
            after = deposit(reader, made, DEPOSITS)
    accepted = [status for status in answers if status == 200]
    refused = sorted({status for status in answers if status != 200})
    times = [took for _, took in pages]
    return [
        Line(f"files of {SIZE // 1000} kB sent to a disk of {DISK.upper()}B", DEPOSITS),
        Line("accepted, then refused", f"{len(accepted)}, {DEPOSITS - len(accepted)}", 0 < len(accepted) < DEPOSITS),
        Line("what the refused are answered", ", ".join(map(str, refused)), refused == [507]),
        Line("rows of accepted files", taken, taken == len(accepted)),
        Line("kB that the refused files take", room, not room),
        Line("pages read meanwhile", len(pages)),
        Line(f"their p99, of {LIMIT:.0f} s", f"{quantile(times):.2f} s", quantile(times) <= LIMIT),
        Line("pages not answered 200", sum(status != 200 for status, _ in pages), all(s == 200 for s, _ in pages)),
        Line(
            "letters that left, the disk full",
            f"{len(arrived(mail, letters))} / {LETTERS}",
            len(arrived(mail, letters)) == LETTERS,
        ),
        Line("`/sante/`, the disk full", health),
        Line("a file sent once there is room", after, after == 200),
    ]


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Mount a small disk, in memory, for the portal's files. Needs root."""
    folder.mkdir(exist_ok=True)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "drill", folder], check=False).returncode:
        raise SystemExit("This drill mounts a small disk: run it as root.")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def remount(folder: Path, size: str) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", folder], check=True)


def files_of(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def deposit(reader: Reader, made: Surroundings, rank: int) -> int:
    """Send a file, and wait until it is kept; return the status, 0 when it arrived and is not kept."""
    content = b"\x89PNG\r\n\x1a\n" + os.urandom(SIZE)
    sent = reader.deposit(made.team.candidature, f"{rank}.png", "CAPTURE", content)
    until = time.monotonic() + PATIENCE
    while sent.has_arrived and not reader.is_kept(sent):
        if time.monotonic() > until:
            return 0
        time.sleep(0.1)
    return sent.status


def read(reader: Reader, pages: list[tuple[int, float]], over: threading.Event) -> None:
    while not over.is_set():
        for path in ("/", "/solutions/", "/mon-compte/"):
            begun_at = time.monotonic()
            status, _ = reader.ask("GET", path)
            pages.append((status, time.monotonic() - begun_at))
            over.wait(0.2)


def ask_for_a_link(reader: Reader, email: str) -> str:
    typed = urlencode({"email": email, "csrfmiddlewaretoken": TOKEN}).encode()
    reader.ask("POST", "/mot-de-passe-oublie/", typed, "application/x-www-form-urlencoded")
    return email


def arrived(mail: Any, wanted: list[str]) -> set[str]:
    return {message["To"] for message in list(mail.received)} & set(wanted)


def report_of(lines: list[Line]) -> Report:
    about = [
        f"The portal as it runs; one session fills the disk of its files, of {DISK.upper()}B, while {READERS} people",
        "read pages. As root.",
    ]
    return table("A full disk", about, lines, made_by="drills.disque")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
