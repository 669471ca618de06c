#!/usr/bin/env python3
"""Stop and freeze each part of a running portal: are pages still served, and is every message sent, once?"""

import argparse
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench import surroundings
from bench.harness import Report, judge
from drills.portal import TOKEN, WORKERS, Deposit, Reader, behind_taps, quantile
from drills.taps import FROZEN, OPEN, STOPPED, Tap

RESULTS = Path(__file__).with_name("resultats") / "pannes.md"
LASTS, LETTERS, RETURNS_WITHIN, READERS, BOMBS = 15.0, 6, 45.0, 3, 8
KEPT_WITHIN = 90.0
"""Of the end of a fault: beat posts again each minute what no worker took."""
NEEDED_BY_LETTERS = ("postgresql", "redis", "smtp")
FAULTS = [
    ("nothing at fault", "", OPEN),
    *((f"{name} {mode}", name, mode) for name in ("redis", "smtp", "clamd", "s3") for mode in (STOPPED, FROZEN)),
    ("a poisoned notice before each letter", "poison", OPEN),
    ("postgresql stopped", "postgresql", STOPPED),
    ("postgresql frozen", "postgresql", FROZEN),
    # Last: its worker is then busy for minutes.
    (f"{BOMBS} PDF that take hours to draw", "bombs", OPEN),
]

surroundings.DATABASE = "portail_drill_pannes"


@dataclass
class Outcome:
    """What was measured during one fault. Durations are in seconds.

    :param refused: how many pages got each status other than 200
    :param deposits: what became of each file sent
    :param kept: how many of those that arrived were verified, and are kept
    :param posted: when each message was asked for, by address
    :param meanwhile: how many messages were sent during the fault
    :param after: how long after its end the last message was sent
    """

    name: str
    pages: list[float] = field(default_factory=list)
    refused: Counter[int] = field(default_factory=Counter)
    deposits: list[Deposit] = field(default_factory=list)
    kept: int = 0
    posted: dict[str, float] = field(default_factory=dict)
    meanwhile: int = 0
    after: float = 0.0
    lost: int = 0
    doubled: int = 0
    health: str = ""

    @property
    def deposit(self) -> str:
        """The statuses of the files sent, the longest duration, and how many are kept, as text."""
        statuses = Counter(deposit.status for deposit in self.deposits)
        counted = ", ".join(str(status) if count == 1 else f"{count} × {status}" for status, count in statuses.items())
        return f"{counted} in {max(deposit.seconds for deposit in self.deposits):.1f} s, {self.kept} kept"

    @property
    def arrived(self) -> list[Deposit]:
        return [deposit for deposit in self.deposits if deposit.has_arrived]

    @property
    def p99(self) -> float:
        return quantile(self.pages)


class Surroundings(surroundings.Surroundings):
    """One éditeur whose éligibilité is submitted, and one account for each message."""

    def _publish(self) -> None:
        from candidatures.enums import VoletKind
        from comptes import clock
        from tests.candidatures.conftest import make_team
        from tests.factories import candidatures as make
        from tests.factories.comptes import CompteFactory

        with clock.travel(make.SUMMER):
            self.team = make_team()
            make.a_submitted_volet(self.team.candidature, self.team.salarie, kind=VoletKind.ELIGIBILITE)
        count = (len(FAULTS) + 1) * LETTERS
        self.people = [CompteFactory(email=f"lettre{rank}@essai.example") for rank in range(count)]


