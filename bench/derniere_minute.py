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
    """Nothing but the dispositif: who runs late has proved nothing yet."""

    def _publish(self) -> None:
        from django.core.management import call_command

        with redirect_stdout(StringIO()):
            call_command("load_dispositif")
            call_command("load_guichets")


@dataclass
class Found:
    """What came of it. Durations in seconds."""

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


def _rush(made: Surroundings, count: int) -> Found:
    from bench.frontal import in_front_of
    from comptes.operations.horloge import start_clock

    fill(count)
    durable = _durable_commits(os.environ["DATABASE_URL"])
    posts = _posts(count)
    noon = time.time() + 15 + MINUTE  # noqa: TID251 -- the machine's own clock, which nginx stamps with
    start_clock(at=DATE_1, machine=datetime.fromtimestamp(noon, UTC))
    for one in posts:
        one["at"] += noon
    env = made.environment | {"DEMO": "1", "TRUSTED_PROXIES": "127.0.0.1", "MAIL_ROOT": str(made.folder / "mails")}
    port = free_port()
    with (
        serving(env, application="segur_portal.wsgi:application") as (behind, _),
        in_front_of(behind, made.folder / "nginx", port) as log,
    ):
        words = [sys.executable, "-m", "bench.foule"]
        asked = json.dumps({"port": port, "posts": posts})
        said = subprocess.run(words, input=asked, capture_output=True, text=True, check=True, timeout=600).stdout
        stamps = log.read_text().splitlines()
    return _judge(posts, said, stamps, noon, durable, _print_all(env))


def fill(count: int) -> None:
    """Candidatures whose two volets are complete, and not submitted."""
    from comptes import clock

    with clock.travel(DATE_1 - timedelta(days=1)):
        surroundings.make(count, histoire=["complete"])


def _posts(count: int) -> list[dict[str, Any]]:
    """One submission a candidature, in its own session; a crowd at the end, some after noon, some clicked twice."""
    from django.urls import reverse

    from candidatures.models import Candidature

    dice, posts = Random(1), []
    for place, one in enumerate(Candidature.objects.select_related("opened_by").order_by("-pk")[:count]):
        if place % 40 == 0:
            instants = [dice.uniform(0.05, 3)]
        elif place % 4 == 0:
            instants = [-dice.uniform(0.05, 5)]
        else:
            instants = [-dice.uniform(0.05, MINUTE)]
        if place % 40 == 1:
            instants *= 2
        cookie = f"sessionid={surroundings.session_of(one.opened_by)}; csrftoken={TOKEN}"
        path = reverse("candidatures:volet_submit", args=[one.nru, "administratif"])
        body = f"csrfmiddlewaretoken={TOKEN}"
        posts += [{"at": at, "who": one.nru, "path": path, "cookie": cookie, "body": body} for at in instants]
    return posts


def _judge(
    posts: list[dict[str, Any]], said: str, stamps: list[str], noon: float, durable: float, printed: tuple[int, float]
) -> Found:
    """Compare nginx's stamps with what the database kept."""
    from candidatures.models import Accuse, Soumission

    first: dict[str, float] = {}
    for line in stamps:
        stamp, _, who = line.split()
        if who != "-":
            first[who] = min(first.get(who, float("inf")), float(stamp))
    kept: dict[str, int] = {}
    for nru in Soumission.objects.order_by("pk").values_list("volet__candidature__nru", flat=True):
        kept[nru] = kept.get(nru, 0) + 1
    proved = set(Accuse.objects.order_by("pk").values_list("candidature__nru", flat=True))
    in_time = {who for who, stamp in first.items() if stamp <= noon}
    answers = [line.split() for line in said.splitlines()]
    durations = sorted(float(one[2]) for one in answers)
    last = max(first.values()) - min(first.values())
    return Found(
        sent=len(posts),
        in_time=len(in_time),
        late=len(first) - len(in_time),
        accepted=len(kept),
        wrong=len(in_time ^ set(kept)),
        doubled=sum(number > 1 for number in kept.values()),
        without_accuse=len(set(kept) ^ proved),
        unanswered=sum(one[1] == "0" for one in answers) + len(posts) - len(answers),
        durations=durations,
        rate=len(posts) / last,
        durable=durable,
        printed=printed[0],
        printed_in=printed[1],
    )


def _durable_commits(address: str, seconds: float = 4.0) -> float:
    """How many one-row transactions a second the same PostgreSQL makes durable, over as many connections."""
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
    """Let one worker print what waits; return how many accusés have their file, and after how long."""
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


def _report(count: int, found: Found) -> Report:
    quantiles = statistics.quantiles(found.durations, n=100)
    rows = [
        Line("submissions sent by as many sessions, doubled clicks included", f"{found.sent:,}"),
        Line("candidatures stamped in time by nginx", f"{found.in_time:,}"),
        Line("candidatures stamped after noon", f"{found.late:,}", found.late > 0),
        Line("accepted", f"{found.accepted:,}", found.accepted == found.in_time),
        Line("accepted late, or in time and refused", found.wrong, found.wrong == 0),
        Line("accepted twice", found.doubled, found.doubled == 0),
        Line("accepted without an accusé, or an accusé without them", found.without_accuse, found.without_accuse == 0),
        Line("left without an answer", found.unanswered, found.unanswered == 0),
        Line("answer, median", f"{statistics.median(found.durations):.2f} s"),
        Line("answer, p99", f"{quantiles[98]:.2f} s"),
        Line("submissions a second, over the whole rush", f"{found.rate:.0f}"),
        Line(f"durable one-row commits a second, {CONNECTIONS} connections", f"{found.durable:.0f}"),
        Line("accusés printed by one worker of two processes", f"{found.printed:,}", found.printed == found.accepted),
        Line("after", f"{found.printed_in / 60:.1f} min of 30", found.printed_in < PRINTING),
    ]
    about = [
        f"{count:,} candidatures, two web workers of four threads behind nginx, all on this machine",
        "with the crowd itself.",
    ]
    return table("The last minute", about, rows, made_by="bench.derniere_minute")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
