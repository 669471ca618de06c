"""Pièces on each storage that a deployment may choose: a private folder, or a bucket (a local S3 server)."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from django.core.files.storage import FileSystemStorage, Storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from moto.server import ThreadedMotoServer
from storages.backends.s3 import S3Storage

from candidatures.models import Piece
from candidatures.operations import deposit_piece
from tests.candidatures.conftest import Team
from tests.conftest import BY_PASSWORD
from tests.factories import candidatures as make

CONTENT = b"%PDF-1.4\n" + b"un contenu\n" * 1000
KEYS = {"access_key": "essai", "secret_key": "essai", "region_name": "eu-west-3"}


@pytest.fixture(scope="session")
def bucket() -> Iterator[dict[str, str]]:
    """A bucket on a real S3 server of this machine, for the time of the run."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=KEYS["region_name"],
        aws_access_key_id=KEYS["access_key"],
        aws_secret_access_key=KEYS["secret_key"],
    )
    client.create_bucket(Bucket="pieces", CreateBucketConfiguration={"LocationConstraint": KEYS["region_name"]})
    yield {"bucket_name": "pieces", "endpoint_url": endpoint, **KEYS}
    server.stop()


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """Each storage in turn, in the place of the portal's own."""
    chosen: Storage = (
        FileSystemStorage(location=tmp_path)
        if request.param == "folder"
        else S3Storage(**request.getfixturevalue("bucket"), default_acl=None, file_overwrite=False)
    )
    monkeypatch.setattr(Piece._meta.get_field("file"), "storage", chosen)
    return chosen


def deposit(team: Team, name: str = "attestation.pdf") -> Piece:
    upload = SimpleUploadedFile(name, CONTENT, content_type="text/html")
    return deposit_piece(candidature=team.candidature, upload=upload, by=team.salarie, at=make.SUMMER)


def test_piece_is_kept_whole_with_its_fingerprint(team: Team, storage: Storage) -> None:
    piece = deposit(team)

    kept = Piece.objects.get(pk=piece.pk)
    assert (kept.size, kept.sha256) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    assert kept.content_type == "application/pdf"
    with kept.file.open("rb") as content:
        assert content.read() == CONTENT
    assert storage.exists(kept.file.name)


def test_piece_is_at_a_name_that_nobody_guesses(team: Team, storage: Storage) -> None:
    one, other = deposit(team), deposit(team, "../../etc/passwd.pdf")

    assert re.fullmatch(r"candidatures/\d+/[0-9a-f]{32}", one.file.name)
    assert one.file.name != other.file.name
    assert other.name == "passwd.pdf"


def test_piece_is_served_as_stored(team: Team, storage: Storage, client) -> None:
    piece = deposit(team)
    client.force_login(team.mandataire, backend=BY_PASSWORD)
    answer = client.get(reverse("candidatures:piece", args=[team.candidature.nru, piece.pk]))

    assert b"".join(answer.streaming_content) == CONTENT
    assert answer["Content-Disposition"] == 'attachment; filename="attestation.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_piece_whose_storage_fails_leaves_no_row(
    team: Team, storage: Storage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    full = tmp_path / "not-a-folder"
    full.write_text("a file stands where the folder should")
    monkeypatch.setattr(Piece._meta.get_field("file"), "storage", FileSystemStorage(location=full))

    with pytest.raises(OSError, match="not-a-folder"):
        deposit(team)
    assert not Piece.objects.exists()