class Drill:
    """The running portal behind its taps, and the mailbox that its messages reach."""

    def __init__(self, made: Surroundings, port: int, taps: dict[str, Tap], mail: Any) -> None:
        self.made, self.taps, self.mail = made, taps, mail
        self.people = iter(made.people)
        self.reader = Reader(port, made.team.salarie)

    def suffer(self, name: str, part: str, mode: str) -> Outcome:
        outcome = Outcome(name)
        over = threading.Event()
        readers = [threading.Thread(target=self._read, args=(outcome, over)) for _ in range(READERS)]
        if tap := self.taps.get(part):
            tap.turn(mode)
        begun_at = time.monotonic()
        for reader in readers:
            reader.start()
        sender = threading.Thread(target=self._deposit, args=(outcome, BOMBS if part == "bombs" else 0))
        sender.start()
        for rank in range(LETTERS):
            self._post_letter(outcome, poisoned=part == "poison")
            time.sleep(max(0.0, begun_at + (rank + 1) * LASTS / LETTERS - time.monotonic()))
        outcome.health = self.reader.sante()
        outcome.meanwhile = sum(to in self._arrived() for to in outcome.posted)
        over.set()
        for thread in (*readers, sender):
            thread.join()
        back_at = time.monotonic()
        if tap:
            tap.turn(OPEN)
        while self._missing(outcome) and time.monotonic() - back_at < RETURNS_WITHIN:
            time.sleep(0.1)
        outcome.after = time.monotonic() - back_at
        while (kept := self._kept(outcome)) < len(outcome.arrived) and time.monotonic() - back_at < KEPT_WITHIN:
            time.sleep(0.5)
        outcome.kept = kept
        outcome.lost = len(self._missing(outcome))
        outcome.doubled = sum(count - 1 for count in self._arrived().values())
        self.mail.received.clear()
        return outcome

    def _kept(self, outcome: Outcome) -> int:
        return sum(self.reader.is_kept(deposit) for deposit in outcome.arrived)

    def _arrived(self) -> Counter[str]:
        return Counter(message["To"] for message in list(self.mail.received))

    def _missing(self, outcome: Outcome) -> list[str]:
        arrived = self._arrived()
        return [to for to in outcome.posted if to not in arrived]

    def _read(self, outcome: Outcome, over: threading.Event) -> None:
        paths = ("/", "/solutions/", f"/editeurs/{self.made.team.editeur.pk}/", "/mon-compte/")
        while not over.is_set():
            for path in paths:
                begun_at = time.monotonic()
                status, _ = self.reader.ask("GET", path)
                outcome.pages.append(time.monotonic() - begun_at)
                if status != 200:
                    outcome.refused[status] += 1
                time.sleep(0.2)

    def _post_letter(self, outcome: Outcome, *, poisoned: bool) -> None:
        """Ask for a password link; if `poisoned`, after posting the same person a message that cannot be written."""
        compte = next(self.people)
        if poisoned:
            from comptes import notices
            from comptes.models import Notice

            now = datetime.fromtimestamp(time.time(), UTC)  # noqa: TID251 -- the machine's own clock
            Notice.objects.create(
                kind="essai.empoisonne",
                address="compte:0",
                email=compte.email,
                posted_at=now,
                next_attempt_at=now,
                message_id=notices.new_message_id(),
            )
        typed = urlencode({"email": compte.email, "csrfmiddlewaretoken": TOKEN})
        status, _ = self.reader.ask(
            "POST", "/mot-de-passe-oublie/", typed.encode(), "application/x-www-form-urlencoded"
        )
        if status in (200, 302):
            outcome.posted[compte.email] = time.monotonic()
        else:
            outcome.refused[status] += 1

    def _deposit(self, outcome: Outcome, bombs: int) -> None:
        """Deposit one file, which is then scanned; or that many PDF files, each very slow to draw."""
        files = [("a.png", "CAPTURE", b"\x89PNG\r\n\x1a\n" + os.urandom(300_000))]
        if bombs:
            files = [(f"bombe {rank}.pdf", "DOCUMENT", a_bomb(rank)) for rank in range(bombs)]
        outcome.deposits = [self.reader.deposit(self.made.team.candidature, *file) for file in files]


