"""How far the tests look that follow chance: briefly at each run, at length when `script/audit` asks."""

import os

from hypothesis import HealthCheck, settings

# How many times as many examples. By hand: `AT_LENGTH=20 script/test tests/referencement/test_college_machine.py`.
TIMES = int(os.environ.get("AT_LENGTH", "1"))


def histories(examples: int, *, steps: int) -> settings:
    """Settings for a machine that acts on the database: so many histories, of so many acts each."""
    return settings(
        max_examples=examples * TIMES,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def examples(number: int) -> settings:
    """Settings for a pure rule, or for one act: so many examples."""
    return settings(max_examples=number * TIMES, deadline=None, suppress_health_check=list(HealthCheck))
