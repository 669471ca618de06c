"""Rows against stored files, on a disk and in a bucket: what is missing, changed, or named by nobody."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.core.management.base import CommandError

from candidatures.enums import VoletKind
from candidatures.models import Piece
from comptes import clock
from preuves import sweeps
from preuves.models import Envoi
from preuves.queries.stored import orphans
from tests.candidatures.conftest import Team, make_team
from tests.candidatures.test_pieces import s3, storage  # noqa: F401 -- fixtures
from tests.factories import candidatures as make
from tests.factories import envois
from tests.factories import fichiers as some

WEEK_AND_MORE = timedelta(days=8)


@pytest.fixture
def piece(storage: Any, db: None) -> Piece:  # noqa: F811 -- the fixture
    team = make_team()
    make.a_submitted_volet(team.candidature, team.salarie, kind=VoletKind.ELIGIBILITE)
    return some.a_scanned_piece(team.candidature, team.salarie)


def verified(capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    """What the command says, when something does not hold."""
    with pytest.raises(CommandError, match="do not hold"):
        call_command("verify_files", *options)
    return capsys.readouterr().out.splitlines()


def test_files_hold(piece: Piece, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_files")

    assert capsys.readouterr().out.endswith("files hold.\n")


def test_file_that_is_missing_is_named(storage: Any, piece: Piece, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811 -- the fixture
    storage.delete(piece.file.name)

    assert f"candidatures.Piece:{piece.pk}: {piece.file.name} is missing" in verified(capsys)


def test_file_that_is_shorter_is_named_without_reading_it(
    storage: Any,  # noqa: F811 -- the fixture
    piece: Piece,
    capsys: pytest.CaptureFixture[str],
) -> None:
    storage.delete(piece.file.name)
    storage.save(piece.file.name, ContentFile(b"short"))

    assert f"has 5 bytes, and not {piece.size}" in verified(capsys, "--sizes")[0]


def test_file_of_which_one_byte_changed_is_named(
    storage: Any,  # noqa: F811 -- the fixture
    piece: Piece,
    capsys: pytest.CaptureFixture[str],
) -> None:
    storage.delete(piece.file.name)
    storage.save(piece.file.name, ContentFile(some.PNG[:-1] + b"x"))
    call_command("verify_files", "--sizes")

    assert f"and not {piece.sha256}" in "".join(verified(capsys))


def test_orphan_is_removed_after_a_week_and_nothing_else(storage: Any, piece: Piece, travel_to: Any) -> None:  # noqa: F811 -- the fixture
    name = storage.save("candidatures/1/orphan", ContentFile(b"nobody's"))
    assert name not in orphans(at=clock.machine_now())
    later = clock.machine_now() + WEEK_AND_MORE
    assert [path for path in orphans(at=later) if path in (name, piece.file.name)] == [name]
    travel_to(later)
    call_command("remove_orphans", "--dry-run")
    assert storage.exists(name)
    call_command("remove_orphans")

    assert (storage.exists(name), storage.exists(piece.file.name)) == (False, True)


def test_declared_file_that_nobody_went_on_sending_is_forgotten(db: None, settings: Any, travel_to: Any) -> None:
    settings.UPLOAD_PART_SIZE = envois.PART
    team: Team = make_team()
    make.a_submitted_volet(team.candidature, team.salarie, kind=VoletKind.ELIGIBILITE)
    envoi = envois.an_envoi(team.candidature, team.salarie)
    envois.send(envoi, envois.VIDEO, 1, at=make.SUMMER + timedelta(days=3))
    travel_to(make.SUMMER + timedelta(days=9))
    assert sweeps.forget_envois() == 0
    travel_to(make.SUMMER + timedelta(days=11))

    assert sweeps.forget_envois() == 1
    assert not Envoi.objects.exists()
    assert not (Path(settings.ARRIVALS_ROOT) / envoi.stored_as).exists()
