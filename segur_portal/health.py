"""The page of health: whether the database answers, and for each queue, how long its oldest task has waited.

Monitoring asks for it every few seconds, even when the portal is overloaded: its time is bounded, and an answer is kept
some seconds, so that the database is asked once for everybody.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Min, QuerySet
from django.http import HttpResponse

from candidatures.catalogue.dispositifs import faults
from candidatures.models import Accuse, Piece
from comptes import clock
from comptes.enums import NoticeState
from comptes.models import Battement, Notice, RetourIncompris
from guichets.models import DemandeAuGuichet
from preuves.effects import UNSCANNED
from preuves.queries.lectures import ocr
from preuves.queries.sondes import pieces_not_probed, pieces_to_copy
from preuves.rules.fichiers import PDF
from referencement.enums import FichierStage
from referencement.models import Document
from segur_portal import queues

PATIENCE, KEPT_FOR = 2.0, 5.0
# A task that waits for longer than this is late: its workers hang, are stopped, or are too few.
LATE: Mapping[str, timedelta] = {
    queues.LETTERS: timedelta(minutes=2),
    queues.DESKS: timedelta(minutes=15),
    queues.COPIES: timedelta(hours=1),
}
LATE_OTHERWISE = timedelta(minutes=10)
SILENT = timedelta(minutes=10)  # beat sends a task each minute to every queue that it rings

# Without an address, no file opens; with this word, it was decided that all of them do.
ANTIVIRUS: Mapping[str, str] = {"": "unset", UNSCANNED: "off"}

_asked = ThreadPoolExecutor(2, thread_name_prefix="health")
_kept: dict[str, tuple[float, str]] = {}


def answer() -> HttpResponse:
    """Answer within `PATIENCE` seconds: 200 when the database answers, whatever the queues; 503 when it does not."""
    kept = _kept.get("text")
    if kept is None or monotonic() - kept[0] > KEPT_FOR:
        asking: Future[str] = _asked.submit(_look)
        try:
            kept = _kept["text"] = (monotonic(), asking.result(PATIENCE))
        except (TookTooLong, DatabaseError):
            asking.cancel()
            return HttpResponse("the database does not answer\n", status=503, content_type="text/plain; charset=utf-8")
    return HttpResponse(kept[1], content_type="text/plain; charset=utf-8")


def _look() -> str:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = '500ms'")
            return f"{text_of(state())}returns not_understood={RetourIncompris.objects.count()}\n"
    finally:
        connection.close()


def state() -> dict[str, tuple[timedelta | None, timedelta | None]]:
    """Return, by queue, how long its oldest task has waited, and how long ago a task of it last finished."""
    beats = dict(Battement.objects.values_list("queue", "finished_at"))
    now, here = clock.now(), clock.machine_now()
    return {queue: (_age(_oldest(queue, now), now), _age(beats.get(queue), here)) for queue in queues.QUEUES}


def text_of(waits_by_queue: Mapping[str, tuple[timedelta | None, timedelta | None]]) -> str:
    late = [queue for queue, (waits, finished) in waits_by_queue.items() if _is_late(queue, waits, finished)]
    lines = [f"late: {' '.join(late)}" if late else "ok"]
    lines.append(f"ocr {'on' if settings.PROBES and ocr() else 'off'}")
    lines.append(f"antivirus {ANTIVIRUS.get(settings.CLAMD_URL, 'on')}")
    lines += [f"{code} shut={mistakes[0]} ({len(mistakes)})" for code, mistakes in faults().items()]
    for queue, (waits, finished) in waits_by_queue.items():
        lines.append(f"{queue} waiting={_seconds(waits)} finished={_seconds(finished)}")
    return "\n".join([*lines, ""])


def _is_late(queue: str, waits: timedelta | None, finished: timedelta | None) -> bool:
    is_silent = queue in queues.RUNG and finished is not None and finished > SILENT
    return is_silent or (waits is not None and waits > LATE.get(queue, LATE_OTHERWISE))


def _age(at: datetime | None, now: datetime) -> timedelta | None:
    return None if at is None else max(now - at, timedelta(0))


def _seconds(age: timedelta | None) -> str:
    return "-" if age is None else f"{age.total_seconds():.0f}s"


def _oldest(queue: str, now: datetime) -> datetime | None:
    """Return when the oldest task of a queue began to wait; None when none waits, or when the query took too long."""
    look = _WAITING.get(queue)
    if look is None:
        return None
    try:
        with transaction.atomic():
            return look(now)
    except DatabaseError:
        return None


def _first(rows: QuerySet, field: str) -> datetime | None:
    oldest: datetime | None = rows.aggregate(first=Min(field))["first"]
    return oldest


def _oldest_letter(now: datetime) -> datetime | None:
    return _first(Notice.objects.filter(state=NoticeState.PENDING, next_attempt_at__lte=now), "posted_at")


def _oldest_scan(now: datetime) -> datetime | None:
    return _first(Piece.objects.filter(analyse=None), "deposited_at")


def _oldest_probe(now: datetime) -> datetime | None:
    return _first(pieces_not_probed(), "deposited_at")


def _oldest_copy(now: datetime) -> datetime | None:
    return _first(pieces_to_copy(at=now), "deposited_at")


def _oldest_drawing(now: datetime) -> datetime | None:
    return _first(Piece.objects.filter(content_type=PDF, apercu=None), "deposited_at")


def _oldest_printing(now: datetime) -> datetime | None:
    printed = Document.objects.exclude(fichiers__stage=FichierStage.PRINTED)
    waiting = (_first(Accuse.objects.filter(impression=None), "issued_at"), _first(printed, "issued_at"))
    return min((instant for instant in waiting if instant), default=None)


def _oldest_pull(now: datetime) -> datetime | None:
    return _first(DemandeAuGuichet.objects.followed().filter(next_pull_at__lte=now), "next_pull_at")


_WAITING: Mapping[str, Callable[[datetime], datetime | None]] = {
    queues.LETTERS: _oldest_letter,
    queues.SCANS: _oldest_scan,
    queues.PROBES: _oldest_probe,
    queues.COPIES: _oldest_copy,
    queues.DRAWING: _oldest_drawing,
    queues.PRINTING: _oldest_printing,
    queues.DESKS: _oldest_pull,
}