def a_bomb(rank: int) -> bytes:
    """Return a PDF of two kilobytes that would take hours to draw: one page, shaded a hundred thousand times."""
    import pikepdf
    from pikepdf import Dictionary

    with pikepdf.new() as document:
        fades = Dictionary(FunctionType=2, Domain=[0, 1], C0=[1, 0, 0], C1=[0, 0, 1], N=1.5)
        shading = Dictionary(
            ShadingType=3, ColorSpace=pikepdf.Name.DeviceRGB, Coords=[0, 0, 0, 600, 800, 900], Function=fades
        )
        page = document.add_blank_page()
        page.Resources = Dictionary(Shading=Dictionary(S=shading))
        page.Contents = document.make_stream(f"% {rank}\n".encode() + b"/S sh\n" * 100_000)
        content = BytesIO()
        document.save(content)
    return content.getvalue()


def main(arguments: list[str]) -> int:
    return judge(measure, arguments, doc=__doc__, results=RESULTS, only="")


def measure(options: argparse.Namespace) -> Report:
    with Surroundings() as made, behind_taps(made) as parts:
        from bench.machine import machine

        drill = Drill(made, *parts)
        chosen = [fault for fault in FAULTS if options.only in fault[0]]
        drill.suffer("to begin with", "", OPEN)
        outcomes = [say(drill.suffer, *fault) for fault in chosen]
        report = table(outcomes, machine())
    return report, not any(wrong(outcome) for outcome in outcomes)


def say(suffer: Callable[..., Outcome], *fault: str) -> Outcome:
    outcome = suffer(*fault)
    print(row(outcome), flush=True)
    return outcome


def wrong(outcome: Outcome) -> bool:
    by_the_database = outcome.name.startswith("postgresql")
    slow = not by_the_database and (outcome.p99 > 2 or bool(outcome.refused))
    held = not outcome.name.startswith(NEEDED_BY_LETTERS) and outcome.meanwhile < LETTERS - 1
    statuses = {deposit.status for deposit in outcome.deposits}
    unanswered = not by_the_database and 0 in statuses
    refused = any(400 <= status < 500 for status in statuses)
    needs_all = not outcome.name.startswith(("postgresql", "s3"))
    lost_files = outcome.kept < len(outcome.deposits if needs_all else outcome.arrived)
    return (
        slow
        or held
        or unanswered
        or refused
        or lost_files
        or bool(outcome.lost or outcome.doubled)
        or outcome.after > 30
    )


def row(outcome: Outcome) -> str:
    refused = ", ".join(f"{count} × {status or 'none'}" for status, count in sorted(outcome.refused.items())) or "–"
    cells = [
        outcome.name,
        f"{len(outcome.pages)}",
        f"{outcome.p99:.2f}",
        refused,
        outcome.deposit,
        f"{outcome.meanwhile} / {len(outcome.posted)}",
        f"{outcome.after:.1f}",
        f"{outcome.lost} / {outcome.doubled}",
        outcome.health,
        "✗" if wrong(outcome) else "✓",
    ]
    return f"| {' | '.join(cells)} |"


def table(outcomes: list[Outcome], machine: str) -> str:
    lines = f"""# Parts that stop, or hang

{machine}.
gunicorn, 2 workers of 4 threads; {len(WORKERS)} Celery workers of two processes, beat; each part behind a tap of
this machine.

Each fault lasts {LASTS:.0f} s, while {READERS} people read pages without rest (home, the public list, a team, an
account), one sends a file and {LETTERS} ask for a password link. Made by `python -m drills.pannes --write`.

Limits, where the database answers: p99 of the pages ≤ 2 s, none refused; letters leave meanwhile, unless the mail
server or the broker is at fault; all within 30 s of its return; none lost, none doubled. A file arrives, and is kept
within {KEPT_WITHIN:.0f} s of the end of the fault; without its bucket, the portal answers 503, and pages try again.
"""
    head = ["fault", "pages", "p99 (s)", "other than 200", "the file", "letters meanwhile", "the last, after (s)"]
    head += ["lost / doubled", "`/sante/`", ""]
    under = "|---|---:|---:|---|---|---:|---:|---:|---|---|"
    return "\n".join([lines, f"| {' | '.join(head)} |", under, *map(row, outcomes), ""])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
