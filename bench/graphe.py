"""The time to draw the coordinated path of one candidature from facts already read: no database, no page."""

from __future__ import annotations

import os
from statistics import median
from time import perf_counter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

TIMES = 200


def main() -> None:
    from candidatures.catalogue.specs import DUREES
    from referencement.rules.durees import durees_of
    from referencement.rules.graphe import graphe
    from referencement.rules.previsions import paths_of
    from tests.factories.histories import HISTORIES

    durees = durees_of(DUREES, {})
    print("| history | steps | graph, ms | with its interval, ms |\n|---|---|---|---|")
    for name, make in HISTORIES.items():
        history = make()
        alone, three = [], []
        for _ in range(TIMES):
            start = perf_counter()
            graph = graphe(history.facts, DUREES, at=history.at)
            alone.append(perf_counter() - start)
            start = perf_counter()
            paths_of(history.facts, durees, {}, at=history.at)
            three.append(perf_counter() - start)
        figures = f"{median(alone) * 1000:.2f} | {median(three) * 1000:.2f}"
        print(f"| {name} | {len(graph.planned)} | {figures} |")


if __name__ == "__main__":
    main()
