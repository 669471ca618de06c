#!/usr/bin/env python3
"""Ten slow uploads while people submit from thirty seconds before noon: who is in time, and when are they stamped?"""

import argparse
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from bench import derniere_minute, surroundings
from bench.declared import PART, declaration
from bench.harness import Line, Report, judge, table
from drills.front import ask, nginx
from drills.portal import TOKEN, meanwhile, quantile

RESULTS = Path(__file__).with_name("resultats") / "midi.md"
UPLOADS, SIZE, RATE = 10, 100_000_000, 1_000_000
PEOPLE, LATE, READERS = 60, 10, 4
BEFORE, AFTER, LIMIT = 60.0, 10.0, 2.0
FORM = "application/x-www-form-urlencoded"
# The first bytes of an MP4 file (ISO base media format).
MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isommp42"
surroundings.DATABASE = "portail_drill_midi"


class Surroundings(derniere_minute.Surroundings):
    """The surroundings of `bench.derniere_minute`, and one éditeur who may already deposit files."""

    def _publish(self) -> None:
        from candidatures.enums import VoletKind
        from comptes import clock
        from tests.candidatures.conftest import make_team
        from tests.factories import candidatures as make

        super()._publish()
        with clock.travel(make.SUMMER):
            self.team = make_team()
            make.a_submitted_volet(self.team.candidature, self.team.salarie, kind=VoletKind.ELIGIBILITE)


@dataclass
class Outcome:
    """What was measured. Instants are seconds since 1970 of the machine's clock; durations are in seconds.

    :param noon: the échéance
    :param uploads: status and duration of each upload
    :param pages: duration of each page
    :param clicked: when each candidature was submitted, by NRU
    :param answered: duration of each submission
    :param stamped: the time that the portal gave to each accepted submission, by NRU
    """

    noon: float = 0.0
    uploads: list[tuple[int, float]] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    refused_pages: int = 0
    clicked: dict[str, float] = field(default_factory=dict)
    answered: list[float] = field(default_factory=list)
    stamped: dict[str, float] = field(default_factory=dict)

    @property
    def wrong(self) -> set[str]:
        """The NRU of the submissions sent in time and refused, or sent late and accepted."""
        return {nru for nru, at in self.clicked.items() if at <= self.noon} ^ self.stamped.keys()

    @property
    def furthest(self) -> float:
        return max((abs(at - self.clicked[nru]) for nru, at in self.stamped.items()), default=0.0)


def main(arguments: list[str]) -> int:
    return judge(measure, arguments, doc=__doc__, results=RESULTS)


def measure(options: argparse.Namespace) -> Report:
    os.environ |= {"DEMO": "1", "TRUSTED_PROXIES": "127.0.0.1"}
    made = Surroundings()
    with made:
        os.environ |= {"DEMO": "1", "MAIL_ROOT": str(made.folder / "mails")}
        report, good = report_of(rush(made))
    return report, good


def rush(made: Surroundings) -> Outcome:
    """Make the candidatures, start everything, wait for the end, and read what the database kept."""
    from candidatures.models import Candidature, Soumission
    from comptes.operations.horloge import start_clock

    derniere_minute.fill(PEOPLE + LATE)
    people = list(Candidature.objects.select_related("opened_by").order_by("-pk")[: PEOPLE + LATE])
    sender = of(made.team.salarie, "application/octet-stream")
    doors = f"/candidatures/{made.team.candidature.nru}/envois/"
    # Set the portal's clock so that noon comes in 20 s plus `BEFORE`, here and in the servers.
    outcome = Outcome(noon=now() + 20 + BEFORE)
    start_clock(at=derniere_minute.DATE_1, machine=datetime.fromtimestamp(outcome.noon, UTC))
    dice = Random(1)
    instants = [-dice.uniform(1, 30) for _ in range(PEOPLE)] + [dice.uniform(0.05, 3) for _ in range(LATE)]
    # Sessions are opened before the rush, since that takes a connection to the database.
    crowd = [
        (candidature.nru, of(candidature.opened_by, FORM), outcome.noon + at)
        for candidature, at in zip(people, instants, strict=True)
    ]
    with running(made) as front:
        wait_until(outcome.noon - BEFORE)
        uploads = [
            threading.Thread(target=upload, args=(front, outcome, doors, sender, rank), daemon=True)
            for rank in range(UPLOADS)
        ]
        submissions = [
            threading.Thread(target=submit, args=(front, outcome, *candidature), daemon=True) for candidature in crowd
        ]
        with meanwhile(read, front, outcome, count=READERS):
            for thread in (*uploads, *submissions):
                thread.start()
            for thread in submissions:
                thread.join()
            wait_until(outcome.noon + AFTER)
        for thread in uploads:
            thread.join()
    made_by_them = Soumission.objects.filter(volet__candidature__nru__in=outcome.clicked, volet__kind="administratif")
    for nru, at in made_by_them.values_list("volet__candidature__nru", "submitted_at"):
        outcome.stamped[nru] = outcome.noon + (at - derniere_minute.DATE_1).total_seconds()
    return outcome


