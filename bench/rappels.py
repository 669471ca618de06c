#!/usr/bin/env python3
"""Recall Date 1 and Date 2 to everybody who can still act, over 50,000 candidatures: how long, and how much memory."""

import argparse
import json
import os
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from bench import surroundings
from bench.harness import Report, judge

RESULTS = Path(__file__).with_name("resultats") / "rappels.md"
LONGEST, LARGEST = 30, 200
NOT_SENT = "nothing has left since J-7"
# The échéance, the palier during which the sweep runs, and a remark for the table.
PASSES = (
    ("date-1", "J-60", ""),
    ("date-1", "H-4", "the five paliers between were missed"),
    ("date-2", "J-60", ""),
    ("date-2", "J-30", ""),
    ("date-2", "J-30", "again: nothing to write"),
    ("date-2", "J-7", "J-15 was missed"),
    ("date-2", "J-2", NOT_SENT),
)

surroundings.DATABASE = "portail_bench_rappels"

# What a worker does: import everything, then run one task. Sizes from /proc are in kB.
PROGRAM = """
import json, sys, time
from datetime import datetime
import django
django.setup()
from comptes import clock
from referencement.sweeps import post_reminders

began, own = time.perf_counter(), time.process_time()
with clock.travel(datetime.fromisoformat(sys.argv[1])):
    recalled = post_reminders()
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
said = {"recalled": recalled, "seconds": time.perf_counter() - began, "own": time.process_time() - own}
print(json.dumps(said | {"peak": peak / 1024}))
"""


def main(arguments: list[str]) -> int:
    return judge(measure, arguments, doc=__doc__, results=RESULTS, candidatures=50000)


def measure(options: argparse.Namespace) -> Report:
    with surroundings.Surroundings() as around:
        from bench.machine import machine

        _fill(options.candidatures)
        passes = [_sweep(around, *planned) for planned in PASSES]
        report, good = _report(passes, _rewritten(passes), options.candidatures, machine())
    return report, good


def _fill(size: int) -> None:
    from bench.moment import AT
    from comptes import clock

    with clock.travel(AT):
        surroundings.make(size, seed=size, sans_preuves=True)


def _sweep(around: Any, code: str, palier: str, remark: str) -> dict[str, float]:
    """Run the sweep once, in a new process, at the instant of that palier; count the rows that it writes."""
    from django.db import connection

    from comptes.models import Notice

    if remark != NOT_SENT:
        Notice.objects.filter(state="pending").update(state="sent", sent_at=_instant(code, palier))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE comptes_notice")  # what the autovacuum does within a minute
    before = Notice.objects.count()
    environment = {**os.environ, **around.environment, "PYTHONWARNINGS": "ignore", "LOG_LEVEL": "ERROR"}
    argv = [sys.executable, "-c", PROGRAM, _instant(code, palier).isoformat()]
    answer = subprocess.run(argv, cwd=surroundings.ROOT, env=environment, check=True, capture_output=True, text=True)
    measured: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    return measured | {"rows": Notice.objects.count() - before}


def _instant(code: str, palier: str) -> datetime:
    from candidatures.models import Echeance
    from referencement.rules.rappels import Palier

    return next(each for each in Palier if each.code == palier).before(Echeance.objects.get(code=code).at)


def _rewritten(passes: list[dict[str, float]]) -> float:
    """Return the seconds that the database alone takes to write as many rows as the largest pass did."""
    from django.db import connection

    count = max(each["rows"] for each in passes)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE notices_again (LIKE comptes_notice INCLUDING ALL)")
        began = time.perf_counter()
        cursor.execute("INSERT INTO notices_again SELECT * FROM comptes_notice ORDER BY id LIMIT %s", [count])
        return time.perf_counter() - began


def _report(passes: list[dict[str, float]], alone: float, size: int, machine: str) -> tuple[str, bool]:
    good = all(each["seconds"] < LONGEST and each["peak"] < LARGEST for each in passes)
    lines = [
        "# Rappels",
        "",
        f"{machine}.",
        f"{size:,} candidatures of `populate --sans-preuves`, four people each. Each line is one pass of the sweep,",
        "in a process of its own: it decides for every open candidature whether the échéance still asks something, and",
        "to whom it is recalled, then writes the rows; beside the seconds, those during which that process itself ran.",
        "The peak is that of the whole process.",
        "Made by `python -m bench.rappels --write`.",
        "",
        f"| échéance | palier | recalled to | rows | seconds, < {LONGEST} | its own | peak, MB, < {LARGEST} | |",
        "|---|---|---:|---:|---:|---:|---:|---|",
        *(
            f"| {code} | {palier} | {each['recalled']:,} | {each['rows']:,} | {_judged(each['seconds'], LONGEST, 1)} "
            f"| {each['own']:.1f} | {_judged(each['peak'], LARGEST, 0)} | {remark} |"
            for (code, palier, remark), each in zip(PASSES, passes, strict=True)
        ),
        "",
        f"The database alone, copying {max(each['rows'] for each in passes):,} of these rows into a table with",
        f"the same indexes and constraints, takes {alone:.1f} s.",
        "",
    ]
    return "\n".join(lines), good


def _judged(value: float, limit: float, digits: int) -> str:
    return f"{value:.{digits}f} {'✓' if value < limit else '✗'}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
