#!/usr/bin/env python3
"""Ask slow desks about 10,000 demandes with two workers: how long; then again while one of the desks is dead."""

import argparse
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import surroundings
from bench.harness import Report, judge
from bench.server import a_worker

RESULTS = Path(__file__).with_name("resultats") / "releves.md"
LONGEST, LARGEST_FALL, LARGEST_GROWTH = 300, 10, 10
WORKERS, LATENCY = 2, 50
SWEEP = 60
DEAD, ALIVE = "cnda", "edc_psc"

surroundings.DATABASE = "portail_bench_releves"


@dataclass
class Run:
    """What was measured while the desks were asked.

    :param done: seconds from the first sweep until each desk had answered everything
    :param memory: MB held by each worker, at a quarter of the relevés, at half and at the end
    :param simulator: what the simulators print when they end
    """

    demandes: int
    done: dict[str, float] = field(default_factory=dict)
    pulled: int = 0
    doubled: int = 0
    failures: int = 0
    memory: list[list[float]] = field(default_factory=list)
    simulator: str = ""

    def rate_of(self, desk: str) -> float:
        return self.demandes / 2 / self.done[desk]


def main(arguments: list[str]) -> int:
    return judge(measure, arguments, doc=__doc__, results=RESULTS, demandes=10000, threads=12, moving=10)


def measure(options: argparse.Namespace) -> Report:
    with surroundings.Surroundings() as around:
        from bench.demandes import Batch
        from bench.machine import machine

        batches = Batch.several(2, options.demandes)
        whole = _run(around, batches[0], options, dead=False)
        broken = _run(around, batches[1], options, dead=True)
        report, good = _report(whole, broken, options, machine())
    return report, good


def _run(around: Any, batch: Any, options: argparse.Namespace, *, dead: bool) -> Run:
    """Declare a batch, all due, and run the sweep each minute until the desks that are alive have answered it all."""
    run = Run(batch.demandes)
    with ExitStack() as stack:
        simulator = stack.enter_context(_simulator(batch.scenario(around.folder, moving=options.moving)))
        desks = {DEAD: f"{simulator.address}/cnda", ALIVE: f"{simulator.address}/edc-psc"}
        if dead:
            desks[DEAD] = stack.enter_context(_says_nothing())
        pids = stack.enter_context(_workers(around, _settings_of(desks), options.threads))
        batch.declare()
        _follow(run, batch, pids, [ALIVE] if dead else [DEAD, ALIVE])
        run.simulator = simulator.stop()
    run.pulled, run.doubled, run.failures = batch.count()
    return run


def _follow(run: Run, batch: Any, pids: list[int], living: list[str]) -> None:
    from guichets import sweeps

    began, swept = time.monotonic(), 0
    wanted = len(living) * batch.demandes // 2
    while len(run.done) < len(living):
        elapsed = time.monotonic() - began
        if elapsed >= swept * SWEEP:
            handed = sweeps.pull_due_demandes()
            swept += 1
            print(f"{elapsed:5.0f} s: {handed} handed out, {dict(batch.pulled_by_desk())} pulled", file=sys.stderr)
        if elapsed > 4 * LONGEST:
            raise SystemExit(f"It takes too long: {batch.pulled_by_desk()} of {wanted}.")
        pulled = batch.pulled_by_desk()
        for desk in living:
            if pulled.get(desk, 0) >= batch.demandes // 2:
                run.done.setdefault(desk, time.monotonic() - began)
        if sum(pulled.values()) >= wanted * (len(run.memory) + 1) / 4 * (1 if len(run.memory) < 2 else 4 / 3):
            run.memory.append([_memory(pid) for pid in pids])
        time.sleep(0.5)


def _settings_of(desks: dict[str, str]) -> dict[str, str]:
    """Write the addresses of the desks in this process's settings; return them as variables for the workers."""
    from django.conf import settings

    from guichets.queries.desks import circuit_of

    named = {}
    for desk, url in desks.items():
        host = url.removeprefix("http://").partition("/")[0]
        settings.GUICHETS[desk] |= {"url": url, "hosts": host}
        named |= {f"GUICHET_{desk.upper()}_URL": url, f"GUICHET_{desk.upper()}_HOSTS": host}
        circuit_of(desk).reset()
    return named


