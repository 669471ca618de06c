"""How a file comes in: through the real parser of forms, in memory that does not depend on its size."""

import hashlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.storage import storages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django import Settings

from candidatures.catalogue.formats import Door
from candidatures.models import Piece
from comptes.models import Compte
from preuves.catalogue.natures import NATURES, NatureSpec
from preuves.enums import Forme, Nature
from preuves.operations.fichiers import FichierNotReceivable, receive_piece
from tests.candidatures.conftest import Team
from tests.factories import candidatures as make
from tests.factories import fichiers as some
from tests.ground import standing
from tests.preuves.conftest import make_team_with_eligibilite


@pytest.fixture
def arrivals(settings: Settings, tmp_path: Path) -> Path:
    settings.ARRIVALS_ROOT = str(tmp_path / "arrivees")
    return tmp_path / "arrivees"


def a_request(content: bytes, *, user: Any, cut: int = 0, name: str = "a.mp4") -> HttpRequest:
    """A form with a file between two fields; `cut`: how many bytes of its end never came."""
    fields = {"nature": "VIDEO", "fichier": some.an_upload(name, content), "seen": "3"}
    request = RequestFactory().post("/", fields)
    if cut:
        request.environ["wsgi.input"] = BytesIO(request.environ["wsgi.input"].read()[:-cut])
        request = type(request)(request.environ)
    request.user = user
    return request


SOMEBODY = Compte(email="a@a.example")


def test_file_is_hashed_while_it_comes_in_beside_the_storage(arrivals: Path) -> None:
    content = some.MP4 * 500
    request = a_request(content, user=SOMEBODY)
    upload: Any = request.FILES["fichier"]

    assert (upload.size, upload.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert Path(upload.temporary_file_path()).parent == arrivals
    assert upload.read() == content
    assert arrivals.stat().st_mode & 0o777 == 0o700
    assert (request.POST["nature"], request.POST["seen"]) == ("VIDEO", "3")
    request.close()
    assert list(arrivals.iterdir()) == []


def test_file_cut_half_way_is_no_file(arrivals: Path) -> None:
    request = a_request(some.MP4 * 500, user=SOMEBODY, cut=5000)

    assert (dict(request.FILES), request.POST["nature"]) == ({}, "VIDEO")
    request.close()
    assert list(arrivals.iterdir()) == []


def test_file_larger_than_any_is_not_kept_but_its_form_is(arrivals: Path, settings: Settings) -> None:
    settings.LARGEST_UPLOAD = 300_000
    request = a_request(bytes(700_000), user=SOMEBODY)
    upload: UploadedFile[bytes] = request.FILES["fichier"]

    assert (upload.size, upload.read(), request.POST["seen"]) == (700_000, b"", "3")
    request.close()


def test_file_of_nobody_is_not_kept(arrivals: Path) -> None:
    request = a_request(some.MP4, user=AnonymousUser())

    assert (dict(request.FILES), request.POST["seen"]) == ({}, "3")
    assert not arrivals.exists()


team = standing(make_team_with_eligibilite)


def received(team: Team, content: bytes) -> Piece:
    """What becomes of a file that a form sends."""
    request = a_request(content, user=team.salarie)
    upload: Any = request.FILES["fichier"]
    try:
        return receive_piece(
            candidature_id=team.candidature.pk, upload=upload, nature=Nature.VIDEO, by=team.salarie, at=make.SUMMER
        )
    finally:
        request.close()


def test_storage_takes_the_file_that_arrived(arrivals: Path, team: Team) -> None:
    content = some.MP4 * 500
    piece = received(team, content)

    assert piece.sha256 == hashlib.sha256(content).hexdigest()
    assert b"".join(piece.read()) == content
    assert list(arrivals.iterdir()) == []
    assert Path(storages["pieces"].path(piece.file.name)).stat().st_mode & 0o777 == 0o600


def test_file_over_the_limit_is_refused_in_words(
    arrivals: Path, settings: Settings, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LARGEST_UPLOAD = 1024 * 1024
    small = Door(("video",), at_most=1024 * 1024)
    monkeypatch.setitem(NATURES, Nature.VIDEO, NatureSpec(Forme.FILES, small))
    with pytest.raises(FichierNotReceivable) as refused:
        received(team, some.MP4 + bytes(1024 * 1024))

    assert refused.value.reason == "Ce fichier dépasse 1\u00a0Mo."
    assert (Piece.objects.count(), list(arrivals.iterdir())) == (0, [])
