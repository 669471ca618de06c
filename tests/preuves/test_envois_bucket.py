"""The parts of a file go from the browser to the bucket, here a server of this machine that speaks S3."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.config import Config
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from candidatures.models import Piece
from preuves import sweeps
from preuves.connectors.bucket import BucketAway
from preuves.enums import EnvoiState
from preuves.models import Envoi, PartieRecue
from preuves.operations.envois import (
    _begin_again,
    abandon_envoi,
    door_of_part,
    follow_envoi,
    settle_envoi,
)
from preuves.operations.parties import PartieRefused
from tests.candidatures.conftest import Team
from tests.candidatures.test_pieces import s3  # noqa: F401 -- a fixture
from tests.factories import candidatures as make
from tests.factories import envois
from tests.factories import fichiers as some
from tests.ground import standing
from tests.preuves.conftest import make_team_with_eligibilite

PART = 5 * 1024 * 1024  # the shortest that a bucket takes, but for the last
CONTENT = some.MP4 + bytes(range(256)) * (PART // 256) + b"end"
PARTS = envois.parts_of(CONTENT, PART)
Browser = Callable[..., Client]


@pytest.fixture(autouse=True)
def bucket(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Iterator[Any]:
    options = request.getfixturevalue("s3") | {"client_config": Config(signature_version="s3v4")}
    where = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "pieces": where}
    settings.UPLOAD_PART_SIZE, settings.ARRIVALS_ROOT = PART, str(tmp_path)
    return storages["pieces"]


team = standing(make_team_with_eligibilite)


def an_envoi(team: Team) -> Envoi:
    from preuves.operations.envois import declare_envoi

    parts = tuple(envois.sha256(part) for part in PARTS)
    annonce = envois.an_annonce(CONTENT, part_size=PART, parts=parts)
    declaration = {"annonce": annonce, "nature": "VIDEO", "by": team.salarie, "at": make.SUMMER}
    return declare_envoi(candidature_id=team.candidature.pk, **declaration)


def put(envoi: Envoi, number: int, content: bytes) -> httpx.Response:
    """Send a part as a browser does, to the address that the portal gave for it."""
    address, headers = door_of_part(envoi_id=envoi.pk, number=number)
    return httpx.put(address, content=content, headers=headers)


def test_parts_go_to_the_bucket_and_make_a_piece(team: Team, tmp_path: Path, bucket: Any) -> None:
    envoi = an_envoi(team)
    put(envoi, 2, PARTS[1])
    assert follow_envoi(envoi_id=envoi.pk, at=make.SUMMER).state == EnvoiState.TRAVELLING
    assert list(PartieRecue.objects.values_list("number", flat=True)) == [2]
    put(envoi, 1, PARTS[0])
    assert follow_envoi(envoi_id=envoi.pk, at=make.SUMMER).state == EnvoiState.ARRIVED
    settled = settle_envoi(envoi_id=envoi.pk, at=make.SUMMER)

    piece = Piece.objects.get()
    assert (settled.piece, piece.file.name, piece.sha256) == (piece, envoi.stored_as, envois.sha256(CONTENT))
    assert b"".join(piece.read()) == CONTENT
    assert list(tmp_path.iterdir()) == []


def test_address_is_for_one_part_and_for_its_content_alone(team: Team) -> None:
    envoi = an_envoi(team)
    address, headers = door_of_part(envoi_id=envoi.pk, number=1)

    assert headers == {"x-amz-checksum-sha256": base64.b64encode(hashlib.sha256(PARTS[0]).digest()).decode()}
    assert "x-amz-checksum-sha256" in address.split("X-Amz-SignedHeaders=")[1]
    assert "partNumber=1&" in address
    assert "X-Amz-Expires=900" in address
    for number in (0, 3):
        with pytest.raises(PartieRefused):
            door_of_part(envoi_id=envoi.pk, number=number)


def test_part_of_another_size_is_not_counted(team: Team) -> None:
    envoi = an_envoi(team)
    put(envoi, 1, PARTS[0][:-1])

    assert follow_envoi(envoi_id=envoi.pk, at=make.SUMMER).received.count() == 0


def test_bucket_that_checks_nothing_is_checked_at_the_end(team: Team) -> None:
    """This one keeps whatever it is sent: the whole is read again, found to be another, and has not arrived."""
    envoi = an_envoi(team)
    put(envoi, 1, PARTS[0][:-1] + b"x")
    put(envoi, 2, PARTS[1])
    follow_envoi(envoi_id=envoi.pk, at=make.SUMMER)
    again = settle_envoi(envoi_id=envoi.pk, at=make.SUMMER)
    assert (again.state, again.received.count(), Piece.objects.count()) == (EnvoiState.TRAVELLING, 0, 0)
    assert again.upload_id != envoi.upload_id

    for number, part in enumerate(PARTS, start=1):
        put(again, number, part)
    follow_envoi(envoi_id=envoi.pk, at=make.SUMMER)
    assert settle_envoi(envoi_id=envoi.pk, at=make.SUMMER).state == EnvoiState.KEPT


def test_file_that_was_finished_and_not_written_down_is_found(team: Team, bucket: Any) -> None:
    envoi = an_envoi(team)
    for number, part in enumerate(PARTS, start=1):
        put(envoi, number, part)
    follow_envoi(envoi_id=envoi.pk, at=make.SUMMER)
    Envoi.objects.update(arrived_at=None)
    PartieRecue.objects.all().delete()  # the process died before its commit

    assert follow_envoi(envoi_id=envoi.pk, at=make.SUMMER).state == EnvoiState.ARRIVED
    assert settle_envoi(envoi_id=envoi.pk, at=make.SUMMER).state == EnvoiState.KEPT


def test_file_that_is_here_already_is_not_kept_twice(team: Team, bucket: Any) -> None:
    some.a_scanned_piece(team.candidature, team.salarie, "démo.mp4", CONTENT, nature="VIDEO")
    envoi = an_envoi(team)
    for number, part in enumerate(PARTS, start=1):
        put(envoi, number, part)
    follow_envoi(envoi_id=envoi.pk, at=make.SUMMER)
    settled = settle_envoi(envoi_id=envoi.pk, at=make.SUMMER)

    assert (settled.piece, Piece.objects.count()) == (Piece.objects.get(), 1)
    assert not bucket.exists(envoi.stored_as)


def test_abandoned_file_leaves_nothing_in_the_bucket(team: Team, bucket: Any) -> None:
    envoi = an_envoi(team)
    put(envoi, 1, PARTS[0])
    abandon_envoi(envoi_id=envoi.pk)

    listed = bucket.connection.meta.client.list_multipart_uploads(Bucket="pieces", Prefix=envoi.stored_as)
    assert listed.get("Uploads", []) == []


def test_bucket_that_is_away_is_said_and_asked_again(
    team: Team, settings: Settings, sign_in: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    envoi = an_envoi(team)
    options = {**settings.STORAGES["pieces"]["OPTIONS"], "endpoint_url": "http://127.0.0.1:1"}
    options["client_config"] = Config(signature_version="s3v4", connect_timeout=1, retries={"total_max_attempts": 1})
    settings.STORAGES = {**settings.STORAGES, "pieces": {**settings.STORAGES["pieces"], "OPTIONS": options}}
    with pytest.raises(BucketAway):
        follow_envoi(envoi_id=envoi.pk, at=make.SUMMER)
    answer = sign_in(team.salarie).post(reverse("preuves:envoi", args=[team.candidature.nru, envoi.pk]))

    assert (answer.status_code, "ne répond pas" in answer.json()["erreur"]) == (503, True)
    assert sweeps.follow_envois() == 0


def test_page_is_told_where_to_send(team: Team, sign_in: Browser) -> None:
    envoi, browser = an_envoi(team), sign_in(team.salarie)
    href = reverse("preuves:part", args=[team.candidature.nru, envoi.pk, 1])
    answer = browser.post(href).json()

    assert answer["adresse"].startswith("http://127.0.0.1:")
    assert httpx.put(answer["adresse"], content=PARTS[0], headers=answer["entetes"]).status_code == 200
    state = browser.post(reverse("preuves:envoi", args=[team.candidature.nru, envoi.pk])).json()
    assert (state["ailleurs"], state["manquantes"]) == (True, [2])
    refused = browser.put(href, PARTS[0], content_type="application/octet-stream")
    assert (refused.status_code, "serveur de fichiers" in refused.json()["erreur"]) == (422, True)


def test_reception_that_the_bucket_gave_up_begins_again(team: Team, bucket: Any) -> None:
    """As a rule of the bucket does with what is too old: no part is there any more, and none is said to be."""
    envoi = an_envoi(team)
    put(envoi, 1, PARTS[0])
    follow_envoi(envoi_id=envoi.pk, at=make.SUMMER)
    bucket.connection.meta.client.abort_multipart_upload(
        Bucket=bucket.bucket_name, Key=envoi.stored_as, UploadId=envoi.upload_id
    )

    again = follow_envoi(envoi_id=envoi.pk, at=make.SUMMER)

    assert (again.state, again.received.count()) == (EnvoiState.TRAVELLING, 0)
    assert again.upload_id != envoi.upload_id
    for number, part in enumerate(PARTS, start=1):
        put(again, number, part)
    follow_envoi(envoi_id=envoi.pk, at=make.SUMMER)
    assert settle_envoi(envoi_id=envoi.pk, at=make.SUMMER).state == EnvoiState.KEPT


def test_one_of_two_who_find_the_same_wrong_file_begins_it_again(team: Team) -> None:
    envoi = an_envoi(team)
    put(envoi, 1, PARTS[0][:-1] + b"x")
    put(envoi, 2, PARTS[1])
    seen = follow_envoi(envoi_id=envoi.pk, at=make.SUMMER)
    first = settle_envoi(envoi_id=envoi.pk, at=make.SUMMER)
    put(first, 1, PARTS[0])

    second = _begin_again(seen)

    assert second.upload_id == first.upload_id
    assert follow_envoi(envoi_id=envoi.pk, at=make.SUMMER).received.count() == 1
