"""Pièces, from the form to the storage and back: the same tests on a disk and on an S3 server of this machine."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from moto.server import ThreadedMotoServer
from pytest_django import Settings

from candidatures.enums import VoletKind
from candidatures.models import Piece
from candidatures.operations.pieces import deposit_piece
from candidatures.queries.volets import answers_at
from comptes import clock
from tests.candidatures.conftest import Team, make_team
from tests.conftest import BY_PASSWORD
from tests.factories import candidatures as make

KIND = VoletKind.ELIGIBILITE
ATTESTATION = "noms_commerciaux-0-attestation"
LINE = {
    "noms_commerciaux-count": "1",
    "noms_commerciaux-stance": "lignes",
    "noms_commerciaux-0-nom": "Alizé",
    "noms_commerciaux-0-nil": "NIL-2",
    "noms_commerciaux-0-version": "4.2",
}


@pytest.fixture(autouse=True)
def it_is_summer() -> Iterator[None]:
    with clock.travel(make.SUMMER):
        yield


@pytest.fixture(scope="module")
def s3() -> Iterator[dict[str, Any]]:
    """A server that speaks S3, with one bucket."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    options = {
        "endpoint_url": f"http://{host}:{port}",
        "region_name": "us-east-1",
        "access_key": "test",
        "secret_key": "test",
    }
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    client = boto3.client("s3", endpoint_url=options["endpoint_url"], region_name="us-east-1", **keys)
    client.create_bucket(Bucket="pieces")
    client.close()
    yield {"bucket_name": "pieces", "default_acl": None, "querystring_auth": True, "file_overwrite": False, **options}
    server.stop()


@pytest.fixture(params=["disk", "s3"])
def storage(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Any:
    """The storage of pièces of this test."""
    if request.param == "disk":
        options = {**settings.STORAGES["pieces"]["OPTIONS"], "location": str(tmp_path)}
        pieces = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    else:
        options = request.getfixturevalue("s3")
        pieces = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "pieces": pieces}
    return storages["pieces"]


def browser(compte: Any) -> Client:
    client = Client()
    client.force_login(compte, backend=BY_PASSWORD)
    return client


def url(team: Team, name: str = "volet") -> str:
    return reverse(f"candidatures:{name}", args=[team.candidature.nru, KIND])


def send(team: Team, upload: Any = None, **typed: str) -> Any:
    volet = make.the_volet(team.candidature, KIND)
    data: dict[str, Any] = {"seen_version": str(volet.version), "action": "enregistrer", **LINE, **typed}
    if upload is not None:
        data[ATTESTATION] = upload
    return browser(team.salarie).post(url(team), data)


def answers_of(team: Team) -> dict[str, Any]:
    volet = make.the_volet(team.candidature, KIND)
    return answers_at(volet, version=volet.version)


def attestation_of(team: Team) -> Any:
    return answers_of(team)["noms_commerciaux"]["lignes"][0]["attestation"]


def content_of(piece: Piece) -> bytes:
    return b"".join(piece.read(start=0, length=piece.size))


# -- on each storage ------------------------------------------------------------------------------------------------


def test_piece_is_written_and_read_back(storage: Any, team: Team) -> None:
    answer = send(team, make.a_pdf())
    piece = team.candidature.pieces.get()

    assert answer.status_code == 302
    assert attestation_of(team) == {"piece": piece.pk, "nom": "attestation.pdf", "sha256": piece.sha256}
    assert (piece.sha256, piece.size) == (hashlib.sha256(make.PDF).hexdigest(), len(make.PDF))
    assert content_of(piece) == make.PDF


def test_piece_has_a_name_that_nobody_can_guess(storage: Any, team: Team) -> None:
    names = [make.a_piece(team.candidature, team.salarie).file.name for _ in range(2)]

    assert names[0] != names[1]
    assert all(re.fullmatch(rf"candidatures/{team.candidature.pk}/[0-9a-f]{{32}}", name) for name in names)


def test_large_piece_is_the_same_when_it_comes_back(storage: Any, team: Team) -> None:
    content = make.PDF + bytes(range(256)) * 4096 * 6
    piece = deposit_piece(
        candidature=team.candidature, upload=make.a_pdf(content=content), by=team.salarie, at=make.SUMMER
    )

    got = content_of(piece)
    assert (len(got), hashlib.sha256(got).hexdigest()) == (len(content), piece.sha256)


