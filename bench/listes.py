#!/usr/bin/env python3
"""Time every list of the agency with each tab, each order and each filter, and My day: see bench/README.md."""

from __future__ import annotations

import argparse
import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from lxml import html

from bench.pages import Measure, measured, project
from bench.surroundings import Surroundings

if TYPE_CHECKING:
    from bench.subjects import Page
    from comptes.models import Compte

RESULTS = Path(__file__).with_name("resultats") / "listes.md"
WITH_TABS, MOST_QUERIES = 2.5, 12
TOGETHER = 12
"""How many addresses of a list ask for a tab, an order and each filter at once, drawn at random."""
Offered = dict[str, list[str]]


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    with Surroundings() as around:
        from bench.machine import machine

        around.fill(options.size)
        project()
        measures = list(measured(around, list(_pages()), options.size, options.rounds))
        report = _report(measures, machine(), options)
    print(report)
    if options.write:
        RESULTS.write_text(report, encoding="utf-8")
    return 1 if any("✗" in measure.verdict for measure in measures) else 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.listes", description=__doc__)
    parser.add_argument("--rounds", type=int, default=4, help="how many times each address has its turn")
    parser.add_argument("--size", type=int, default=10_000, help="how many candidatures")
    parser.add_argument("--write", action="store_true", help=f"keep the table in bench/resultats/{RESULTS.name}")
    return parser.parse_args(arguments)


def _pages() -> Iterator[Page]:
    from django.urls import reverse

    from bench.populate.agency import ANS, OTHERS
    from bench.subjects import STEERING, Page
    from comptes.models import Compte
    from comptes.views.listes import names_of_lists

    readers = [Compte.objects.get(email=email) for email in (ANS[1], ANS[0], *OTHERS)]
    yield Page("limite", "/limite/", readers[0])
    yield Page("ma journée", reverse("referencement:journee"), readers[0], STEERING)
    dice = random.Random(7)
    for name in sorted(names_of_lists()):
        path = reverse(name)
        reader, content = next((reader, content) for reader in readers if (content := _read(path, reader)) is not None)
        for query in _queries(_offered(path, content), dice):
            yield Page(f"{name}?{query}", f"{path}?{query}", reader, WITH_TABS, queries=MOST_QUERIES)


def _read(path: str, reader: Compte) -> bytes | None:
    """Return the page of a list; None when this person does not read it."""
    from django.test import Client

    from bench.moment import AT
    from bench.queries import BY_PASSWORD
    from comptes import clock

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(reader, backend=BY_PASSWORD)
    with clock.travel(AT):
        answer = client.get(path)
    return answer.content if answer.status_code == 200 else None


def _offered(path: str, content: bytes) -> Offered:
    """Return what a list offers: the values of its tabs, of its orders and of each of its filters."""
    page = html.document_fromstring(content.decode())
    offered: defaultdict[str, list[str]] = defaultdict(list)
    for link in page.xpath("//main//a/@href"):
        target = urlsplit(link)
        if target.path in ("", path):
            for name, value in parse_qsl(target.query):
                if name in ("vue", "tri") and value not in offered[name]:
                    offered[name].append(value)
    for select in page.xpath("//main//form[translate(@method, 'GET', 'get') = 'get' or not(@method)]//select[@name]"):
        offered[select.get("name")] += [value for value in select.xpath(".//option/@value") if value]
    offered["tri"] += [f"-{order}" for order in offered["tri"] if not order.startswith("-")]
    return dict(offered)


def _queries(offered: Offered, dice: random.Random) -> Iterable[str]:
    """Return the queries of a list: nothing, each thing that it offers alone, then several at once."""
    alone = [{}, *({name: value} for name, values in offered.items() for value in dict.fromkeys(values))]
    several = [{name: dice.choice(values) for name, values in offered.items() if values} for _ in range(TOGETHER)]
    return dict.fromkeys(urlencode(query) for query in (*alone, *several))


def _report(measures: list[Measure], machine: str, options: argparse.Namespace) -> str:
    by_list: defaultdict[str, list[Measure]] = defaultdict(list)
    for measure in measures:
        by_list[measure.title.partition("?")[0]].append(measure)
    lines = [
        "# Lists",
        "",
        f"{machine}. {options.size} candidatures, {options.rounds} rounds; each list as it opens, with each",
        "tab, each order and each value of each filter alone, then with several at once. The slowest address of each,",
        "beside the limit view.",
        "Made by `python -m bench.listes --write`.",
        "",
        "| list | addresses | slowest | median ms | × limit | most queries | heaviest, kB | |",
        "|---|---:|---|---:|---:|---:|---:|---|",
    ]
    for name, there in by_list.items():
        slowest = max(there, key=lambda measure: measure.ratio)
        faults = sum("✗" in measure.verdict for measure in there)
        asked = slowest.title.partition("?")[2]
        judged = "" if slowest.page.limit is None else f"{'✗' if faults else '✓'} {faults} over"
        numbers = f"{slowest.median:.1f} | {slowest.ratio:.2f} | {max(measure.queries for measure in there)}"
        heaviest = max(measure.weight for measure in there)
        lines.append(
            f"| {name} | {len(there)} | {f'`{asked}`' if asked else ''} | {numbers} | {heaviest:.1f} | {judged} |"
        )
    over = [measure for measure in measures if "✗" in measure.verdict]
    lines += ["", *(f"- {m.title}: {m.median:.1f} ms, {m.verdict}, {m.ratio:.2f}" for m in over)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
