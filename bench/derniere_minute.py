#!/usr/bin/env python3
"""The last minute before Date 1: thousands of volets submitted behind nginx; who is in time, and is all of it kept?"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

from bench import surroundings
from bench.harness import Line, Report, judge, table
from bench.server import a_worker, free_port, serving

RESULTS = Path(__file__).with_name("resultats") / "derniere_minute.md"
DATE_1 = datetime(2026, 10, 1, 10, tzinfo=UTC)
MINUTE, CONNECTIONS, PRINTING = 60.0, 8, 30 * 60
TOKEN = "b" * 32

surroundings.DATABASE = "portail_bench_derniere_minute"


class Surroundings(surroundings.Surroundings):
    """The dispositif and the desks alone, since phase 2 has not begun."""

    def _publish(self) -> None:
        from django.core.management import call_command

        with redirect_stdout(StringIO()):
            call_command("load_dispositif")
            call_command("load_guichets")


@dataclass
class Outcome:
    """What was measured. Durations are in seconds.

    :param wrong: submissions accepted late, or refused in time
    :param without_accuse: accepted without an accusé, or accusés without a submission
    :param rate: submissions a second
    :param durable: one-row commits a second that the same PostgreSQL can do
    """

    sent: int
    in_time: int
    late: int
    accepted: int
    wrong: int
    doubled: int
    without_accuse: int
    unanswered: int
    durations: list[float]
    rate: float
    durable: float
    printed_in: float
    printed: int


def main(arguments: list[str]) -> int:
    return judge(measure, arguments, doc=__doc__, results=RESULTS, candidatures=2000)


def measure(options: argparse.Namespace) -> Report:
    os.environ |= {"DEMO": "1", "TRUSTED_PROXIES": "127.0.0.1"}
    made = Surroundings()
    with made:
        os.environ |= {"DEMO": "1", "MAIL_ROOT": str(made.folder / "mails")}
        report, good = _report(options.candidatures, _rush(made, options.candidatures))
    return report, good


def _rush(made: Surroundings, count: int) -> Outcome:
    from bench.frontal import in_front_of
    from comptes.operations.horloge import start_clock

    fill(count)
    durable = _durable_commits(os.environ["DATABASE_URL"])
    posts = _posts(count)
    noon = time.time() + 15 + MINUTE  # noqa: TID251 -- the machine's own clock, which nginx stamps with
    start_clock(at=DATE_1, machine=datetime.fromtimestamp(noon, UTC))
    for post in posts:
        post["at"] += noon
    env = made.environment | {"DEMO": "1", "TRUSTED_PROXIES": "127.0.0.1", "MAIL_ROOT": str(made.folder / "mails")}
    port = free_port()
    with (
        serving(env, application="segur_portal.wsgi:application") as (behind, _),
        in_front_of(behind, made.folder / "nginx", port) as log,
    ):
        argv = [sys.executable, "-m", "bench.foule"]
        asked = json.dumps({"port": port, "posts": posts})
        answers = subprocess.run(argv, input=asked, capture_output=True, text=True, check=True, timeout=600).stdout
        stamps = log.read_text().splitlines()
    return _judge(posts, answers, stamps, noon, durable, _print_all(env))


def fill(count: int) -> None:
    """Make candidatures whose two volets are complete, and not submitted."""
    from comptes import clock

    with clock.travel(DATE_1 - timedelta(days=1)):
        surroundings.make(count, histoire=["complete"])


def _posts(count: int) -> list[dict[str, Any]]:
    """Return the submissions to send, each in its own session, at seconds from noon.

    One candidature in four submits in the last 5 s, one in forty after noon, and one in forty twice.
    """
    from django.urls import reverse

    from candidatures.models import Candidature

    dice, posts = Random(1), []
    for place, candidature in enumerate(Candidature.objects.select_related("opened_by").order_by("-pk")[:count]):
        if place % 40 == 0:
            instants = [dice.uniform(0.05, 3)]
        elif place % 4 == 0:
            instants = [-dice.uniform(0.05, 5)]
        else:
            instants = [-dice.uniform(0.05, MINUTE)]
        if place % 40 == 1:
            instants *= 2
        cookie = f"sessionid={surroundings.session_of(candidature.opened_by)}; csrftoken={TOKEN}"
        path = reverse("candidatures:volet_submit", args=[candidature.nru, "administratif"])
        body = f"csrfmiddlewaretoken={TOKEN}"
        posts += [{"at": at, "who": candidature.nru, "path": path, "cookie": cookie, "body": body} for at in instants]
    return posts


def _judge(
    posts: list[dict[str, Any]],
    answered: str,
    stamps: list[str],
    noon: float,
    durable: float,
    printed: tuple[int, float],
) -> Outcome:
    """Compare nginx's stamps with what the database kept."""
    from candidatures.models import Accuse, Soumission

    first: dict[str, float] = {}
    for line in stamps:
        stamp, _, nru = line.split()
        if nru != "-":
            first[nru] = min(first.get(nru, float("inf")), float(stamp))
    kept: dict[str, int] = {}
    for nru in Soumission.objects.order_by("pk").values_list("volet__candidature__nru", flat=True):
        kept[nru] = kept.get(nru, 0) + 1
    proved = set(Accuse.objects.order_by("pk").values_list("candidature__nru", flat=True))
    in_time = {nru for nru, stamp in first.items() if stamp <= noon}
    answers = [line.split() for line in answered.splitlines()]
    durations = sorted(float(answer[2]) for answer in answers)
    last = max(first.values()) - min(first.values())
    return Outcome(
        sent=len(posts),
        in_time=len(in_time),
        late=len(first) - len(in_time),
        accepted=len(kept),
        wrong=len(in_time ^ set(kept)),
        doubled=sum(number > 1 for number in kept.values()),
        without_accuse=len(set(kept) ^ proved),
        unanswered=sum(answer[1] == "0" for answer in answers) + len(posts) - len(answers),
        durations=durations,
        rate=len(posts) / last,
        durable=durable,
        printed=printed[0],
        printed_in=printed[1],
    )


