"""Shared by every measure and drill: reading the options, printing the table with its verdicts, keeping it."""

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

Report = tuple[str, bool]


@dataclass(frozen=True)
class Line:
    """One line of a table; `good` is None when the value is not judged."""

    title: str
    value: object
    good: bool | None = None

    @property
    def verdict(self) -> str:
        return {True: "✓", False: "✗", None: ""}[self.good]


def judge(
    measure: Callable[[argparse.Namespace], Report],
    arguments: list[str],
    *,
    doc: str | None,
    results: Path,
    **options: int | str | list[int],
) -> int:
    """Measure, print the table, and keep it when `--write` is given; return 0 when every limit is met.

    :param results: `<package>/resultats/<module>.md`; it also gives the name of the command
    :param options: the options of the command, each with its default; a list takes several values
    """
    folder = f"{results.parents[1].name}/{results.parent.name}"
    parser = argparse.ArgumentParser(prog=f"python -m {results.parents[1].name}.{results.stem}", description=doc)
    for name, default in options.items():
        if isinstance(default, list):
            parser.add_argument(f"--{name}", type=int, nargs="+", default=default)
        else:
            parser.add_argument(f"--{name}", type=type(default), default=default)
    parser.add_argument("--write", action="store_true", help=f"keep the table in {folder}/{results.name}")
    options_given = parser.parse_args(arguments)
    report, good = measure(options_given)
    print(report)
    if options_given.write:
        results.write_text(report, encoding="utf-8")
    return 0 if good else 1


def table(title: str, about: Iterable[str], lines: Iterable[Line], *, made_by: str) -> Report:
    """Return the table of a measure in Markdown (title, machine, what was done, lines), and whether all are good."""
    from bench.machine import machine

    rows = list(lines)
    text = [
        f"# {title}",
        "",
        f"{machine()}.",
        *about,
        f"Made by `python -m {made_by} --write`.",
        "",
        "| | | |",
        "|---|---:|---|",
        *(f"| {line.title} | {line.value} | {line.verdict} |" for line in rows),
        "",
    ]
    return "\n".join(text), all(line.good is not False for line in rows)
