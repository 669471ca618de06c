"""Files that come part by part: declared, sent in any order by anybody of the team, cut, and verified once whole."""

import hashlib
import json
import subprocess
import tracemalloc
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from candidatures.enums import VoletKind
from candidatures.models import Piece
from candidatures.operations.candidatures import withdraw_candidature
from preuves import sweeps
from preuves.connectors.arrivals import CHUNK
from preuves.enums import EnvoiState, Nature
from preuves.models import Envoi, PartieRecue
from preuves.operations.envois import (
    EnvoiNotDeclared,
    abandon_envoi,
    settle_envoi,
)
from preuves.operations.parties import NOTED_TOGETHER, PartieCut, PartieRefused, receive_parts
from preuves.operations.reception import arrivals
from preuves.rules.envois import empreinte_of
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make
from tests.factories import envois
from tests.factories import fichiers as some
from tests.factories.envois import PART, VIDEO
from tests.ground import standing

Browser = Callable[..., Client]
LATER = make.SUMMER + timedelta(minutes=5)


def a_team_that_sends_files() -> Team:
    team = make_team()
    make.a_submitted_volet(team.candidature, team.salarie, kind=VoletKind.ELIGIBILITE)
    return team


team = standing(a_team_that_sends_files)


@pytest.fixture(autouse=True)
def small_parts(settings: Settings, tmp_path: Path) -> Path:
    settings.UPLOAD_PART_SIZE = PART
    settings.ARRIVALS_ROOT = str(Path(settings.MEDIA_ROOT) / f"arrivees-{tmp_path.name}")
    return Path(settings.ARRIVALS_ROOT)


def an_envoi(team: Team, content: bytes = VIDEO, **more: Any) -> Envoi:
    return envois.an_envoi(team.candidature, team.salarie, content, **more)


def settled(envoi: Envoi) -> Envoi:
    return settle_envoi(envoi_id=envoi.pk, at=LATER)


def spoil(envoi: Envoi, *, offset: int, content: bytes = bytes(PART)) -> None:
    """Write what no request brought, as a disk that lost a part would show."""
    with arrivals().path(envoi.stored_as).open("r+b") as file:
        file.seek(offset)
        file.write(content)


# -- what is declared binds -----------------------------------------------------------------------------------------


def test_file_that_came_whole_is_the_one_that_was_declared(team: Team, small_parts: Path) -> None:
    envoi = an_envoi(team)
    envois.send(envoi, VIDEO)
    assert Envoi.objects.get().state == EnvoiState.ARRIVED
    piece = settled(envoi).piece

    assert piece is not None
    assert (b"".join(piece.read()), piece.sha256) == (VIDEO, hashlib.sha256(VIDEO).hexdigest())
    assert (piece.name, piece.deposited_at, piece.deposited_by) == ("démo.mp4", make.SUMMER, team.salarie)
    assert list(small_parts.iterdir()) == []


def test_parts_come_in_any_order_and_as_often_as_one_likes(team: Team) -> None:
    envoi = an_envoi(team)
    envois.send(envoi, VIDEO, 4, 2, 4, 3, 2, 1)

    assert settled(envoi).state == EnvoiState.KEPT
    assert (Piece.objects.count(), PartieRecue.objects.count()) == (1, 4)
    envois.send(envoi, VIDEO, 1)  # a browser that did not hear the answer
    assert settled(envoi).piece == Piece.objects.get()


@pytest.mark.parametrize("number", [0, 5, -1])
def test_part_that_does_not_exist_is_refused(team: Team, number: int) -> None:
    with pytest.raises(PartieRefused, match="pas la taille qui a été annoncée"):
        envois.send_run(an_envoi(team), VIDEO[:PART], first=number)


