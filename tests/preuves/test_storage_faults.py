"""A storage that hangs, a bucket that refuses, a disk that is full: a sentence, nothing lost, no row held."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from botocore.config import Config
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from candidatures.models import Candidature, Message, Piece
from candidatures.operations.messages import MessageNotPosted, post_message
from candidatures.operations.pieces import put_away
from comptes import clock
from preuves.catalogue.rem import ChapitreSpec, RemSpec
from preuves.enums import Nature
from preuves.operations.fichiers import receive_piece
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make
from tests.factories import envois
from tests.factories import fichiers as some
from tests.factories import preuves as prove
from tests.preuves.conftest import make_team_with_eligibilite

ARRIVED, GOES_ON = Event(), Event()


class SlowStorage(FileSystemStorage):
    """A disk that keeps a file waiting until it is told to go on."""

    def _save(self, name: str, content: Any) -> str:
        ARRIVED.set()
        assert GOES_ON.wait(30)
        return super()._save(name, content)


@pytest.fixture
def team(transactional_db: None) -> Team:
    return make_team_with_eligibilite()


@pytest.fixture
def slow(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    ARRIVED.clear()
    GOES_ON.clear()
    options = {"location": str(tmp_path)}
    where = {"BACKEND": "tests.preuves.test_storage_faults.SlowStorage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "pieces": where}
    yield tmp_path
    GOES_ON.set()


@contextmanager
def meanwhile(act: Callable[[], Any]) -> Iterator[None]:
    """Do it in another thread, and be there while its file is on its way to the storage."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    other = Thread(target=run)
    other.start()
    try:
        assert ARRIVED.wait(30)
        yield
    finally:
        GOES_ON.set()
        other.join(30)


def acts(team: Team) -> dict[str, Callable[[], Any]]:
    def receive() -> Any:
        return receive_piece(
            candidature_id=team.candidature.pk,
            upload=some.an_upload("a.mp4", some.MP4),
            nature=Nature.VIDEO,
            by=team.salarie,
            at=make.SUMMER,
        )

    def write() -> Any:
        return post_message(
            candidature_id=team.candidature.pk,
            text="Bonjour",
            uploads=[make.a_pdf()],
            token="t" * 32,
            by=team.salarie,
            at=make.SUMMER,
        )

    return {"preuve": receive, "message": write}


@pytest.mark.parametrize("act", ["preuve", "message"])
def test_storage_that_hangs_holds_no_candidature(team: Team, slow: Path, act: str) -> None:
    with meanwhile(acts(team)[act]), transaction.atomic():
        assert Candidature.objects.select_for_update(nowait=True).get(pk=team.candidature.pk)

    assert Piece.objects.count() == 1
    assert len([path for path in slow.rglob("*") if path.is_file()]) == 1


def test_file_that_is_refused_once_stored_is_taken_away(team: Team, slow: Path) -> None:
    """The candidature closes while the file is on its way."""
    answers: list[str] = []

    def receive() -> None:
        try:
            acts(team)["message"]()
        except MessageNotPosted as refused:
            answers.extend(refused.reasons)

    with meanwhile(receive):
        team.salarie.rattachements.update(detached_at=make.SUMMER)

    assert answers
    assert (Message.objects.count(), Piece.objects.count()) == (0, 0)
    assert [path for path in slow.rglob("*") if path.is_file()] == []


# -- a disk that is full: the kernel refuses ---------------------------------------------------------------------------

VIDEO = "TOU.01.01.01"


def a_team_to_prove() -> Team:
    """A team that may deposit a video."""
    exigence = prove.an_exigence("TOU.01", prove.a_preuve_spec(VIDEO, Nature.VIDEO))
    prove.a_rem(RemSpec((ChapitreSpec("TOU", "Vidéo", (exigence,)),)))
    team = make_team()
    prove.a_candidature_to_prove(team.candidature, team.salarie, team.instructeur)
    return team


@pytest.fixture
def proving(transactional_db: None) -> Iterator[Team]:
    with clock.travel(make.SUMMER):
        yield a_team_to_prove()


