"""The table of docs/audit.md: one row for each part of script/audit, as it was last seen."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path

import environment

PAGE = environment.ROOT / "docs" / "audit.md"
HEAD = "| part | seconds | verdict | figures | day | machine |"
UNDER = "|---|---:|---|---|---|---|"


@dataclass(frozen=True)
class Row:
    """What one part saw. `seconds` are those of the wall; `figures` are in its own words, `day` is ISO."""

    part: str
    seconds: float
    verdict: str
    figures: str
    day: str


def write(rows: list[Row]) -> None:
    """Put these rows in the page's table, in the place of those of the same parts."""
    before, _, after = PAGE.read_text().partition(f"{HEAD}\n{UNDER}\n")
    lines = after.splitlines()
    kept = [line for line in lines if line.startswith("| ")]
    rest = lines[len(kept) :]
    by_part = {line.split(" | ")[0].removeprefix("| "): line for line in kept}
    by_part |= {row.part: line_of(row) for row in rows}
    PAGE.write_text("\n".join([before + HEAD, UNDER, *by_part.values(), *rest]) + "\n")


def line_of(row: Row) -> str:
    return f"| {row.part} | {row.seconds:.0f} | {row.verdict} | {row.figures} | {row.day} | {machine()} |"


def machine() -> str:
    """Say what it ran on: processor, cores, memory; never where nor whose."""
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GB"
