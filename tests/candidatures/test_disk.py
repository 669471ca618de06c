"""A file that somebody is told is kept is on the disk, and so is its name, whichever door it came through."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from pytest_django import Settings

from candidatures.connectors.disk import settle
from candidatures.models.piece import PrivateStorage
from candidatures.operations.pieces import deposit_piece
from segur_portal.uploads import HashedFile
from tests.candidatures.conftest import make_team
from tests.factories import candidatures as make
from tests.factories import fichiers as some
from tests.strictness import FSYNC

Asked = Callable[[], set[Path]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What the disk was asked to keep, and did."""
    paths = set()

    def fsync(opened: int) -> None:
        FSYNC(opened)
        paths.add(Path(f"/proc/self/fd/{opened}").readlink())

    monkeypatch.setattr(os, "fsync", fsync)
    return lambda: paths


@pytest.fixture
def root(settings: Settings, tmp_path: Path) -> Path:
    pieces = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "pieces": pieces}
    return tmp_path


def test_file_its_name_and_each_new_folder_are_asked(tmp_path: Path, asked: Asked) -> None:
    file = tmp_path / "a" / "b" / "c"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"x")

    settle(file, under=tmp_path / "a")

    assert asked() == {file, tmp_path / "a" / "b", tmp_path / "a"}


def came_by_a_form(folder: Path) -> HashedFile:
    """A file as the portal receives it, beside its storage."""
    upload = HashedFile(str(folder), "a.png", "image/png", None, None)
    upload.write(b"abc")
    upload.seek(0)
    return upload


@pytest.mark.parametrize("content", [lambda _: ContentFile(b"abc"), came_by_a_form], ids=["made", "form"])
def test_file_that_is_stored_is_on_the_disk(root: Path, asked: Asked, content: Callable[[Path], Any]) -> None:
    sent = content(root)
    name = PrivateStorage().save("candidatures/7/essai", sent)
    sent.close()

    assert (root / name).read_bytes() == b"abc"
    assert asked() == {root / name, root / "candidatures" / "7", root / "candidatures", root}


def test_disk_that_cannot_keep_a_file_is_told_and_nothing_is_left(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(opened: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fails)

    with pytest.raises(OSError, match="Input/output"):
        PrivateStorage().save("candidatures/7/essai", ContentFile(b"abc"))

    assert files_in(root) == []


def files_in(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


@pytest.mark.usefixtures("db")
def test_piece_is_on_the_disk_before_its_row(root: Path, asked: Asked) -> None:
    team = make_team()
    upload = some.an_upload("a.png", some.an_image("PNG"))

    piece = deposit_piece(candidature=team.candidature, upload=upload, by=team.salarie, at=make.SUMMER)

    place = root / str(piece.file.name)
    assert {place, place.parent} <= asked()
