#!/usr/bin/env python3
"""Kill a worker in the middle of its pulls, then the broker: is every demande pulled, and none twice?"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bench import surroundings
from bench.harness import Line, Report, judge, table

if TYPE_CHECKING:
    from tests.parcours.coupures import Account

RESULTS = Path(__file__).with_name("resultats") / "coupures.md"

surroundings.DATABASE = "portail_bench_coupures"


class Surroundings(surroundings.Surroundings):
    """The small REM of the tests, with that many demandes declared."""

    def _publish(self) -> None:
        from tests.parcours.coupures import declare
        from tests.preuves.conftest import make_team_to_prove

        declare(make_team_to_prove(), self.demandes)

    def __init__(self, demandes: int) -> None:
        self.demandes = demandes


def main(arguments: list[str]) -> int:
    return judge(measure, arguments, doc=__doc__, results=RESULTS, demandes=1000)


def measure(options: argparse.Namespace) -> Report:
    with Surroundings(options.demandes):
        from tests.parcours.coupures import FORKS, cut

        report, good = _report(cut(options.demandes), FORKS)
    return report, good


def _report(account: "Account", forks: int) -> Report:
    lines = [
        Line("demandes due at a live desk", account.demandes),
        Line("pulled when the worker was killed (`kill -9`), each of its forks asking", account.before_the_kill),
        Line("pulled when the broker was killed in the same way, a new worker asking", account.before_the_loss),
        Line("pulled in the end", account.pulled, account.pulled == account.demandes),
        Line("of which more than once", account.doubled, account.doubled == 0),
        Line("still taken by nobody", account.under_way, account.under_way == 0),
        Line("pulls that failed", account.failures, account.failures == 0),
        Line("asked of the desk twice, their first answer lost with the worker or the broker", account.asked_again),
        Line("seconds in all", f"{account.seconds:.0f}"),
    ]
    about = [
        f"A prefork worker of {forks}; a broker that keeps nothing on the disk. Each is killed while every",
        "fork waits for the desk's answer; what was due is taken up by the sweep that follows the lease of the pulls.",
    ]
    return table("Pulls that are cut", about, lines, made_by="bench.coupures")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
