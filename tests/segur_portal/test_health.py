"""What the portal says of itself: fast, whatever hangs, and of each queue what waits and since when."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Event
from time import perf_counter

import pytest
from django.test import Client

from comptes import clock, outbox
from comptes.operations.travaux import note_beat
from segur_portal import health, queues
from segur_portal.checks import files_can_open
from tests.factories.comptes import CompteFactory


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    health._kept.clear()
    yield
    health._kept.clear()


def health_lines() -> dict[str, str]:
    answer = Client().get("/sante/")
    assert answer.status_code == 200
    first, *lines = answer.content.decode().splitlines()
    return {"": first} | {line.split(" ", 1)[0]: line.split(" ", 1)[1] for line in lines}


def test_every_queue_is_told(transactional_db, settings):
    settings.TESSERACT = ""
    told = {"": "ok", "ocr": "off", "antivirus": "off", "returns": "not_understood=0"}
    assert health_lines() == told | dict.fromkeys(queues.QUEUES, "waiting=- finished=-")


@pytest.mark.parametrize(
    ("executable", "probes", "told"), [("sh", True, "on"), ("sh", False, "off"), ("/no", True, "off")]
)
def test_whether_captures_are_read_is_told(transactional_db, settings, executable, probes, told):
    settings.TESSERACT, settings.PROBES = executable, probes
    assert health_lines()["ocr"] == told


@pytest.mark.parametrize(("address", "told"), [("", "unset"), ("none", "off"), ("tcp://127.0.0.1:3310", "on")])
def test_whether_files_are_scanned_is_told(transactional_db, settings, address, told):
    settings.CLAMD_URL = address
    assert health_lines()["antivirus"] == told
    assert bool(files_can_open()) is (told == "unset")


def test_letter_that_waits_and_worker_that_is_silent_are_seen(transactional_db):
    now = clock.machine_now()
    outbox.post("comptes.password_link", on="compte:1", to=CompteFactory(), at=clock.now() - timedelta(seconds=119))
    note_beat(queue="scans", task="preuves.effects.scan_piece", at=now - timedelta(seconds=590))
    lines = health_lines()
    assert lines[""] == "ok"
    assert lines["letters"].startswith("waiting=119s")
    assert lines["scans"] == "waiting=- finished=590s"

    health._kept.clear()
    outbox.post("comptes.password_link", on="compte:2", to=CompteFactory(), at=clock.now() - timedelta(seconds=130))
    note_beat(queue="scans", task="preuves.effects.scan_piece", at=now - timedelta(seconds=610))
    assert health_lines()[""] == "late: letters scans"


def test_it_is_asked_of_the_database_once_in_five_seconds(transactional_db, django_assert_num_queries):
    health_lines()
    with django_assert_num_queries(0):
        health_lines()


def test_database_that_hangs_is_said_in_two_seconds(transactional_db):
    goes_on = Event()
    held = [health._asked.submit(goes_on.wait, 30) for _ in range(2)]
    begun_at = perf_counter()
    try:
        answer = Client().get("/sante/")
    finally:
        goes_on.set()
        for future in held:
            future.result(30)

    assert (answer.status_code, answer.content) == (503, b"the database does not answer\n")
    assert perf_counter() - begun_at < 3


def test_table_that_somebody_holds_does_not_make_it_wait(transactional_db):
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE comptes_notice IN ACCESS EXCLUSIVE MODE")
        begun_at = perf_counter()
        lines = health_lines()

    assert perf_counter() - begun_at < 2
    assert lines["letters"].startswith("waiting=-")
