#!/usr/bin/env python3
"""Export 10,000 candidatures in each format, in a fresh process: time, memory. See bench/README.md."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from bench.harness import Line, Report, judge, table
from bench.surroundings import Surroundings, make

RESULTS = Path(__file__).with_name("resultats") / "exports.md"
LONGEST, LARGEST = 10, 80
CHILD = """
import json, sys, time
from pathlib import Path
from tempfile import TemporaryFile
import django
django.setup()
from bench.moment import AT
from comptes.models import Compte
from comptes.queries.exports import liste_called
from comptes.rules.tableurs import WRITERS

def peak():
    # The most memory of this program, in kB; `ru_maxrss` would count that of the process which started it.
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1])

reader = Compte.objects.get(email="administrateur@populate.example")
liste = liste_called("candidatures", reader)
before, began = peak(), time.perf_counter()
with TemporaryFile() as file:
    WRITERS[sys.argv[1]](file, liste.columns, liste.rows({}, reader, AT))
    size = file.tell()
seconds = time.perf_counter() - began
growth = (peak() - before) / 1024
print(json.dumps({"seconds": seconds, "growth": growth, "size": size / 2**20}))
"""


def main(arguments: list[str]) -> int:
    return judge(measure, arguments, doc=__doc__, results=RESULTS, size=10_000)


def measure(options: argparse.Namespace) -> Report:
    with Surroundings() as around:
        from bench.moment import AT
        from comptes import clock

        with clock.travel(AT):
            make(options.size)
        lines = [line for nature in ("csv", "xlsx", "ods") for line in _measured(around, nature)]
        about = [f"{options.size} candidatures, one row each, in a fresh process for each format."]
        return table("Exports", about, lines, made_by="bench.exports")


def _measured(around: Surroundings, nature: str) -> list[Line]:
    command = [sys.executable, "-c", CHILD, nature]
    done = subprocess.run(command, env=around.environment, capture_output=True, check=True, text=True)
    figures = json.loads(done.stdout.splitlines()[-1])
    seconds, growth = figures["seconds"], figures["growth"]
    return [
        Line(f"{nature}, {figures['size']:.1f} MB\u00a0: seconds, < {LONGEST}", f"{seconds:.1f}", seconds < LONGEST),
        Line(f"{nature}\u00a0: memory, MB more, < {LARGEST}", f"{growth:.0f}", growth < LARGEST),
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
