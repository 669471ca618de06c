#!/usr/bin/env python3
"""Time every page against the limit view, at 100, 1,000 and 10,000 candidatures: see bench/README.md."""

import argparse
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.surroundings import Client, Surroundings

SIZES = (100, 1_000, 10_000)
RESULTS = Path(__file__).with_name("resultats") / "pages.md"
FLAT = 1.5
BURST = 5


@dataclass(frozen=True)
class Measure:
    """One page at one size. Milliseconds seen by a client on a kept connection; `ratio` is to the limit view."""

    title: str
    size: int
    limit: float | None
    median: float
    p95: float
    queries: int
    ratio: float

    @property
    def verdict(self) -> str:
        if self.limit is None:
            return ""
        return f"{'✓' if self.ratio <= self.limit else '✗'} ≤ {self.limit:g}".replace(".", ",")


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    with Surroundings() as around:
        from bench.machine import machine

        measures = [one for size in options.sizes for one in _at_size(around, size, options.rounds)]
        report = _report(measures, machine(), options.rounds)
    print(report)
    if options.write:
        RESULTS.write_text(report, encoding="utf-8")
    return 1 if any("✗" in one.verdict for one in measures) else 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="how many times each page has its turn")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--write", action="store_true", help=f"keep the table in bench/resultats/{RESULTS.name}")
    return parser.parse_args(arguments)


def _at_size(around: Surroundings, size: int, rounds: int) -> Iterator[Measure]:
    """Measure each page in turn, round after round: what disturbs the machine disturbs all of them alike.

    In a round each page is asked for a few times in a row, so that none pays for what the one before left behind.
    """
    from bench.queries import queries_of
    from bench.subjects import pages

    around.fill(size)
    found = list(pages())
    counts = [queries_of(page) for page in found]
    with around.clients(found) as clients:
        for client in clients:
            _burst(client)
        times = [[_burst(client) for client in clients] for _ in range(rounds)]
    limits = [statistics.median(bursts[0]) for bursts in times]
    for rank, (page, count) in enumerate(zip(found, counts, strict=True)):
        bursts = [bursts[rank] for bursts in times]
        taken = [one for burst in bursts for one in burst]
        ratio = statistics.median(statistics.median(burst) / limit for burst, limit in zip(bursts, limits, strict=True))
        median, p95 = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
        yield Measure(page.title, size, page.limit, median, p95, count, ratio)


def _burst(client: Client) -> list[float]:
    """Ask for a page a few times in a row; return the milliseconds."""
    taken = []
    for _ in range(BURST):
        began = time.perf_counter()
        client.get()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def _report(measures: list[Measure], machine: str, rounds: int) -> str:
    lines = [
        "# Pages",
        "",
        f"{machine}. gunicorn gthread, 2 workers of 4 threads, on the same machine.",
        f"{rounds} rounds: in each, every page is asked for {BURST} times in a row, the limit view first; the ratio is",
        "that of their medians in a round, and its median over the rounds. Made by `python -m bench.pages --write`.",
        "",
        "| page | candidatures | median ms | p95 ms | queries | × limit | |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    for one in sorted(measures, key=lambda one: [other.title for other in measures].index(one.title)):
        cells = f"{one.size} | {one.median:.1f} | {one.p95:.1f} | {one.queries} | {one.ratio:.2f} | {one.verdict}"
        lines.append(f"| {one.title} | {cells} |")
    return "\n".join([*lines, "", *_flatness(measures)]) + "\n"


def _flatness(measures: list[Measure]) -> Iterator[str]:
    sizes = sorted({one.size for one in measures})
    if len(sizes) < 2:
        return
    yield f"From {sizes[0]} to {sizes[-1]} candidatures, what each page costs beside the limit view is multiplied by:"
    yield ""
    for title in dict.fromkeys(one.title for one in measures):
        ratios = {one.size: one.ratio for one in measures if one.title == title}
        if sizes[0] in ratios and sizes[-1] in ratios:
            growth = ratios[sizes[-1]] / ratios[sizes[0]]
            yield f"- {title}: {growth:.2f} {'✓' if growth <= FLAT else '✗'}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