def _durable_commits(address: str, seconds: float = 4.0) -> float:
    """Return how many one-row transactions a second the same PostgreSQL commits, over `CONNECTIONS` connections."""
    import psycopg2

    def commits(number: int) -> int:
        with psycopg2.connect(address) as connection:
            cursor, done, until = connection.cursor(), 0, time.monotonic() + seconds
            while time.monotonic() < until:
                cursor.execute("INSERT INTO bench_commits VALUES (%s)", [number])
                connection.commit()
                done += 1
        return done

    with psycopg2.connect(address) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_commits (number int)")
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        return sum(threads.map(commits, range(CONNECTIONS))) / seconds


def _print_all(env: dict[str, str]) -> tuple[int, float]:
    """Run one worker until every accusé is printed; return how many are, and after how many seconds."""
    from candidatures.models import Accuse, ImpressionDAccuse

    began, wanted = time.monotonic(), Accuse.objects.count()
    with _worker(env):
        while ImpressionDAccuse.objects.count() < wanted and time.monotonic() - began < PRINTING:
            time.sleep(1)
    return ImpressionDAccuse.objects.count(), time.monotonic() - began


@contextmanager
def _worker(env: dict[str, str]) -> Iterator[None]:
    with subprocess.Popen(a_worker(), env={**os.environ, **env}) as worker:
        try:
            yield
        finally:
            worker.terminate()
            worker.wait(timeout=60)


def _report(count: int, outcome: Outcome) -> Report:
    quantiles = statistics.quantiles(outcome.durations, n=100)
    rows = [
        Line("submissions sent by as many sessions, doubled clicks included", f"{outcome.sent:,}"),
        Line("candidatures stamped in time by nginx", f"{outcome.in_time:,}"),
        Line("candidatures stamped after noon", f"{outcome.late:,}", outcome.late > 0),
        Line("accepted", f"{outcome.accepted:,}", outcome.accepted == outcome.in_time),
        Line("accepted late, or in time and refused", outcome.wrong, outcome.wrong == 0),
        Line("accepted twice", outcome.doubled, outcome.doubled == 0),
        Line(
            "accepted without an accusé, or an accusé without them", outcome.without_accuse, outcome.without_accuse == 0
        ),
        Line("left without an answer", outcome.unanswered, outcome.unanswered == 0),
        Line("answer, median", f"{statistics.median(outcome.durations):.2f} s"),
        Line("answer, p99", f"{quantiles[98]:.2f} s"),
        Line("submissions a second, over the whole rush", f"{outcome.rate:.0f}"),
        Line(f"durable one-row commits a second, {CONNECTIONS} connections", f"{outcome.durable:.0f}"),
        Line(
            "accusés printed by one worker of two processes",
            f"{outcome.printed:,}",
            outcome.printed == outcome.accepted,
        ),
        Line("after", f"{outcome.printed_in / 60:.1f} min of 30", outcome.printed_in < PRINTING),
    ]
    about = [
        f"{count:,} candidatures, two web workers of four threads behind nginx, all on this machine",
        "with the crowd itself.",
    ]
    return table("The last minute", about, rows, made_by="bench.derniere_minute")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
