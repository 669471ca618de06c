"""The table of docs/audit.md: one row for each part of script/audit, from its last run."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import environment

PAGE = environment.ROOT / "docs" / "audit.md"
HEAD = "| part | seconds | verdict | figures | day | machine |"
UNDER = "|---|---:|---|---|---|---|"


@dataclass(frozen=True)
class Row:
    """The result of one part. `seconds` are of the wall clock, `figures` a text of its own, `day` is ISO."""

    part: str
    seconds: float
    verdict: str
    figures: str
    day: str


def write(rows: list[Row]) -> None:
    """Write these rows in the page's table, replacing those of the same parts."""
    before, _, after = PAGE.read_text().partition(f"{HEAD}\n{UNDER}\n")
    lines = after.splitlines()
    kept = list(takewhile(lambda line: line.startswith("| "), lines))
    rest = lines[len(kept) :]
    by_part = {line.split(" | ")[0].removeprefix("| "): line for line in kept}
    by_part |= {row.part: line_of(row) for row in rows}
    PAGE.write_text("\n".join([before + HEAD, UNDER, *by_part.values(), *rest]) + "\n")


def line_of(row: Row) -> str:
    return f"| {row.part} | {row.seconds:.0f} | {row.verdict} | {row.figures} | {row.day} | {machine()} |"


def machine() -> str:
    """Describe the machine: processor, cores, memory; nothing that tells whose it is."""
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GB"
