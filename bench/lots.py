#!/usr/bin/env python3
"""Do one act on 500 candidatures, its worker killed halfway: time, what its page counts. See bench/README.md."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import surroundings
from bench.harness import Line, Report, judge, table

RESULTS = Path(__file__).with_name("resultats") / "lots.md"
LONGEST, SLOWEST = 20, 0.5
# How many are done before the page answers, as its view does.
AT_ONCE = 25
TEXT = "Vérifiez les informations de votre dossier."

surroundings.DATABASE = "portail_bench_lots"

# What a worker does: import everything, then run the sweep.
PROGRAM = """
import django
django.setup()
from bench.moment import AT
from candidatures.sweeps import run_lots
from comptes import clock
with clock.travel(AT):
    run_lots()
"""


def main(arguments: list[str]) -> int:
    return judge(measure, arguments, doc=__doc__, results=RESULTS, size=1_000, lot=500)


@dataclass(frozen=True)
class Run:
    """What one lot took.

    :param counts: the different numbers of candidatures done that its page showed
    :param slowest: the longest reading of its progress, in seconds
    """

    geste: str
    seconds: float
    done: int
    refused: int
    counts: int
    slowest: float


def measure(options: argparse.Namespace) -> Report:
    with surroundings.Surroundings() as around:
        from bench.moment import AT
        from candidatures.enums import GesteDeLot
        from candidatures.models import Message
        from comptes import clock

        around.fill(options.size)
        with clock.travel(AT):
            runs = [_run(around, GesteDeLot.WRITE, options.lot, {"text": TEXT}, killed=True)]
            messages = Message.objects.filter(text=TEXT).count()
            runs += [_run(around, *asked) for asked in _asked(options.lot)]
        return _report(options, runs, messages)


def _asked(lot: int) -> list[tuple[Any, int, Mapping[str, Any]]]:
    """Return the other acts that are measured, each with what it is given."""
    from candidatures.enums import GesteDeLot, VoletKind
    from candidatures.operations.modeles import create_modele

    modele = create_modele(
        dispositif_code="ms-dui-va2",
        kind=VoletKind.ADMINISTRATIF,
        titre="Mesure",
        champs=["version_technique"],
        text="Précisez.",
        by=_agent("responsable_instruction"),
        at=_at(),
    )
    return [
        (GesteDeLot.ASSIGN, lot, {"compte": _agent("instructeur").pk}),
        (GesteDeLot.LABEL, lot, {"nom": "Mesure"}),
        (GesteDeLot.ASK, lot, {"modele": modele.pk, "due_date": None}),
        (GesteDeLot.REMIND, lot, {}),
        (GesteDeLot.PREPARE, lot, {}),
    ]


def _run(around: Any, geste: Any, lot: int, params: Mapping[str, Any], *, killed: bool = False) -> Run:
    """Ask for an act, do the first ones as the page does, and let a worker do the others; kill it halfway if asked."""
    from candidatures.operations.lots import open_lot, run_lot
    from candidatures.queries.lots import progress_of

    by, keys = _agent("responsable_instruction"), _chosen(lot)
    began = time.monotonic()
    made = open_lot(geste=geste, params=params, items={pk: _own(pk) for pk in keys}, by=by, at=_at())
    run_lot(lot_id=made.pk, most=AT_ONCE, at=_at())
    worker, counts, slowest = _worker(around), set(), 0.0
    while True:
        asked = time.monotonic()
        progress = progress_of(made)
        slowest = max(slowest, time.monotonic() - asked)
        counts.add(progress.left)
        if not progress.left:
            break
        if killed and progress.left <= len(keys) // 2:
            worker.kill()
            worker.wait()
            worker, killed = _worker(around), False
        elif worker.poll() is not None:
            raise SystemExit(f"The worker stopped, and {progress.left} candidatures are left.")
        time.sleep(0.2)
    seconds = time.monotonic() - began
    worker.wait()
    return Run(str(geste.label), seconds, progress.done, progress.refused, len(counts), slowest)


def _own(pk: int) -> dict[str, Any]:
    from candidatures.models import Referent

    return {"seen": Referent.objects.filter(pk=pk).values_list("compte", flat=True).first()}


def _chosen(lot: int) -> Sequence[int]:
    """Return open candidatures (pk), those with a volet to read first."""
    from django.db.models import Exists, OuterRef

    from candidatures.models import Candidature, Volet

    submitted = Volet.objects.filter(candidature=OuterRef("pk"), kind="administratif", state="submitted")
    rows = Candidature.objects.filter(state="open", dispositif="ms-dui-va2").annotate(to_read=Exists(submitted))
    return list(rows.order_by("-to_read", "pk").values_list("pk", flat=True)[:lot])


def _agent(role: str) -> Any:
    from comptes.models import Compte

    return Compte.objects.filter(is_active=True, roles_ans__contains=[role]).order_by("pk")[0]


def _at() -> Any:
    from bench.moment import AT

    return AT


def _worker(around: Any) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, **around.environment, "PYTHONWARNINGS": "ignore", "LOG_LEVEL": "ERROR"}
    return subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=surroundings.ROOT, env=environment)


def _report(options: argparse.Namespace, runs: Sequence[Run], messages: int) -> Report:
    lines = [
        Line(
            f"{run.geste}\u00a0: seconds, < {LONGEST} ({run.done} done, {run.refused} refused)",
            f"{run.seconds:.1f}",
            run.seconds < LONGEST,
        )
        for run in runs
    ]
    written, slowest = runs[0], max(run.slowest for run in runs)
    lines += [
        Line("messages written, the worker killed halfway", messages, messages == written.done),
        Line("different numbers that its page showed", written.counts, written.counts > 2),
        Line(f"the slowest reading of a progress, seconds, < {SLOWEST}", f"{slowest:.2f}", slowest < SLOWEST),
    ]
    about = [
        f"{options.size:,} candidatures of `populate`, {options.lot} of them chosen. The first {AT_ONCE} are done as",
        "the page does; a worker in a process of its own does the others, and its start is counted. It is killed",
        "(`kill -9`) halfway through the messages, and another one goes on.",
    ]
    return table("Lots", about, lines, made_by="bench.lots")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