@pytest.mark.parametrize(
    "content",
    [VIDEO[: PART - 1] + bytes([VIDEO[PART - 1] ^ 1]), VIDEO[PART : 2 * PART]],
    ids=["one bit", "another part"],
)
def test_part_that_is_not_the_one_declared_is_not_kept(team: Team, small_parts: Path, content: bytes) -> None:
    envoi = an_envoi(team)
    with pytest.raises(PartieRefused, match="a changé depuis le début de l’envoi .partie 1 sur 4"):
        envois.send_run(envoi, content, first=1)

    assert PartieRecue.objects.count() == 0
    assert arrivals().path(envoi.stored_as).read_bytes() == b""


@pytest.mark.parametrize("length", [PART - 1, PART + 1, 0, len(VIDEO) + 1, 10**30])
def test_request_that_does_not_end_with_a_part_is_refused(team: Team, length: int) -> None:
    with pytest.raises(PartieRefused, match="pas la taille qui a été annoncée"):
        receive_parts(envoi=an_envoi(team), first=1, length=length, content=BytesIO(VIDEO), at=make.SUMMER)


# -- several parts in one request -----------------------------------------------------------------------------------


@pytest.mark.parametrize("runs", [[(1, 4)], [(1, 1), (2, 4)], [(1, 2), (3, 4)], [(3, 4), (1, 2)], [(1, 3), (2, 4)]])
def test_parts_that_follow_each_other_come_in_one_request(team: Team, runs: list[tuple[int, int]]) -> None:
    envoi = an_envoi(team)
    for first, last in runs:
        envois.send_run(envoi, VIDEO[(first - 1) * PART : last * PART], first=first)
    piece = settled(envoi).piece

    assert piece is not None
    assert (b"".join(piece.read()), piece.sha256) == (VIDEO, hashlib.sha256(VIDEO).hexdigest())


@pytest.mark.parametrize(
    ("runs", "is_known"),
    [
        ([(1, 4)], True),
        ([(1, 2), (3, 4)], True),
        ([(1, 3), (4, 4)], False),  # more would be read again than comes: whoever verifies the file does
        ([(3, 4), (1, 2)], False),
        ([(2, 2), (1, 1), (3, 4)], True),
    ],
)
def test_sha256_of_the_whole_is_known_when_its_end_comes_last(
    team: Team, runs: list[tuple[int, int]], is_known: bool
) -> None:
    envoi = an_envoi(team)
    for first, last in runs:
        envois.send_run(envoi, VIDEO[(first - 1) * PART : last * PART], first=first)

    assert Envoi.objects.get().sha256 == (hashlib.sha256(VIDEO).hexdigest() if is_known else "")


def test_sha256_is_not_said_of_a_beginning_that_the_disk_lost(team: Team) -> None:
    envoi = an_envoi(team)
    envois.send_run(envoi, VIDEO[: 2 * PART], first=1)
    spoil(envoi, offset=PART)
    envois.send_run(envoi, VIDEO[2 * PART :], first=3)
    assert (Envoi.objects.get().state, Envoi.objects.get().sha256) == (EnvoiState.ARRIVED, "")

    again = settled(envoi)
    assert (again.state, again.received.count()) == (EnvoiState.TRAVELLING, 0)
    envois.send_run(again, VIDEO, first=1)
    assert settled(again).state == EnvoiState.KEPT


def test_what_came_before_the_wrong_part_of_a_request_is_kept(team: Team) -> None:
    envoi = an_envoi(team)
    content = BytesIO(VIDEO[: 2 * PART] + bytes(PART) + VIDEO[3 * PART :])
    with pytest.raises(PartieRefused, match="partie 3 sur 4"):
        receive_parts(envoi=envoi, first=1, length=len(VIDEO), content=content, at=make.SUMMER)

    assert [part.number for part in PartieRecue.objects.order_by("number")] == [1, 2]
    assert content.read() == b""  # a browser that is still sending hears no answer
    assert arrivals().path(envoi.stored_as).read_bytes() == VIDEO[: 2 * PART]