def test_storage_that_fails_leaves_no_row(settings: Settings, tmp_path: Path, team: Team) -> None:
    file = tmp_path / "not-a-folder"
    file.write_bytes(b"")
    pieces = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(file)}}
    settings.STORAGES = {**settings.STORAGES, "pieces": pieces}

    with pytest.raises(OSError, match="not-a-folder"):
        send(team, make.a_pdf(), nie="NIE-1")
    assert (Piece.objects.count(), answers_of(team)) == (0, {})


def test_bucket_that_is_missing_leaves_no_row(settings: Settings, s3: dict[str, Any], team: Team) -> None:
    pieces = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": s3 | {"bucket_name": "nowhere"}}
    settings.STORAGES = {**settings.STORAGES, "pieces": pieces}

    with pytest.raises(Exception, match="NoSuchBucket"):
        make.a_piece(team.candidature, team.salarie)
    assert Piece.objects.count() == 0


# -- in the form ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("attestation.pdf", b"<!doctype html><script>alert(1)</script>", "Ce fichier est une page web (HTML)."),
        ("attestation.png", make.PDF, "est nommé «\u00a0.png\u00a0», mais c’est un PDF"),
        ("attestation.pdf", b"MZ" + bytes(200), "Ce fichier est un programme."),
        ("attestation.pdf", b"", "Ce fichier est vide."),
    ],
)
def test_file_refused_is_said_at_the_field_and_nothing_else_is_lost(
    team: Team, name: str, content: bytes, reason: str
) -> None:
    answer = send(team, SimpleUploadedFile(name, content), nie="NIE-1")

    assert answer.status_code == 422
    (fault,) = answer.context["form"].errors["noms_commerciaux"]
    assert fault.startswith("Ligne 1, «\u00a0Attestation sur l’honneur\u00a0»\u00a0: ")
    assert reason in fault
    assert "Alizé" in answer.content.decode()
    assert (answers_of(team), Piece.objects.count()) == ({"nie": "NIE-1"}, 0)


def test_name_of_a_file_is_shown_without_its_tricks(team: Team) -> None:
    send(team, make.a_pdf("x\u202efdp.exe.pdf"))

    assert attestation_of(team)["nom"] == "xfdp.exe.pdf"


def test_piece_stays_at_the_next_save(team: Team) -> None:
    send(team, make.a_pdf())
    kept = attestation_of(team)
    send(team, nie="NIE-1", **{f"{ATTESTATION}-piece": str(kept["piece"])})

    assert (attestation_of(team), answers_of(team)["nie"], Piece.objects.count()) == (kept, "NIE-1", 1)


def test_piece_sent_again_by_an_automatic_save_is_the_same(team: Team) -> None:
    send(team, make.a_pdf())
    first = attestation_of(team)
    send(team, make.a_pdf())

    assert attestation_of(team) == first
    assert team.candidature.pieces.count() == 1


def test_piece_gives_way_to_another_file(team: Team) -> None:
    send(team, make.a_pdf())
    first = attestation_of(team)
    send(team, make.a_pdf("nouvelle.pdf"), **{f"{ATTESTATION}-piece": str(first["piece"])})

    assert attestation_of(team)["nom"] == "nouvelle.pdf"
    assert Piece.objects.filter(pk=first["piece"]).exists()


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 30, "٣"])
def test_piece_that_does_not_exist_counts_for_nothing(team: Team, number: str) -> None:
    assert send(team, **{f"{ATTESTATION}-piece": number}).status_code == 302
    assert attestation_of(team) is None


def test_piece_of_another_candidature_posted_by_hand_counts_for_nothing(team: Team) -> None:
    other = make_team()
    theirs = make.a_piece(other.candidature, other.salarie)
    send(team, **{f"{ATTESTATION}-piece": str(theirs.pk)})

    assert attestation_of(team) is None


def test_file_sent_to_a_submitted_volet_is_not_kept(team: Team) -> None:
    make.a_submitted_volet(team.candidature, team.salarie, kind=KIND)

    assert send(team, make.a_pdf()).status_code == 409
    assert Piece.objects.count() == 0