@dataclass
class Simulator:
    process: "subprocess.Popen[str]"
    address: str

    def stop(self) -> str:
        """End the simulators; return what they print: how often they were asked, and their processor time."""
        self.process.terminate()
        return (self.process.communicate()[0] or "").strip()


@contextmanager
def _simulator(scenario: Path) -> Iterator[Simulator]:
    argv = [sys.executable, "manage.py", "simulate_guichets", "--port", "0", "--latency", str(LATENCY)]
    argv += ["--scenario", str(scenario)]
    with subprocess.Popen(argv, cwd=surroundings.ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        simulator = Simulator(process, process.stdout.readline().strip())
        try:
            yield simulator
        finally:
            if process.poll() is None:
                simulator.stop()


@contextmanager
def _says_nothing() -> Iterator[str]:
    """Run a dead desk of the worst kind, which accepts connections and never answers; yield its address."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=256)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def _workers(around: Any, desks: dict[str, str], threads: int) -> Iterator[list[int]]:
    from segur_portal.celery import app

    app.control.purge()
    environment = {**os.environ, **around.environment, **desks, "EMAIL_URL": "dummymail://", "PYTHONWARNINGS": "ignore"}
    argv = a_worker("--pool", "threads", concurrency=threads)
    started = [
        subprocess.Popen([*argv, "-n", f"releves{number}@%h"], cwd=surroundings.ROOT, env=environment)
        for number in range(WORKERS)
    ]
    try:
        deadline = time.monotonic() + 60
        while len(app.control.ping(timeout=1)) < WORKERS:
            if time.monotonic() > deadline:
                raise SystemExit("The workers did not start: what they said is above.")
        yield [worker.pid for worker in started]
    finally:
        for worker in started:
            worker.kill()
            worker.wait()
        app.control.purge()


def _memory(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))


def _report(whole: Run, broken: Run, options: argparse.Namespace, machine: str) -> tuple[str, bool]:
    seconds = max(whole.done.values())
    before, after = whole.rate_of(ALIVE), broken.rate_of(ALIVE)
    fall = 100 * (before - after) / before
    growth = max(100 * (end / quarter - 1) for quarter, end in zip(whole.memory[0], whole.memory[-1], strict=True))
    half = whole.demandes // 2
    lines = [
        "# Relevés",
        "",
        f"{machine}.",
        f"{WORKERS} Celery workers of {options.threads} threads; a sweep each minute within the budget of each desk;",
        f"the simulators in one process of the same machine, {LATENCY} ms before each answer.",
        f"{whole.demandes:,} demandes due at once, half at each desk; {options.moving} in a hundred have moved:",
        "a move is written in the journal, and its team is told by mail.",
        "The dead desk is the one whose demandes are handed out first; it takes connections and never answers.",
        "Made by `python -m bench.releves --write`.",
        "",
        "| measure | |",
        "|---|---:|",
        f"| {whole.demandes:,} demandes pulled, seconds | {_judged(seconds, LONGEST)} |",
        f"| a second | {whole.demandes / seconds:.0f} |",
        f"| demandes pulled, pulled twice, failures | {whole.pulled:,}, {whole.doubled}, {whole.failures} |",
        f"| the simulators' own | {whole.simulator} |",
        f"| EDC PSC, both desks alive: {half:,} demandes, a second | {before:.1f} |",
        f"| EDC PSC, the CNDA dead: {half:,} demandes, a second | {after:.1f} |",
        f"| its rate falls by, % | {_judged(fall, LARGEST_FALL)} |",
        f"| memory of each worker at a quarter, half and the end, MB | {_memories(whole)} |",
        f"| it grows from a quarter to the end by, % | {_judged(growth, LARGEST_GROWTH)} |",
        "",
    ]
    exact = (whole.pulled, whole.doubled, whole.failures) == (whole.demandes, 0, 0)
    return "\n".join(lines), seconds <= LONGEST and fall <= LARGEST_FALL and growth <= LARGEST_GROWTH and exact


def _memories(run: Run) -> str:
    return "; ".join(", ".join(f"{size:.0f}" for size in sizes) for sizes in zip(*run.memory, strict=True))


def _judged(value: float, limit: float) -> str:
    return f"{value:.0f} {'✓' if value <= limit else '✗'} ≤ {limit}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
