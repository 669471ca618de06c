"""What every measure and every drill does alike: read its options, print its table with its verdicts, keep it."""

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

Report = tuple[str, bool]


@dataclass(frozen=True)
class Line:
    """One line of a table; `good` is None of what is told and not judged."""

    title: str
    said: object
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
    """Measure, print the table, keep it when `--write` is given; 0 when every limit holds.

    :param results: `<package>/resultats/<module>.md`, from which the name of the command follows
    :param options: the command's own, each with its default; a list takes several
    """
    folder = f"{results.parents[1].name}/{results.parent.name}"
    parser = argparse.ArgumentParser(prog=f"python -m {results.parents[1].name}.{results.stem}", description=doc)
    for name, default in options.items():
        if isinstance(default, list):
            parser.add_argument(f"--{name}", type=int, nargs="+", default=default)
        else:
            parser.add_argument(f"--{name}", type=type(default), default=default)
    parser.add_argument("--write", action="store_true", help=f"keep the table in {folder}/{results.name}")
    given = parser.parse_args(arguments)
    report, good = measure(given)
    print(report)
    if given.write:
        results.write_text(report, encoding="utf-8")
    return 0 if good else 1


def table(title: str, about: Iterable[str], lines: Iterable[Line], *, made_by: str) -> Report:
    """The table of a measure: a title, the machine, what was done, then a line each with its verdict."""
    from bench.machine import machine

    told = list(lines)
    text = [
        f"# {title}",
        "",
        f"{machine()}.",
        *about,
        f"Made by `python -m {made_by} --write`.",
        "",
        "| | | |",
        "|---|---:|---|",
        *(f"| {line.title} | {line.said} | {line.verdict} |" for line in told),
        "",
    ]
    return "\n".join(text), all(line.good is not False for line in told)