def test_what_came_before_the_cut_of_a_request_is_kept(team: Team) -> None:
    with pytest.raises(PartieCut):
        receive_parts(
            envoi=an_envoi(team), first=1, length=len(VIDEO), content=BytesIO(VIDEO[: 3 * PART - 1]), at=make.SUMMER
        )

    assert [part.number for part in PartieRecue.objects.order_by("number")] == [1, 2]


def test_long_request_that_is_killed_loses_few_parts(team: Team) -> None:
    """A process that dies says nothing at its end: what it had noted on its way is there."""

    class Killed(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() >= (NOTED_TOGETHER + 1) * PART:
                raise KeyboardInterrupt
            return super().read(size)

    content = VIDEO + bytes(10 * PART)
    envoi = an_envoi(team, content)
    with pytest.raises(KeyboardInterrupt):
        receive_parts(envoi=envoi, first=1, length=len(content), content=Killed(content), at=make.SUMMER)

    assert PartieRecue.objects.count() == NOTED_TOGETHER


def test_arrival_is_that_of_the_last_part_whatever_their_order(team: Team) -> None:
    envoi = an_envoi(team)
    envois.send(envoi, VIDEO, 1, 2, at=LATER)
    envois.send(envoi, VIDEO, 3, 4)

    assert Envoi.objects.get().arrived_at == LATER


def test_same_file_declared_again_goes_on_where_it_stopped(team: Team) -> None:
    envoi = an_envoi(team)
    envois.send(envoi, VIDEO, 1, 2)

    again = envois.an_envoi(team.candidature, team.mandataire, at=LATER)
    assert (again.pk, again.declared_at) == (envoi.pk, make.SUMMER)
    other = an_envoi(team, VIDEO[:-1])
    assert other.pk != envoi.pk


def test_list_of_parts_is_proved_by_what_anybody_types(tmp_path: Path) -> None:
    file = tmp_path / "demo.mp4"
    file.write_bytes(VIDEO)
    typed = f"split -b {PART} --filter='sha256sum | cut -c 1-64' {file} | sha256sum"
    output = subprocess.run(["/bin/sh", "-c", typed], capture_output=True, text=True, check=True).stdout

    assert output.split()[0] == empreinte_of(envois.an_annonce().parts)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"size": 0, "parts": ()}, "Ce fichier est vide."),
        ({"part_size": 999}, "Cette page n’est plus à jour"),
        ({"size": 3 * PART}, "L’envoi de ce fichier n’a pas pu commencer"),
        ({"parts": ("a" * 63,) * 4}, "L’envoi de ce fichier n’a pas pu commencer"),
        ({"parts": ("A" * 64,) * 4}, "L’envoi de ce fichier n’a pas pu commencer"),
        ({"head": some.PDF}, "Ce fichier est un PDF. Ici se déposent des vidéos"),
        ({"name": "démo.pdf"}, "mais c’est une vidéo MP4"),
        (
            {"size": 501 * 1024**2, "parts": ("a" * 64,) * -(-501 * 1024**2 // PART)},
            "Ce fichier dépasse 500\u00a0Mo.",
        ),
    ],
)
def test_declaration_that_will_not_do_is_refused_in_words(team: Team, changes: dict[str, Any], sentence: str) -> None:
    from preuves.operations.envois import declare_envoi

    with pytest.raises(EnvoiNotDeclared, match=sentence):
        declare_envoi(
            candidature_id=team.candidature.pk,
            annonce=envois.an_annonce(**changes),
            nature=Nature.VIDEO,
            by=team.salarie,
            at=make.SUMMER,
        )
    assert Envoi.objects.count() == 0


@pytest.mark.parametrize(("name", "content"), [("a.docx", some.DOCX), ("a.ods", some.ODS), ("a.csv", b"a;b\n")])
def test_document_is_believed_until_it_has_come(team: Team, name: str, content: bytes) -> None:
    envoi = an_envoi(team, content, name=name, nature=Nature.DOCUMENT)
    envois.send(envoi, content)

    assert settled(envoi).state == EnvoiState.KEPT


