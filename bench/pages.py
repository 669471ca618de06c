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
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from bench.forms import typed_in, typing
from bench.surroundings import TOKEN, Client, Surroundings

if TYPE_CHECKING:
    from bench.forms import Typed
    from bench.subjects import Page

SIZES = (100, 1_000, 10_000)
RESULTS = Path(__file__).with_name("resultats") / "pages.md"
FLAT = 1.15
BURST = 5


@dataclass(frozen=True)
class Measure:
    """The measure of one page at one size. Milliseconds, seen by a client on a connection that is kept open.

    :param ratio: how many times the limit view it takes
    :param outside: how many times the outside limit it takes
    :param weight: size of the page, in kB
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
        judgements = [
            f"{'✓' if value <= most else '✗'} ≤ {most:g}{unit}" for value, most, unit in judged if most is not None
        ]
        return ", ".join(judgements)


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    with Surroundings() as around:
        from bench.machine import machine

        measures = [measure for size in options.sizes for measure in _at_size(around, size, options)]
        report = _report(measures, machine(), options.rounds)
    print(report)
    if options.write:
        RESULTS.write_text(report, encoding="utf-8")
    return 1 if any("✗" in measure.verdict for measure in measures) else 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="how many times each page has its turn")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--only", action="append", default=[], help="a page, by a part of its title; beside the limit")
    parser.add_argument("--write", action="store_true", help=f"keep the table in bench/resultats/{RESULTS.name}")
    return parser.parse_args(arguments)


def _at_size(around: Surroundings, size: int, options: argparse.Namespace) -> Iterator[Measure]:
    from bench.subjects import pages

    around.fill(size)
    project()
    limit, *others = pages()
    yield from measured(
        around, [limit, *(page for page in others if _is_wanted(page, options.only))], size, options.rounds
    )


def measured(around: Surroundings, pages: list[Page], size: int, rounds: int) -> Iterator[Measure]:
    """Measure pages in turn, round after round, so that what disturbs the machine disturbs them all alike.

    In a round, each page is asked for `BURST` times in a row, so that the page before has little influence.

    :param pages: the limit view first
    """
    from bench.queries import queries_of

    counts = [queries_of(page) for page in pages]
    with _clients(around, pages) as clients:
        for client in clients:
            _burst(client)
        times = [[_burst(client) for client in clients] for _ in range(rounds)]
    for rank, (page, (count, weight)) in enumerate(zip(pages, counts, strict=True), start=1):
        taken = [milliseconds for bursts in times for milliseconds in bursts[rank]]
        median, p95 = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
        yield Measure(page, size, median, p95, count, weight, _ratio(times, rank, 1), _ratio(times, rank, 0))


def _is_wanted(page: Page, only: list[str]) -> bool:
    return not only or any(part in page.title for part in only)


def _ratio(times: list[list[list[float]]], rank: int, limit: int) -> float:
    """Return how many times a limit a page takes: the median over the rounds."""
    return statistics.median(statistics.median(bursts[rank]) / statistics.median(bursts[limit]) for bursts in times)


def project() -> None:
    """Write the turn of each candidature, as the sweep does within minutes; and what the autovacuum then learns."""
    from django.db import connection

    from bench.moment import AT
    from referencement.operations.tours import fold_counts, refresh_tours

    while refresh_tours(most=500, at=AT):
        pass
    fold_counts()
    _steer()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _steer() -> None:
    """Write what steering reads: the counts of the sweeps, and a risk of each échéance in each candidature."""
    from bench.moment import AT
    from candidatures.models import Candidature, Echeance
    from referencement.enums import TriDePhoto
    from referencement.models import RisqueDEcheance
    from referencement.sweeps import measure_durations, measure_pilotage

    measure_durations()
    sorts = list(TriDePhoto)
    echeances = list(Echeance.objects.order_by("dispositif", "at", "pk"))
    rows = (
        RisqueDEcheance(
            candidature_id=pk,
            echeance=echeance.code,
            due_at=echeance.at,
            sort=sorts[pk % 3],
            expected_at=echeance.at,
            slack=timedelta(days=pk % 90 - 20),
            reason="Identité nationale de santé",
            owner="editeur",
            computed_at=AT,
        )
        for pk, dispositif in Candidature.objects.order_by("pk").values_list("pk", "dispositif")
        for echeance in echeances
        if echeance.dispositif_id == dispositif
    )
    RisqueDEcheance.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)
    measure_pilotage()


@contextmanager
def _clients(around: Surroundings, pages: list[Page]) -> Iterator[list[Client]]:
    """Serve the portal and the outside limit; yield a client of the outside limit, then one for each page."""
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
    """The client of the outside limit, which signs in with Django's own backend."""

    def __init__(self, port: int, page: Page) -> None:
        from django.test import Client as Browser

        super().__init__(port, page)
        browser = Browser(SERVER_NAME="127.0.0.1")
        browser.force_login(page.reader, backend="django.contrib.auth.backends.ModelBackend")
        self.headers = {"Cookie": f"sessionid={browser.cookies['sessionid'].value}"}


class Saver(Client):
    """A client that saves a champ as the page's autosave does: it sends the whole form, with another text each time."""

    def __init__(self, port: int, page: Page) -> None:
        super().__init__(port, page)
        self.champ, self.count = page.champ, 0
        self.typed: Typed = []

    def get(self) -> None:
        from bench.queries import seen_version

        self.count += 1
        if not self.typed:
            self.typed = typed_in(self._asked("GET", {}))
        self.typed = typing(self.typed, **{self.champ: f"Texte {self.count}"})
        saved = self._asked("POST", self._form_headers(), urlencode(self.typed))
        self.typed = typing(self.typed, seen_version=seen_version(saved))

    def _form_headers(self) -> dict[str, str]:
        kind = "application/x-www-form-urlencoded"
        return {"Content-Type": kind, "X-CSRFToken": TOKEN, "HX-Request": "true"}

    def _asked(self, method: str, headers: dict[str, str], body: str | None = None) -> bytes:
        self.connection.request(method, self.path, body=body, headers=self.headers | headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{method} {self.path} answered {answer.status}: {content[:300]!r}")
        return content


def _burst(client: Client) -> list[float]:
    """Ask for a page a few times in a row, on one connection; return the milliseconds."""
    client.connection.close()  # the server has closed it while the other pages had their turn
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
    for measure in sorted(measures, key=lambda measure: [other.title for other in measures].index(measure.title)):
        times = f"{measure.size} | {measure.median:.1f} | {measure.p95:.1f} | {measure.queries} | {measure.weight:.1f}"
        cells = f"{times} | {measure.ratio:.2f} | {measure.outside:.2f} | {measure.verdict}"
        lines.append(f"| {measure.title} | {cells} |")
    return "\n".join([*lines, "", *_flatness(measures)]) + "\n"


def _flatness(measures: list[Measure]) -> Iterator[str]:
    sizes = sorted({measure.size for measure in measures})
    if len(sizes) < 2:
        return
    yield f"From {sizes[0]} to {sizes[-1]} candidatures, what each page costs beside the limit view is multiplied by:"
    yield ""
    for title in dict.fromkeys(measure.title for measure in measures):
        ratios = {measure.size: measure.ratio for measure in measures if measure.title == title}
        if sizes[0] in ratios and sizes[-1] in ratios:
            growth = ratios[sizes[-1]] / ratios[sizes[0]]
            yield f"- {title}: {growth:.2f} {'✓' if growth <= FLAT else '✗'}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