def send(browser: Client, team: Team, content: bytes) -> Any:
    """Deposit a video as a page without JavaScript does."""
    typed = {"seen": "0", "evidence_date": "2026-06-20", "version_technique": "4.2.1", "comment": ""}
    address = reverse("preuves:preuve", args=[team.candidature.nru, VIDEO])
    return browser.post(address, typed | {"fichiers": SimpleUploadedFile("a.mp4", content)})


@pytest.mark.parametrize("size", [300 * 1024, 12 * 1024 * 1024])
def test_disk_that_is_full_is_said_and_nothing_is_left(
    proving: Team, settings: Settings, tmp_path: Path, sign_in: Callable[..., Client], size: int
) -> None:
    settings.ARRIVALS_ROOT = str(tmp_path / "arrivees")
    team, browser = proving, sign_in(proving.salarie)
    browser.raise_request_exception = False

    with envois.files_no_larger_than(200 * 1024):
        answer = send(browser, team, some.MP4 + b"\0" * size)

    assert answer.status_code == 507
    assert "L’espace de stockage est plein" in answer.content.decode()
    assert list((tmp_path / "arrivees").iterdir()) == []
    assert Piece.objects.count() == 0
    assert send(browser, team, some.MP4 + b"\0" * size).status_code == 302


# -- a database that is away -------------------------------------------------------------------------------------------


def test_file_is_removed_when_the_connection_to_the_database_died(
    team: Team, settings: Settings, tmp_path: Path
) -> None:
    disk = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "pieces": disk}
    upload = SimpleUploadedFile("a.mp4", some.MP4)

    failures: list[BaseException] = []

    def deposit() -> None:
        """In a thread, whose connection is its own."""
        try:
            with put_away(candidature_id=team.candidature.pk, uploads=[upload]), connection.cursor() as cursor:
                assert [file for file in tmp_path.rglob("*") if file.is_file()]
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        except OperationalError as failure:
            failures.append(failure)
        finally:
            connection.close()

    other = Thread(target=deposit)
    other.start()
    other.join(30)
    assert len(failures) == 1
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


# -- a bucket that is away ---------------------------------------------------------------------------------------------


def calls_to(listener: socket.socket) -> int:
    """How many connections were opened to it, and still wait for an answer."""
    listener.setblocking(False)
    count = 0
    with suppress(BlockingIOError):
        while True:
            listener.accept()[0].close()
            count += 1
    return count


@pytest.mark.parametrize("silent", [False, True])
def test_bucket_that_is_away_is_said(
    proving: Team, settings: Settings, sign_in: Callable[..., Client], silent: bool
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        if silent:
            taken.listen(64)
        options = {
            "bucket_name": "pieces",
            "endpoint_url": f"http://127.0.0.1:{taken.getsockname()[1]}",
            "region_name": "eu",
            "access_key": "a",
            "secret_key": "b",
            "client_config": Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 1}),
        }
        where = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
        settings.STORAGES = {**settings.STORAGES, "pieces": where}
        browser = sign_in(proving.salarie)
        browser.raise_request_exception = False
        answer = send(browser, proving, some.MP4)
        asked = calls_to(taken) if silent else 1

    assert asked == 1  # and not a second time, to remove what it never took
    assert answer.status_code == 503
    assert "Le stockage des fichiers ne répond pas" in answer.content.decode()
    assert answer["Retry-After"] == "60"
    assert Piece.objects.count() == 0


def test_row_that_somebody_holds_is_said(proving: Team, sign_in: Callable[..., Client]) -> None:
    """The database gives up the wait, and the page says so."""
    team, browser = proving, sign_in(proving.salarie)
    browser.raise_request_exception = False
    answers: list[Any] = []

    def post() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        try:
            answers.append(send(browser, team, some.MP4))
        finally:
            connection.close()

    with transaction.atomic():
        Candidature.objects.select_for_update().get(pk=team.candidature.pk)
        other = Thread(target=post)
        other.start()
        other.join(30)

    assert answers[0].status_code == 503
    assert "Le portail met trop de temps à répondre" in answers[0].content.decode()
    assert Piece.objects.count() == 0