def test_what_only_the_whole_tells_is_refused_once_it_came(team: Team, small_parts: Path) -> None:
    envoi = an_envoi(team, some.DOCM, name="a.docx", nature=Nature.DOCUMENT)
    envois.send(envoi, some.DOCM)
    refused = settled(envoi)

    assert (refused.state, refused.piece, Piece.objects.count()) == (EnvoiState.REFUSED, None, 0)
    assert "macros" in refused.refusal
    assert list(small_parts.iterdir()) == []
    assert an_envoi(team, some.DOCM, name="a.docx", nature=Nature.DOCUMENT).pk != envoi.pk


def test_quota_is_said_in_words(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    from candidatures.catalogue import specs

    some.a_scanned_piece(team.candidature, team.salarie)
    an_envoi(team)
    monkeypatch.setattr(
        "preuves.operations.envois.spec_of",
        lambda code: type("Spec", (), {"fichiers": specs.FichiersSpec(quota=len(VIDEO) + 1000)}),
    )
    with pytest.raises(EnvoiNotDeclared, match="il reste 0\u00a0Mo sur les 0\u00a0Mo de fichiers"):
        an_envoi(team, VIDEO + b"more")


# -- what a part costs ----------------------------------------------------------------------------------------------


def test_part_asks_few_queries(
    team: Team, sign_in: Browser, django_assert_num_queries: Callable[..., AbstractContextManager[Any]]
) -> None:
    envoi, browser = an_envoi(team), sign_in(team.salarie)

    def put(number: int) -> int:
        href, part = reverse("preuves:part", args=[team.candidature.nru, envoi.pk, number]), envois.parts_of(VIDEO)
        return browser.put(href, part[number - 1], content_type="application/octet-stream").status_code

    put(1)
    with django_assert_num_queries(7):  # who, which envoi, then a savepoint, the lock, the row, the count, its end
        assert put(2) == 204


def test_part_that_is_cut_on_its_way_is_no_error_of_the_portal(team: Team, sign_in: Browser) -> None:
    class Cut(BytesIO):
        def read(self, *_: Any) -> bytes:
            raise ConnectionResetError

    envoi, browser = an_envoi(team), sign_in(team.salarie)
    href = reverse("preuves:part", args=[team.candidature.nru, envoi.pk, 1])
    answer = browser.generic("PUT", href, **{"wsgi.input": Cut(), "CONTENT_LENGTH": str(PART)})

    assert (answer.status_code, answer.json()["erreur"].startswith("La connexion a été coupée")) == (503, True)
    assert PartieRecue.objects.count() == 0


def test_long_request_is_never_in_memory_as_a_whole(
    team: Team, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.UPLOAD_PART_SIZE = part = 2 * CHUNK
    monkeypatch.setattr(envois, "PART", part)
    content = VIDEO + bytes(16 * part - len(VIDEO))
    envoi, source = an_envoi(team, content), BytesIO(content)
    tracemalloc.start()
    receive_parts(envoi=envoi, first=1, length=len(content), content=source, at=make.SUMMER)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert Envoi.objects.get().sha256 == hashlib.sha256(content).hexdigest()
    assert most < 3 * part


# -- cut, killed, abandoned -----------------------------------------------------------------------------------------


def test_file_whose_worker_died_is_verified_by_the_sweep(team: Team, effects_run: None) -> None:
    envoi = an_envoi(team)
    envois.send(envoi, VIDEO, 1, 2, 3)
    assert sweeps.take_up_envois() == 0
    PartieRecue.objects.create(envoi=envoi, number=4, received_at=make.SUMMER)
    spoil(envoi, offset=3 * PART, content=VIDEO[3 * PART :])
    Envoi.objects.update(arrived_at=make.SUMMER)

    assert sweeps.take_up_envois() == 1
    assert Envoi.objects.get().state == EnvoiState.KEPT
    assert sweeps.take_up_envois() == 0


def test_last_part_has_the_whole_verified_at_once(team: Team, effects_run: None) -> None:
    envois.send(an_envoi(team), VIDEO)

    assert Envoi.objects.get().state == EnvoiState.KEPT


def test_file_that_cannot_be_kept_now_is_still_there(
    team: Team, small_parts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from preuves.operations import fichiers

    def fails(**_: Any) -> None:
        raise OSError(28, "No space left on device")

    envoi = an_envoi(team)
    envois.send(envoi, VIDEO)
    with monkeypatch.context() as patch:
        patch.setattr(fichiers, "keep_piece", fails)
        with pytest.raises(OSError, match="No space"):
            settled(envoi)
    assert [file.name for file in small_parts.iterdir()] == [envoi.stored_as]

    assert settled(envoi).state == EnvoiState.KEPT


def test_disk_that_is_full_keeps_the_parts_before_and_gives_back_the_room_of_the_other(
    team: Team, small_parts: Path
) -> None:
    envoi = an_envoi(team)
    with envois.files_no_larger_than(PART + PART // 2), pytest.raises(OSError, match="too large"):
        envois.send_run(envoi, VIDEO, first=1)

    assert list(envoi.received.values_list("number", flat=True)) == [1]
    assert arrivals().path(envoi.stored_as).read_bytes() == VIDEO[:PART] + bytes(PART // 2)
    envois.send_run(envoi, VIDEO[PART:], first=2)
    assert settled(envoi).state == EnvoiState.KEPT


def test_part_that_the_disk_lost_is_asked_again(team: Team) -> None:
    """The machine stopped before its disk held what it had been given: the file has not arrived."""
    envoi = an_envoi(team)
    envois.send(envoi, VIDEO)
    spoil(envoi, offset=PART)
    again = settled(envoi)
    assert (again.state, again.received.count(), Piece.objects.count()) == (EnvoiState.TRAVELLING, 0, 0)

    envois.send(again, VIDEO)
    assert settled(again).state == EnvoiState.KEPT


def test_file_of_a_candidature_closed_meanwhile_is_refused(team: Team) -> None:
    envoi = an_envoi(team)
    envois.send(envoi, VIDEO)
    withdraw_candidature(candidature_id=team.candidature.pk, by=team.mandataire, at=make.SUMMER)

    assert "n’est plus ouverte" in settled(envoi).refusal


def test_abandoned_file_leaves_nothing(team: Team, small_parts: Path) -> None:
    envoi = an_envoi(team)
    envois.send(envoi, VIDEO, 1)
    abandon_envoi(envoi_id=envoi.pk)
    abandon_envoi(envoi_id=envoi.pk)

    assert (Envoi.objects.count(), PartieRecue.objects.count(), list(small_parts.iterdir())) == (0, 0, [])


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_send_all_at_once_make_one_file(small_parts: Path) -> None:
    team = a_team_that_sends_files()
    envoi = an_envoi(team)
    failures: list[BaseException] = []

    def send(numbers: tuple[int, ...]) -> None:
        try:
            envois.send(envoi, VIDEO, *numbers)
            settled(envoi)
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    tabs = [Thread(target=send, args=[numbers]) for numbers in ((1, 2, 3, 4), (4, 3, 2, 1), (2, 4, 1, 3))]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()

    assert failures == []
    assert (Piece.objects.count(), Envoi.objects.get().state) == (1, EnvoiState.KEPT)
    assert b"".join(Piece.objects.get().read()) == VIDEO


# -- by its addresses -----------------------------------------------------------------------------------------------


def address(team: Team, name: str, *more: Any) -> str:
    return reverse(f"preuves:{name}", args=[team.candidature.nru, *more])


def declare(browser: Client, team: Team, declaration: Any = None) -> Any:
    declaration = envois.as_json(envois.an_annonce()) if declaration is None else declaration
    return browser.post(address(team, "envois"), json.dumps(declaration), content_type="application/json")


def put(browser: Client, team: Team, envoi: int, number: int, content: bytes) -> Any:
    return browser.put(address(team, "part", envoi, number), content, content_type="application/octet-stream")


def test_file_is_sent_by_two_people(team: Team, sign_in: Browser, effects_run: None) -> None:
    browser, other = sign_in(team.salarie), sign_in(team.mandataire)
    envoi = declare(browser, team).json()
    assert (envoi["etat"], envoi["manquantes"]) == ("travelling", [1, 2, 3, 4])
    parts = envois.parts_of(VIDEO)
    assert put(browser, team, envoi["envoi"], 1, parts[0]).status_code == 204

    again = declare(other, team).json()
    assert (again["envoi"], again["manquantes"]) == (envoi["envoi"], [2, 3, 4])
    for number in again["manquantes"]:
        assert put(other, team, envoi["envoi"], number, parts[number - 1]).status_code == 204
    state = browser.get(address(team, "envoi", envoi["envoi"])).json()
    assert (state["etat"], state["piece"], state["manquantes"]) == ("kept", Piece.objects.get().pk, [])


@pytest.mark.parametrize(
    ("number", "content", "sentence"),
    [
        (1, VIDEO[:PART][::-1], "(partie 1 sur 4)"),
        (1, VIDEO[: PART + 1], "pas la taille qui a été annoncée"),
        (1, b"", "pas la taille qui a été annoncée"),
        (1, VIDEO[: 2 * PART][::-1], "(partie 1 sur 4)"),
        (9, VIDEO[:PART], "pas la taille qui a été annoncée"),
        (0, VIDEO[:PART], "pas la taille qui a été annoncée"),
    ],
)
def test_part_that_is_wrong_is_refused_in_words(
    team: Team, sign_in: Browser, number: int, content: bytes, sentence: str
) -> None:
    answer = put(sign_in(team.salarie), team, an_envoi(team).pk, number, content)

    assert (answer.status_code, sentence in answer.json()["erreur"]) == (422, True)


@pytest.mark.parametrize(
    "declaration",
    [
        [],
        {},
        "x",
        envois.as_json(envois.an_annonce()) | {"debut": "é"},
        envois.as_json(envois.an_annonce()) | {"nature": "INCONNUE"},
        envois.as_json(envois.an_annonce()) | {"taille": "beaucoup"},
        envois.as_json(envois.an_annonce()) | {"empreintes": 3},
    ],
)
def test_declaration_that_nobody_reads_is_refused_in_words(team: Team, sign_in: Browser, declaration: Any) -> None:
    answer = declare(sign_in(team.salarie), team, declaration)

    assert (answer.status_code, "n’a pas pu commencer" in answer.json()["erreur"]) == (422, True)


@pytest.mark.parametrize(
    ("who", "status"),
    [("salarie", 200), ("mandataire", 200), ("newcomer", 404), ("stranger", 404), ("instructeur", 403)],
)
def test_only_the_side_of_the_editeur_declares_follows_and_sends(
    team: Team, sign_in: Browser, who: str, status: int
) -> None:
    envoi, browser = an_envoi(team), sign_in(getattr(team, who))

    assert declare(browser, team).status_code == status
    assert browser.get(address(team, "envoi", envoi.pk)).status_code == status
    assert put(browser, team, envoi.pk, 1, VIDEO[:PART]).status_code == (204 if status == 200 else status)
    assert browser.delete(address(team, "envoi", envoi.pk)).status_code == (204 if status == 200 else status)


def test_envoi_of_another_candidature_is_not_there(team: Team, sign_in: Browser) -> None:
    other = make_team()
    make.a_submitted_volet(other.candidature, other.salarie, kind=VoletKind.ELIGIBILITE)
    envoi, browser = an_envoi(other), sign_in(team.salarie)

    assert browser.get(address(team, "envoi", envoi.pk)).status_code == 404
    assert put(browser, team, envoi.pk, 1, VIDEO[:PART]).status_code == 404
    assert browser.delete(address(team, "envoi", envoi.pk)).status_code == 404
