"""The plugin of `script/cas`: print each row of the public cases, and fail when one differs or is missing."""

import unicodedata
from dataclasses import dataclass
from typing import Any

import pytest

from tests.cas.rows import KEPT, NUMBERS

LONGEST = 60


@dataclass(frozen=True)
class Row:
    """One row, as its test left it."""

    number: int
    kind: str
    given: str
    expected: str
    got: str
    passed: bool

    @property
    def line(self) -> str:
        verdict = "✓" if self.passed else "✗"
        shown = f"{cut(self.given)} │ attendu : {cut(self.expected)} │ obtenu : {cut(self.got) or 'rien'}"
        return f"{verdict} {self.number:>2} {self.kind or '–':<4}{shown}"


class Table:
    """The rows of this run.

    :param numbers: the cases that must have a row
    """

    def __init__(self, numbers: range) -> None:
        self.numbers = numbers
        self.rows: dict[str, Row] = {}

    @property
    def missing(self) -> list[int]:
        return sorted(set(self.numbers) - {row.number for row in self.rows.values()})

    @property
    def different(self) -> list[Row]:
        return [row for row in self.rows.values() if not row.passed]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a row after each phase of its test; a skipped test counts as a difference."""
        kept = dict(report.user_properties).get(KEPT)
        if kept is None:
            return
        before = self.rows.get(report.nodeid)
        passed = report.outcome == "passed" and (before is None or before.passed)
        self.rows[report.nodeid] = Row(*kept, passed=passed)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.missing or self.different:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        terminalreporter.section("cas publics")
        for row in sorted(self.rows.values(), key=lambda row: row.number):
            terminalreporter.line(row.line)
        for number in self.missing:
            terminalreporter.line(f"✗ {number:>2} manquant")
        held = len(set(self.numbers) - set(self.missing) - {row.number for row in self.different})
        terminalreporter.line(f"{len(self.rows)} lignes, {held} cas tenus sur {len(self.numbers)}")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Table(NUMBERS), "cas-publics")


def cut(text: str) -> str:
    """Return a text on one line, with invisible characters written as their codes."""
    seen = "".join(sign if _stands(sign) else f"<{ord(sign):04X}>" for sign in text)
    return seen if len(seen) <= LONGEST else f"{seen[: LONGEST - 1]}…"


def _stands(sign: str) -> bool:
    return sign == " " or unicodedata.category(sign)[0] not in "CZ"
