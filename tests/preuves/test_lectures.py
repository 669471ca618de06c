"""What a machine reads in a file: in a process apart, when it can; what is written of it; what is tried again."""

import os
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from candidatures.models import Piece
from preuves import effects, sweeps
from preuves.connectors import probe
from preuves.connectors.probe import ProbeFailed
from preuves.enums import LectureState, Nature
from preuves.models import LectureDeMachine
from preuves.operations.lectures import ask_to_read
from preuves.queries.lectures import ocr, pieces_to_read
from preuves.rules.lectures import dates_in
from tests.candidatures.conftest import Team
from tests.factories import fichiers as some
from tests.factories import lectures as make

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
TESSERACT = os.environ.get("TESSERACT") or shutil.which("tesseract") or "tesseract"


def a_stand_in(folder: Path, script: str) -> str:
    """An executable that takes the place of tesseract."""
    file = folder / "ocr"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return str(file)


def read(tmp_path: Path, kind: str, content: bytes, tesseract: str, seconds: int = 20) -> probe.Finding:
    file = tmp_path / "file"
    file.write_bytes(content)
    return probe.read(kind, file, tesseract=tesseract, seconds=seconds)


# -- what is read ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("Le 05/03/2026 et le 5.3.2026", [date(2026, 3, 5)] * 2),
        ("Paris, 1er Août 2026 ; 2026-08-02", [date(2026, 8, 1), date(2026, 8, 2)]),
        ("31/02/2026, 12/13/2026, 5 marsouins 2026, 12345/03/2026, 1.2.3, 01/02/26", []),
        ("", []),
    ],
)
def test_dates_of_a_french_text(text: str, dates: list[date]) -> None:
    assert dates_in(text) == dates


def test_text_layer_of_a_pdf_needs_no_ocr(tmp_path: Path) -> None:
    lecture = read(tmp_path, "pdf", make.a_form(), "")

    assert (lecture.fault, lecture.facts["ocr"], lecture.facts["signatures"]) == ("", False, [])
    assert dates_in(lecture.facts["text"]) == [date(2026, 3, 12)]


def test_signature_holds_until_a_byte_changes(tmp_path: Path) -> None:
    (signature,) = read(tmp_path, "pdf", make.a_signed_form(), "").facts["signatures"]
    (broken,) = read(tmp_path, "pdf", make.altered(make.a_signed_form()), "").facts["signatures"]

    assert (signature["holds"], signature["whole"], broken["holds"]) == (True, True, False)


def test_what_is_added_after_the_signature_is_seen(tmp_path: Path) -> None:
    (signature,) = read(tmp_path, "pdf", make.completed(make.a_signed_form()), "").facts["signatures"]

    assert (signature["holds"], signature["whole"]) == (True, False)


def test_words_of_a_capture_are_read(tmp_path: Path) -> None:
    lecture = read(tmp_path, "image", make.a_desk_page(), TESSERACT)

    assert (lecture.fault, lecture.facts["ocr"]) == ("", True)
    assert "En cours / actif" in lecture.facts["text"]
    assert dates_in(lecture.facts["text"]) == [date(2026, 10, 12), date(2026, 11, 20)]


@pytest.mark.parametrize(
    ("script", "fault"),
    [("exit 1", "silent"), ("exec sleep 100", "silent"), ("kill -9 $$", "silent"), ("cat > /dev/null; echo Mots", "")],
)
def test_ocr_that_fails_hangs_or_dies_reads_nothing(tmp_path: Path, script: str, fault: str) -> None:
    lecture = read(tmp_path, "image", some.PNG, a_stand_in(tmp_path, script), seconds=8)

    assert (lecture.fault, lecture.facts.get("text", "").strip()) == (fault, "" if fault else "Mots")


@pytest.mark.parametrize(
    ("kind", "content", "fault"),
    [
        ("image", some.PNG, "no_ocr"),
        ("image", some.PNG[:60], "unreadable"),
        ("pdf", some.PDF, "no_ocr"),
        ("pdf", some.LOCKED_PDF, "unreadable"),
        ("pdf", b"%PDF-1.4\n%%EOF", "unreadable"),
    ],
)
def test_without_ocr_or_when_it_does_not_open_nothing_is_read(
    tmp_path: Path, kind: str, content: bytes, fault: str
) -> None:
    assert read(tmp_path, kind, content, "").fault == fault


# -- what is written ------------------------------------------------------------------------------------------------


def asked(team: Team, content: bytes, name: str = "a.png", nature: Nature = Nature.CNDA) -> Piece:
    piece = some.a_scanned_piece(team.candidature, team.salarie, name, content, nature=nature)
    ask_to_read(piece=piece, at=AT)
    return piece


def test_content_that_nobody_asked_for_is_not_read(team: Team) -> None:
    effects.read_piece(some.a_scanned_piece(team.candidature, team.salarie).pk)

    assert not LectureDeMachine.objects.exists()


def test_content_is_read_once(team: Team, settings: Settings, tmp_path: Path) -> None:
    settings.TESSERACT = a_stand_in(tmp_path, "cat > /dev/null; echo Mots")
    first, second = asked(team, some.PNG), asked(team, some.PNG, "b.png")
    effects.read_piece(first.pk)
    read_at = LectureDeMachine.objects.get().read_at
    effects.read_piece(second.pk)

    lecture = LectureDeMachine.objects.get()
    assert (lecture.state, lecture.text.strip(), lecture.facts) == (LectureState.READ, "Mots", {"ocr": True})
    assert lecture.read_at == read_at


def test_what_was_lacking_is_read_once_it_is_there(
    team: Team, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[int] = []
    monkeypatch.setattr(effects.read_piece, "apply_async", lambda args, **_: taken.extend(args))
    piece = asked(team, some.PNG)
    settings.PROBES, settings.TESSERACT = False, ""
    assert sweeps.take_up_readings() == 1
    effects.read_piece(piece.pk)
    assert (LectureDeMachine.objects.get().fault, sweeps.take_up_readings()) == ("off", 0)

    settings.PROBES = True
    assert sweeps.take_up_readings() == 1
    effects.read_piece(piece.pk)
    assert (LectureDeMachine.objects.get().fault, sweeps.take_up_readings()) == ("no_ocr", 0)

    settings.TESSERACT = a_stand_in(tmp_path, "cat > /dev/null; echo Mots")
    assert sweeps.take_up_readings() == 1
    effects.read_piece(piece.pk)
    assert (LectureDeMachine.objects.get().state, sweeps.take_up_readings()) == (LectureState.READ, 0)
    assert taken == [piece.pk] * 3


def test_process_that_dies_is_tried_three_times(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: Any, **__: Any) -> None:
        raise ProbeFailed("killed")

    monkeypatch.setattr(probe, "read", die)
    piece = asked(team, some.PNG)
    for _ in range(4):
        effects.read_piece(piece.pk)

    lecture = LectureDeMachine.objects.get()
    assert (lecture.state, lecture.fault, lecture.tries) == (LectureState.NOT_READ, "silent", 3)
    assert not pieces_to_read(probes=True, has_ocr=True, at=lecture.read_at + timedelta(hours=1)).exists()


def test_executable_is_found_by_its_name_or_its_path(settings: Settings, tmp_path: Path) -> None:
    answers = []
    for name in ("sh", a_stand_in(tmp_path, ""), "", "/no/such/file", "no-such-program"):
        settings.TESSERACT = name
        answers.append(bool(ocr()))
    assert answers == [True, True, False, False, False]
