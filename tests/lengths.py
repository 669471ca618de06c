"""How many random examples tests run, and which quick tests take too long."""

import os
from collections import defaultdict
from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, Phase, settings

# How many times as many examples. By hand: `AT_LENGTH=20 script/test tests/referencement/test_college_machine.py`.
TIMES = int(os.environ.get("AT_LENGTH", "1"))

SHARES = 1 if TIMES == 1 else 2
"""Between how many processes the longest walks are shared at length; each takes its share, and says its own figures."""

# What a commit asks of a property that says nothing else.
settings.register_profile("commit", max_examples=40 * TIMES, deadline=None)
# For `script/audit mutation`, a thousand runs: a failure is enough, the smallest one is for people.
settings.register_profile("first-failure", phases=(Phase.explicit, Phase.generate), max_examples=30, database=None)
settings.load_profile("commit")


def histories(examples: int, *, steps: int) -> settings:
    """Settings for a state machine that acts on the database: that many histories, of that many acts each."""
    return settings(
        max_examples=examples * TIMES,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def examples(number: int) -> settings:
    """Settings for a pure rule, or for one act: that many examples."""
    return settings(max_examples=number * TIMES, deadline=None, suppress_health_check=list(HealthCheck))


# In seconds, preparation and clearing included: beyond, a test that each commit runs is named at the end of the run.
SLOW = 6.0
NAMED = 15


def slow_tests(reports: Iterable[object]) -> list[tuple[float, str]]:
    """Return the seconds and the name of each slow test that is not marked `long`, the slowest first."""
    seconds: dict[str, float] = defaultdict(float)
    for report in reports:
        if isinstance(report, pytest.TestReport) and "long" not in report.keywords:
            seconds[report.nodeid] += report.duration
    return sorted(((spent, name) for name, spent in seconds.items() if spent > SLOW), reverse=True)
