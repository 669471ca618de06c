#!/usr/bin/env python3
"""Close a séance of 100 dossiers in one transaction, then print its documents with a worker that is killed once."""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench import surroundings
from bench.harness import Line, Report, judge, table
from bench.server import a_worker

RESULTS = Path(__file__).with_name("resultats") / "cloture.md"
LONGEST = 5
PATIENCE = 1200
MINUTE = 60

surroundings.DATABASE = "portail_bench_cloture"


def main(arguments: list[str]) -> int:
    return judge(measure, arguments, doc=__doc__, results=RESULTS, dossiers=100)


def measure(options: argparse.Namespace) -> Report:
    with surroundings.Surroundings() as around:
        from bench.seance import a_seance_to_close, closed

        seance = a_seance_to_close(options.dossiers)
        seconds, queries = closed(seance)
        wanted = 2 * options.dossiers + 1
        printed = _print_everything(around, wanted)
        report, good = _report(options.dossiers, seconds, queries, printed)
    return report, good


def _print_everything(around: Any, wanted: int) -> dict[str, float]:
    """Print with a worker, kill it after a third, then finish with another one and the sweep."""
    began = time.monotonic()
    worker = _worker(around)
    _wait_for(wanted // 3, worker)
    os.killpg(worker.pid, 9)
    worker.wait()
    before = _printed()
    worker = _worker(around)
    try:
        _wait_for(wanted, worker, swept=True)
        memory = _memory(worker.pid)
    finally:
        worker.terminate()
        worker.wait()
    return {
        "before": before,
        "printed": _printed(),
        "doubled": _doubled(),
        "seconds": time.monotonic() - began,
        "memory": memory,
    }


def _worker(around: Any) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, **around.environment, "EMAIL_URL": "dummymail://", "PYTHONWARNINGS": "ignore"}
    return subprocess.Popen(a_worker(), cwd=surroundings.ROOT, env=environment, start_new_session=True)


def _wait_for(count: int, worker: "subprocess.Popen[bytes]", *, swept: bool = False) -> None:
    """Wait until that many documents are printed; if `swept`, run the sweep each minute, as beat does."""
    from referencement import sweeps

    began = time.monotonic()
    deadline, passes = began + PATIENCE, 0
    while _printed() < count:
        if swept and time.monotonic() >= began + passes * MINUTE:
            sweeps.print_pending_documents()
            passes += 1
        if worker.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"Only {_printed()} documents of {count} are printed.")
        time.sleep(0.5)


def _printed() -> int:
    from referencement.models import FichierDeDocument

    return FichierDeDocument.objects.filter(document__convention=None).count()


def _doubled() -> int:
    from referencement.models import FichierDeDocument

    fichiers = FichierDeDocument.objects.filter(document__convention=None)
    return fichiers.count() - fichiers.values("document").distinct().count()


def _memory(pid: int) -> float:
    """Return the peak memory, in MB, of the largest process of a worker."""
    peaks = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
            if os.getpgid(int(status.parent.name)) == pid and "VmHWM" in fields:
                peaks.append(int(fields["VmHWM"].split()[0]) / 1024)
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended meanwhile
    return max(peaks)


def _report(dossiers: int, seconds: float, queries: int, printed: dict[str, float]) -> Report:
    wanted = 2 * dossiers + 1
    lines = [
        Line(f"closing, one transaction, seconds, < {LONGEST}", f"{seconds:.1f}", seconds < LONGEST),
        Line("queries of the closing", f"{queries:,}"),
        Line("documents to print", wanted),
        Line("printed before the kill", f"{printed['before']:.0f}"),
        Line("printed in the end", f"{printed['printed']:.0f}", printed["printed"] == wanted),
        Line("and twice", f"{printed['doubled']:.0f}", printed["doubled"] == 0),
        Line("a second, the kill included", f"{wanted / printed['seconds']:.2f}"),
        Line("the largest process of the worker, MB", f"{printed['memory']:.0f}"),
    ]
    about = [
        f"A séance of {dossiers} dossiers, each with the chapitres and preuves of the demonstration's REM, everything",
        "granted at the desks, a convention signed, three members' advice and an attribution noted by the real",
        "operations; closed by the real operation. Its documents are printed by a worker of 2 processes, killed",
        "(`kill -9`) after a third of them; another one ends, with what the sweep hands out again.",
    ]
    return table("Clôture", about, lines, made_by="bench.cloture")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
