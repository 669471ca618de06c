#!/usr/bin/env python3
"""Time every page against the limit view, at 100, 1,000 and 10,000 candidatures: see bench/README.md."""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from bench.surroundings import Client, Surroundings, session_of

if TYPE_CHECKING:
    from bench.subjects import Page

SIZES = (100, 1_000, 10_000)
RESULTS = Path(__file__).with_name("resultats") / "pages.md"
FLAT = 1.15
BURST = 5


@dataclass(frozen=True)
class Measure:
    """One page at one size. Milliseconds seen by a client on a kept connection.

    :param ratio: to the limit view; `outside`: to the outside limit
    :param weight: kB
    """

    page: Page
    size: int
    median: float
    p95: float
    queries: int
    weight: float
    ratio: float
    outside: float

    @property
    def title(self) -> str:
        return self.page.title

    @property
    def verdict(self) -> str:
        judged = (
            (self.ratio, self.page.limit, ""),
            (self.weight, self.page.heaviest, " kB"),
            (self.queries, self.page.queries, " queries"),
        )
        said = [f"{'✓' if value <= most else '✗'} ≤ {most:g}{unit}" for value, most, unit in judged if most is not None]
        return ", ".join(said)


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
    _project(around)
    found = list(pages())
    counts = [queries_of(page) for page in found]
    with _clients(around, found) as clients:
        for client in clients:
            _burst(client)
        times = [[_burst(client) for client in clients] for _ in range(rounds)]
    for rank, (page, (count, weight)) in enumerate(zip(found, counts, strict=True), start=1):
        taken = [milliseconds for bursts in times for milliseconds in bursts[rank]]
        median, p95 = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
        yield Measure(page, size, median, p95, count, weight, _ratio(times, rank, 1), _ratio(times, rank, 0))


def _ratio(times: list[list[list[float]]], rank: int, limit: int) -> float:
    """How many times a limit a page takes: in each round, then the median of the rounds."""
    return statistics.median(statistics.median(bursts[rank]) / statistics.median(bursts[limit]) for bursts in times)


def _project(around: Surroundings) -> None:
    """Keep whose turn it is in each candidature, as the sweep does within minutes."""
    from bench.moment import AT
    from referencement.operations.tours import refresh_tours

    while refresh_tours(most=500, at=AT):
        pass


@contextmanager
def _clients(around: Surroundings, pages: list[Page]) -> Iterator[list[Client]]:
    """Serve the portal and the outside limit; give a client of that one, then one to each page."""
    from bench.server import serving

    outside = {**around.environment, "DJANGO_SETTINGS_MODULE": "bench.dehors"}
    with (
        serving(outside, application="django.core.wsgi:get_wsgi_application()") as (without, _),
        serving(around.environment) as (port, _),
        ExitStack() as stack,
    ):
        clients = [Outside(without, pages[0]), *((Saver if page.champ else Client)(port, page) for page in pages)]
        yield [stack.enter_context(client) for client in clients]


class Outside(Client):
    """The client of the outside limit, where an account is Django's own."""

    def __init__(self, port: int, page: Page) -> None:
        from django.test import Client as Browser

        super().__init__(port, page)
        browser = Browser(SERVER_NAME="127.0.0.1")
        browser.force_login(page.reader, backend="django.contrib.auth.backends.ModelBackend")
        self.headers = {"Cookie": f"sessionid={browser.cookies['sessionid'].value}"}


class Saver(Client):
    """A client that saves a champ, each time another text, as the page does by itself."""

    def __init__(self, port: int, page: Page) -> None:
        super().__init__(port, page)
        self.champ, self.count, self.version = page.champ, 0, ""
        self.token = "b" * 32
        self.headers["Cookie"] = f"sessionid={session_of(page.reader)}; csrftoken={self.token}"

    def get(self) -> None:
        from bench.queries import seen_version

        self.count += 1
        if not self.version:
            self.version = seen_version(self._asked("GET", {}))
        body = urlencode({"seen_version": self.version, self.champ: f"Texte {self.count}"})
        self.version = seen_version(self._asked("POST", self._said(), body))

    def _said(self) -> dict[str, str]:
        kind = "application/x-www-form-urlencoded"
        return {"Content-Type": kind, "X-CSRFToken": self.token, "HX-Request": "true"}

    def _asked(self, method: str, headers: dict[str, str], body: str | None = None) -> bytes:
        self.connection.request(method, self.path, body=body, headers=self.headers | headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{method} {self.path} answered {answer.status}: {content[:300]!r}")
        return content


def _burst(client: Client) -> list[float]:
    """Ask for a page a few times in a row, on one connection; return the milliseconds."""
    client.connection.close()  # the server closes by itself what waited for its turn
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
        f"{rounds} rounds: in each, every page is asked for {BURST} times in a row, the two limits first; the ratio is",
        "that of their medians in a round, and its median over the rounds. Made by `python -m bench.pages --write`.",
        "",
        "| page | candidatures | median ms | p95 ms | queries | kB | × limit | × outside | |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    for one in sorted(measures, key=lambda one: [other.title for other in measures].index(one.title)):
        times = f"{one.size} | {one.median:.1f} | {one.p95:.1f} | {one.queries} | {one.weight:.1f}"
        cells = f"{times} | {one.ratio:.2f} | {one.outside:.2f} | {one.verdict}"
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
