"""What follows a deposit: the antivirus, which here speaks clamd's own protocol on a socket, and the drawn pages."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from candidatures.connectors import pdf
from candidatures.models import Piece
from comptes import clock
from preuves import sweeps
from preuves.connectors.clamd import Clamd, ScanFailed
from preuves.effects import draw_pages, scan_piece
from preuves.enums import AnalyseState, Nature
from preuves.models import Analyse, Apercu, ImageDePage
from preuves.queries.fichiers import opens
from tests.candidatures.conftest import Team
from tests.factories import candidatures as make
from tests.factories import fichiers as some
from tests.ground import standing
from tests.preuves.conftest import make_team_with_eligibilite

# The file that every antivirus takes for a virus, cut in two so that none takes this one for it.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class ClamdOfTests:
    """A daemon that reads INSTREAM as clamd does, finds EICAR, and refuses more than `largest` bytes."""

    def __init__(self, listener: socket.socket, *, largest: int = 10_000_000, answers: bool = True) -> None:
        self.listener, self.largest, self.answers = listener, largest, answers
        self.received: list[bytes] = []
        self.signatures, self.virus = 1, EICAR
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as stream:
                self.answer(stream)

    def answer(self, stream: object) -> None:
        if stream.read(9) == b"zVERSION\0":
            stream.write(f"ClamAV 1.4.3/{self.signatures}/Mon".encode() + b"\0")
            return
        assert stream.read(1) == b"\0"
        content = b""
        while length := struct.unpack("!L", stream.read(4))[0]:
            content += stream.read(length)
            if len(content) > self.largest:
                stream.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.received.append(content)
        if self.answers:
            stream.write(b"stream: Eicar-Signature FOUND\0" if self.virus in content else b"stream: OK\0")


@contextmanager
def a_clamd(**options: object) -> Iterator[tuple[str, ClamdOfTests]]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"tcp://127.0.0.1:{listener.getsockname()[1]}", ClamdOfTests(listener, **options)
        listener.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def clamd(settings: Settings) -> Iterator[ClamdOfTests]:
    with a_clamd() as (url, daemon):
        settings.CLAMD_URL = url
        yield daemon


team = standing(make_team_with_eligibilite)


def a_piece(team: Team, content: bytes = some.PNG, name: str = "a.png", nature: Nature = Nature.CAPTURE) -> Piece:
    return some.a_scanned_piece(team.candidature, team.salarie, name, content, nature=nature, state="")


def state_of(piece: Piece) -> tuple[str, str] | None:
    analyse = Analyse.objects.filter(piece=piece).first()
    return (analyse.state, analyse.detail) if analyse else None


# -- the antivirus --------------------------------------------------------------------------------------------------


def test_file_that_is_clean_opens(team: Team, clamd: ClamdOfTests) -> None:
    piece = a_piece(team)
    scan_piece(piece.pk)

    assert state_of(piece) == (AnalyseState.CLEAN, "")
    assert clamd.received == [some.PNG]


def test_file_that_is_infected_is_named(team: Team, clamd: ClamdOfTests) -> None:
    piece = a_piece(team, EICAR, "a.txt", Nature.DOCUMENT)
    scan_piece(piece.pk)

    assert state_of(piece) == (AnalyseState.INFECTED, "Eicar-Signature")


def test_file_is_scanned_once(team: Team, clamd: ClamdOfTests) -> None:
    piece = a_piece(team)
    for _ in range(2):
        scan_piece(piece.pk)

    assert (len(clamd.received), Analyse.objects.count()) == (1, 1)


def test_without_an_antivirus_it_is_said(team: Team, settings: Settings) -> None:
    settings.CLAMD_URL = "none"
    piece = a_piece(team)
    scan_piece(piece.pk)

    assert state_of(piece) == (AnalyseState.NOT_SCANNED, "")


def test_content_that_new_signatures_know_is_shut(team: Team, clamd: ClamdOfTests, effects_run: None) -> None:
    pieces = [a_piece(team, name="a.png"), a_piece(team, name="b.png")]
    assert {state_of(piece) for piece in pieces} == {(AnalyseState.CLEAN, "")}
    assert sweeps.scan_again() == 0
    clamd.signatures, clamd.virus = 2, some.PNG[:8]

    assert sweeps.scan_again() == 2
    assert {state_of(piece) for piece in pieces} == {(AnalyseState.INFECTED, "Eicar-Signature")}
    assert sweeps.scan_again() == 0


def test_without_a_choice_nothing_opens(team: Team, settings: Settings) -> None:
    settings.CLAMD_URL = ""
    piece = a_piece(team)
    scan_piece(piece.pk)

    assert state_of(piece) is None


def test_same_content_is_scanned_once_whoever_sends_it(team: Team, clamd: ClamdOfTests) -> None:
    first, second = a_piece(team, EICAR, "a.txt", Nature.DOCUMENT), a_piece(team, EICAR, "b.txt", Nature.DOCUMENT)
    for piece in (first, second):
        scan_piece(piece.pk)

    assert [state_of(piece) for piece in (first, second)] == [(AnalyseState.INFECTED, "Eicar-Signature")] * 2
    assert len(clamd.received) == 1


@pytest.mark.parametrize("options", [{"answers": False}, {"largest": 10}])
def test_antivirus_that_gives_no_verdict_leaves_the_file_shut(team: Team, settings: Settings, options: dict) -> None:
    with a_clamd(**options) as (url, _):
        settings.CLAMD_URL = url
        piece = a_piece(team)
        scan_piece(piece.pk)

    assert state_of(piece) is None


def test_no_file_opens_when_no_antivirus_is_set(team: Team, settings: Settings) -> None:
    settings.CLAMD_URL = ""
    piece = a_piece(team)
    scan_piece(piece.pk)

    assert (state_of(piece), opens(Piece.objects.get(pk=piece.pk))) == (None, False)


def test_antivirus_that_is_away_leaves_the_file_to_the_sweep(team: Team, settings: Settings, effects_run: None) -> None:
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    piece = a_piece(team)
    assert state_of(piece) is None

    with a_clamd() as (url, _):
        settings.CLAMD_URL = url
        sweeps.take_up_pieces()
    assert state_of(piece) == (AnalyseState.CLEAN, "")


def test_unix_socket_that_is_missing_is_a_scan_that_failed(tmp_path: Path) -> None:
    with pytest.raises(ScanFailed):
        Clamd(f"unix://{tmp_path}/clamd.ctl").scan([b"a"])


# -- the pages ------------------------------------------------------------------------------------------------------


def test_each_page_is_drawn_once(team: Team) -> None:
    piece = a_piece(team, some.a_pdf_of(3), "a.pdf")
    for _ in range(2):
        draw_pages(piece.pk)

    images = list(ImageDePage.objects.order_by("number"))
    assert [(image.number, image.width, image.height) for image in images] == [
        (number, 1400, 1982) for number in (1, 2, 3)
    ]
    for page in images:
        with page.file.open() as image:
            assert image.read(4) == b"RIFF"
    assert Apercu.objects.values_list("pages", "drawn").get() == (3, 3)


@pytest.mark.parametrize("content", [make.PDF, some.PDF[:200], b"%PDF-1.7\n" + bytes(range(256)) * 50])
def test_pdf_that_nothing_reads_has_no_page_and_is_not_tried_again(
    team: Team, effects_run: None, content: bytes
) -> None:
    a_piece(team, content, "a.pdf")

    assert Apercu.objects.values_list("pages", "drawn").get() == (0, 0)
    assert sweeps.take_up_pieces() == 0


def test_no_more_than_two_hundred_pages_are_drawn(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(some.a_pdf_of(201, size=(842, 8)))  # flat: soon drawn

    assert pdf.draw(file, tmp_path).pages == 201
    assert len(list(tmp_path.glob("*.webp"))) == 200


def test_pdf_that_takes_too_long_is_left(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(some.a_pdf_of(200))

    assert pdf.draw(file, tmp_path, seconds=0) == pdf.Look()


def test_page_of_any_size_fits(tmp_path: Path) -> None:
    import pypdfium2

    file = tmp_path / "a.pdf"
    with pypdfium2.PdfDocument.new() as document:
        for size in ((14_400, 1), (1, 14_400), (14_400, 14_400)):
            document.new_page(*size).close()
        document.save(file)

    pdf.draw(file, tmp_path)
    assert all(file.stat().st_size for file in tmp_path.glob("*.webp"))


def test_password_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(some.LOCKED_PDF)

    assert pdf.look(file) == pdf.Look(locked=True)


def test_pieces_without_their_file_are_not_asked_for_ever(team: Team, effects_run: None) -> None:
    from comptes.operations.travaux import note_failure

    piece = make.a_piece(team.candidature, team.salarie)
    for name in ("scan_piece", "draw_pages", "probe_piece"):
        for _ in range(5):
            task = f"preuves.effects.{name}"
            note_failure(task=task, arguments=[piece.pk], error=FileNotFoundError("a"), at=make.SUMMER)

    assert sweeps.take_up_pieces() == 0


# -- the sweeps -----------------------------------------------------------------------------------------------------


def test_sweep_takes_up_what_the_broker_lost(team: Team, effects_run: None) -> None:
    piece = make.a_piece(team.candidature, team.salarie)  # of phase 1: nothing followed its deposit
    assert state_of(piece) is None

    assert sweeps.take_up_pieces() == 2
    assert state_of(piece) == (AnalyseState.NOT_SCANNED, "")
    assert sweeps.take_up_pieces() == 0


def test_leftover_is_removed_once_it_is_old(db: None, settings: Settings, tmp_path: Path, travel_to: Callable) -> None:
    settings.ARRIVALS_ROOT = str(tmp_path)
    (tmp_path / "abc.part").write_bytes(b"half")
    (tmp_path / "def.envoi").write_bytes(b"of an envoi that was settled by a process that died")
    assert sweeps.remove_leftovers() == 0

    travel_to(clock.machine_now() + timedelta(hours=7))
    assert (sweeps.remove_leftovers(), list(tmp_path.iterdir())) == (2, [])


def test_folder_of_arrivals_that_is_missing_is_swept(db: None, settings: Settings, tmp_path: Path) -> None:
    settings.ARRIVALS_ROOT = str(tmp_path / "nowhere")

    assert sweeps.remove_leftovers() == 0