@contextmanager
def running(made: surroundings.Surroundings) -> Iterator[int]:
    from bench.server import serving

    env = made.environment | {"DJANGO_SETTINGS_MODULE": "segur_portal.settings", "LOG_LEVEL": "ERROR", "DEMO": "1"}
    env |= {"TRUSTED_PROXIES": "127.0.0.1", "ALLOWED_HOSTS": "127.0.0.1", "MAIL_ROOT": str(made.folder / "mails")}
    with ExitStack() as stack:
        pages, _ = stack.enter_context(serving(env, application="segur_portal.wsgi:application"))
        uploads, _ = stack.enter_context(serving(env, application="segur_portal.wsgi:application"))
        yield stack.enter_context(nginx(made.folder / "nginx", pages, uploads))


def of(compte: Any, kind: str) -> dict[str, str]:
    session = surroundings.session_of(compte)
    return {
        "Cookie": f"sessionid={session}; csrftoken={TOKEN}",
        "X-CSRFToken": TOKEN,
        "Referer": "https://127.0.0.1/",
        "Content-Type": kind,
    }


def upload(front: int, outcome: Outcome, doors: str, sender: dict[str, str], rank: int) -> None:
    """Declare a video, and send its parts at `RATE` bytes a second; three uploads share one address."""
    from preuves.models import Envoi

    name, where = f"a{rank}.mp4", {"source": f"127.0.1.{1 + rank // 3}", "patience": 300}
    annonce = declaration(name, "VIDEO", MP4, (part_of(rank, start) for start in range(0, SIZE, PART)))
    begun_at = time.monotonic()
    status = ask(front, "POST", doors, annonce, sender | {"Content-Type": "application/json"}, **where)
    for number, start in enumerate(range(0, SIZE, PART), start=1):
        if status not in (200, 204):
            break
        part = part_of(rank, start)
        door = f"{doors}{Envoi.objects.get(name=name).pk}/parties/{number}/"
        headers = sender | {"Content-Length": str(len(part))}
        status = ask(front, "PUT", door, slowly(part), headers, **where)
    outcome.uploads.append((status, time.monotonic() - begun_at))


def part_of(rank: int, start: int) -> bytes:
    """Return one part of a video, the same each time: ten of them whole would fill the memory."""
    content = Random(f"{rank} {start}").randbytes(min(PART, SIZE - start))
    return content if start else MP4 + content[len(MP4) :]


def slowly(part: bytes) -> Iterator[bytes]:
    begun_at = time.monotonic()
    for sent in range(0, len(part), RATE // 4):
        yield part[sent : sent + RATE // 4]
        time.sleep(max(0.0, begun_at + sent / RATE - time.monotonic()))


def read(front: int, outcome: Outcome, over: threading.Event) -> None:
    while not over.is_set():
        for path in ("/", "/solutions/", "/connexion/"):
            begun_at = time.monotonic()
            outcome.refused_pages += ask(front, "GET", path, source="127.0.1.100", patience=300) != 200
            outcome.pages.append(time.monotonic() - begun_at)
            over.wait(0.2)


def submit(front: int, outcome: Outcome, nru: str, headers: dict[str, str], at: float) -> None:
    wait_until(at)
    begun_at = time.monotonic()
    outcome.clicked[nru] = now()
    ask(
        front,
        "POST",
        f"/candidatures/{nru}/administratif/soumettre/",
        f"csrfmiddlewaretoken={TOKEN}",
        headers,
        source="127.0.1.50",
        patience=300,
    )
    outcome.answered.append(time.monotonic() - begun_at)


def now() -> float:
    return time.time()  # noqa: TID251 -- the machine's own clock, which nginx stamps with


def wait_until(at: float) -> None:
    time.sleep(max(0.0, at - now()))


def report_of(outcome: Outcome) -> Report:
    in_time = sum(at <= outcome.noon for at in outcome.clicked.values())
    whole = sum(status == 204 for status, _ in outcome.uploads)
    rows = [
        Line(f"uploads of {SIZE // 1_000_000} MB received whole, of {UPLOADS}", whole, whole == UPLOADS),
        Line("the longest upload", f"{max(took for _, took in outcome.uploads):.0f} s"),
        Line("pages read meanwhile", f"{len(outcome.pages):,}"),
        Line(f"their p99, of {LIMIT:.0f} s", f"{quantile(outcome.pages):.2f} s", quantile(outcome.pages) <= LIMIT),
        Line("pages not answered 200", outcome.refused_pages, outcome.refused_pages == 0),
        Line("people who clicked before noon", in_time, in_time == PEOPLE),
        Line("people who clicked after noon", len(outcome.clicked) - in_time),
        Line("accepted", len(outcome.stamped), len(outcome.stamped) == in_time),
        Line("accepted late, or in time and refused", len(outcome.wrong), not outcome.wrong),
        Line("between the click and its stamp, at most", f"{outcome.furthest:.2f} s", outcome.furthest <= 1),
        Line("the longest answer to a submission", f"{max(outcome.answered):.2f} s", max(outcome.answered) <= LIMIT),
    ]
    about = [
        "nginx as `deploy/nginx.conf` delivers it, before gunicorn for pages and gunicorn for uploads, of 2 workers of",
        f"4 threads. {UPLOADS} files are sent at 1 MB/s from {BEFORE:.0f} s before noon on; {PEOPLE} people submit in",
        f"the last 30 s, {LATE} in the 3 s after; {READERS} others read pages.",
    ]
    return table("Noon, while files arrive slowly", about, rows, made_by="drills.midi")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
