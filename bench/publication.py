#!/usr/bin/env python3
"""Time the public list of 5,000 solutions référencées against the limit view: see bench/README.md."""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench.harness import Report, judge
from bench.pages import _burst
from bench.surroundings import Client, Surroundings, make

SIZE = 5_000
LIMIT = 2.5
RESULTS = Path(__file__).with_name("resultats") / "publication.md"
ARTICLES = [{"titre": f"Article {rank}", "texte": f"Ce que dit l’article {rank}. " * 120} for rank in range(20)]


def main(arguments: list[str]) -> int:
    return judge(measure, arguments, doc=__doc__, results=RESULTS, rounds=12)


def measure(options: argparse.Namespace) -> Report:
    with Surroundings() as around:
        from bench.machine import machine

        _attribute()
        lines, kept = _measure(around, options.rounds)
        report = _report(lines, machine(), options.rounds)
    return report, kept


def _attribute() -> None:
    """Make `SIZE` solutions référencées, each by its own séance."""
    from bench.moment import AT
    from comptes import clock

    with clock.travel(AT):
        make(SIZE, histoire=["attributed"])


def _measure(around: Surroundings, rounds: int) -> tuple[list[str], bool]:
    from django.db import connection

    from bench.subjects import Page, pages
    from candidatures.models import Candidature

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    nru = Candidature.objects.order_by("-pk")[0].nru
    measured = [
        next(iter(pages())),
        Page("liste, gardée", "/solutions/", None, LIMIT),
        Page("liste, dernière page, gardée", "/solutions/?page=200", None, LIMIT),
        Page("liste, un profil, gardée", "/solutions/?profil=MER", None, LIMIT),
        Page("liste, un mot cherché (jamais gardée)", "/solutions/?q=residence", None),
        Page("page d’une solution", f"/solutions/{nru}/", None, LIMIT),
        Page("export CSV entier, gardé", "/solutions.csv", None),
        Page("export JSON entier, gardé", "/solutions.json", None),
    ]
    with around.clients(measured) as clients:
        firsts = [_first(client) for client in clients]
        times = [[_turn(client) for client in clients] for _ in range(rounds)]
    limits = [statistics.median(bursts[0]) for bursts in times]
    lines, kept = [], True
    for rank, page in enumerate(measured):
        bursts = [bursts[rank] for bursts in times]
        ratio = statistics.median(statistics.median(burst) / limit for burst, limit in zip(bursts, limits, strict=True))
        median = statistics.median(taken for burst in bursts for taken in burst)
        verdict = "" if page.limit is None else f"{'✓' if ratio <= page.limit else '✗'} ≤ {page.limit:g}"
        kept = kept and "✗" not in verdict
        cells = f"{firsts[rank]:.0f} | {median:.1f} | {ratio:.2f} | {verdict.replace('.', ',')}"
        lines.append(f"| {page.title} | {cells} |")
    return lines, kept


def _first(client: Client) -> float:
    client.connection.close()
    return _milliseconds(client.get)


def _turn(client: Client) -> list[float]:
    """Open a new connection, since the server closes one that is idle for two seconds, then measure."""
    client.connection.close()
    client.get()
    return _burst(client)


def _milliseconds(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def _report(lines: list[str], machine: str, rounds: int) -> str:
    return "\n".join(
        [
            "# Publication",
            "",
            f"{machine}. {SIZE} solutions référencées, each with a convention of about 60 kB. {rounds} rounds, as in",
            "`pages`; « première fois » is the one time after an act when nothing is kept yet.",
            "Made by `python -m bench.publication --write`.",
            "",
            "| page | première fois, ms | médiane ms | × limite | |",
            "|---|---:|---:|---:|---|",
            *lines,
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
