#!/usr/bin/env python3
"""Do each act on 500 candidatures, a worker killed halfway: time, what its page counts. See bench/README.md."""

import argparse
import gc
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench import surroundings
from bench.harness import Line, Report, judge, table

RESULTS = Path(__file__).with_name("resultats") / "lots.md"
LONGEST, SLOWEST = 20, 0.5
# Stories whose first volet waits for the ANS, that missed Date 1, and that are ready for the collège.
TO_READ, LATE, READY = "submitted", "complete", "not-heard"
# How many are done before the page answers, as its view does.
AT_ONCE = 20
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
    while run_lots():
        pass
"""


def main(arguments: list[str]) -> int:
    return judge(measure, arguments, doc=__doc__, results=RESULTS, lot=500, agenda=100)


@dataclass(frozen=True)
class Run:
    """What one lot took.

    :param refused: how many were refused, or failed: the measure is then of something else, and its line is bad
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

        to_read, late, ready = _fill(options)
        with clock.travel(AT):
            runs = [_run(around, GesteDeLot.WRITE, _same(to_read, {}), {"text": TEXT}, killed=True)]
            messages = Message.objects.filter(text=TEXT).count()
            runs += [_run(around, *asked) for asked in _asked(to_read, late)]
            seance = _a_seance()
            runs.append(_run(around, GesteDeLot.ENLIST, _same(ready, {}), {"seance": seance.pk}, by=seance.secretaire))
        return _report(options, runs, messages)


def _fill(options: argparse.Namespace) -> list[Sequence[int]]:
    """Make the candidatures of each sort, with the photos of those that are late; return their keys."""
    from django.db import connection

    from bench.moment import AT
    from candidatures.models import Candidature
    from comptes import clock
    from referencement.sweeps import refresh_tours, take_photos

    made: dict[str, Sequence[int]] = {}
    with clock.travel(AT):
        for seed, (story, count) in enumerate(((LATE, options.lot), (TO_READ, options.lot), (READY, options.agenda))):
            last = Candidature.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            surroundings.make(count, seed=seed, histoire=[story])
            keys = Candidature.objects.filter(pk__gt=last, state="open").order_by("-pk").values_list("pk", flat=True)
            made[story] = sorted(keys[:count])
            if story == LATE:
                take_photos()
        refresh_tours()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    gc.collect()
    gc.freeze()  # a web server does not hold all that this process made: looking through it takes 0.3 s
    return [made[story] for story in (TO_READ, LATE, READY)]


def _same(keys: Sequence[int], own: Mapping[str, Any]) -> dict[int, Mapping[str, Any]]:
    return dict.fromkeys(keys, own)


def _asked(to_read: Sequence[int], late: Sequence[int]) -> Iterator[tuple[Any, Mapping[int, Any], Mapping[str, Any]]]:
    """Yield the other acts that are measured, each with its candidatures and what it is given."""
    from candidatures.enums import GesteDeLot, VoletKind
    from candidatures.models import Volet
    from candidatures.operations.modeles import create_modele

    giver, taker = _agents("instructeur")[:2]
    modele = create_modele(
        dispositif_code="ms-dui-va2",
        kind=VoletKind.ADMINISTRATIF,
        titre="Mesure",
        champs=["version_technique"],
        text="Précisez.",
        by=_agents("responsable_instruction")[0],
        at=_at(),
    )
    volets = Volet.objects.filter(candidature__in=to_read, kind=VoletKind.ADMINISTRATIF).order_by("candidature")
    seen = {key: {"seen": version} for key, version in volets.values_list("candidature", "version")}
    yield GesteDeLot.ASSIGN, _same(to_read, {"seen": None}), {"compte": giver.pk}
    given = {"de": giver.pk, "compte": taker.pk}
    yield GesteDeLot.HAND_OVER, _same(to_read, {"suivi": True}), given
    yield GesteDeLot.LABEL, _same(to_read, {}), {"nom": "Mesure"}
    yield GesteDeLot.ASK, seen, {"modele": modele.pk, "due_date": None}
    yield GesteDeLot.REMIND, _same(late, {}), {}
    yield GesteDeLot.PREPARE, _same(late, {}), {}


def _a_seance() -> Any:
    from referencement.operations.seances import plan_seance

    by, membres = _agents("secretaire_college")[0], _agents("membre_college")
    held_at = _at() + timedelta(days=30)
    return plan_seance(held_at=held_at, quorum=1, membres=membres, secretaire=by, by=by, at=_at())


def _run(
    around: Any,
    geste: Any,
    items: Mapping[int, Mapping[str, Any]],
    params: Mapping[str, Any],
    *,
    by: Any = None,
    killed: bool = False,
) -> Run:
    """Ask for an act, do the first ones as the page does, and let a worker do the others; kill it halfway if asked."""
    from candidatures.operations.lots import open_lot, run_lot
    from candidatures.queries.lots import progress_of

    began = time.monotonic()
    asker = by or _agents("responsable_instruction")[0]
    made = open_lot(geste=geste, params=params, items=items, by=asker, at=_at())
    run_lot(lot_id=made.pk, most=AT_ONCE, at=_at())
    worker, counts, slowest = _worker(around), set(), 0.0
    while True:
        asked = time.monotonic()
        progress = progress_of(made)
        slowest = max(slowest, time.monotonic() - asked)
        counts.add(progress.left)
        if not progress.left:
            break
        if killed and progress.left <= len(items) // 2:
            worker.kill()
            worker.wait()
            worker, killed = _worker(around), False
        elif worker.poll() is not None:
            raise SystemExit(f"The worker stopped, and {progress.left} candidatures are left.")
        time.sleep(0.1)
    seconds = time.monotonic() - began
    worker.wait()
    return Run(str(geste.label), seconds, progress.done, progress.refused + progress.stopped, len(counts), slowest)


def _agents(role: str) -> list[Any]:
    from comptes.models import Compte

    return list(Compte.objects.filter(is_active=True, roles_ans__contains=[role]).order_by("pk"))


def _at() -> Any:
    from bench.moment import AT

    return AT


def _worker(around: Any) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, **around.environment, "PYTHONWARNINGS": "ignore", "LOG_LEVEL": "ERROR"}
    return subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=surroundings.ROOT, env=environment)


def _report(options: argparse.Namespace, runs: Sequence[Run], messages: int) -> Report:
    lines = [
        Line(
            f"{run.geste}\u00a0: seconds, < {LONGEST} ({run.done} done, {run.refused} not)",
            f"{run.seconds:.1f}",
            run.seconds < LONGEST and not run.refused,
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
        f"Each act on {options.lot} candidatures of `populate`, and {options.agenda} for the agenda of a séance: those",
        "on which it can be done.",
        f"The first {AT_ONCE} are done as the page does; a worker in a process of its own does the others, and its",
        "start is counted. It is killed (`kill -9`) halfway through the messages, and another one goes on.",
    ]
    return table("Lots", about, lines, made_by="bench.lots")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
