"""The files of the preuves, from the form to the page and back; the same tests on a disk and on an S3 server."""

import hashlib
import html
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidatures.enums import VoletKind
from candidatures.models import Piece
from candidatures.operations.volets import submit_volet
from preuves.catalogue.rem import ChapitreSpec, RemSpec
from preuves.effects import draw_pages
from preuves.enums import AnalyseState, Nature
from preuves.models import Analyse
from preuves.queries.fichiers import for_viewing
from tests.candidatures.conftest import Team, make_team
from tests.candidatures.test_pieces import s3, storage  # noqa: F401 -- fixtures
from tests.factories import candidatures as make
from tests.factories import fichiers as some
from tests.factories import preuves as prove
from tests.ground import standing

VIDEO = some.MP4 + bytes(range(256)) * 4096
ASKED = {Nature.VIDEO: "TOU.01.01.01", Nature.PENTEST: "TOU.01.01.02"}
Browser = Callable[..., Client]


def a_team_that_sends_files() -> Team:
    """A team whose formulaire d'éligibilité is submitted: files may come."""
    team = make_team()
    make.a_submitted_volet(team.candidature, team.salarie, kind=VoletKind.ELIGIBILITE)
    return team


team = standing(a_team_that_sends_files)


def a_team_to_prove() -> Team:
    """A team that may deposit a video and the report of a test d'intrusion."""
    asked = (prove.a_preuve_spec(number, nature) for nature, number in ASKED.items())
    prove.a_rem(RemSpec((ChapitreSpec("TOU", "Fichiers", (prove.an_exigence("TOU.01", *asked),)),)))
    team = make_team()
    prove.a_candidature_to_prove(team.candidature, team.salarie, team.instructeur)
    return team


proving = standing(a_team_to_prove)


@pytest.fixture
def it_is_summer(travel_to: Callable[[datetime], None]) -> None:
    travel_to(make.SUMMER)


def address(team: Team, name: str, *more: Any) -> str:
    return reverse(f"preuves:{name}", args=[team.candidature.nru, *more])


def send(browser: Client, team: Team, *files: SimpleUploadedFile, nature: Nature = Nature.VIDEO) -> Any:
    """Deposit files as a page without JavaScript does; the envois, part by part, have their own tests."""
    typed = {"seen": "0", "evidence_date": "2026-06-20", "version_technique": "4.2.1", "comment": ""}
    return browser.post(address(team, "preuve", ASKED[nature]), typed | {"fichiers": list(files)})


def fetch(browser: Client, url: str, **headers: str) -> Any:
    """Get an answer and read it to its end, as a browser does; `body` is what came."""
    answer: Any = browser.get(url, headers=headers)
    answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer


# -- sending --------------------------------------------------------------------------------------------------------


def test_file_is_sent_and_read_back(
    storage: Any,  # noqa: F811 -- the fixture
    proving: Team,
    it_is_summer: None,
    sign_in: Browser,
    effects_run: None,
) -> None:
    browser = sign_in(proving.salarie)
    answer = send(browser, proving, SimpleUploadedFile("démo « réelle ».mp4", VIDEO))
    piece = Piece.objects.get(sha256=hashlib.sha256(VIDEO).hexdigest())

    assert answer.status_code == 302
    assert (piece.name, piece.size, storage.exists(piece.file.name)) == ("démo « réelle ».mp4", len(VIDEO), True)
    got = fetch(browser, address(proving, "fichier", piece.pk))
    assert (got.status_code, got.body) == (200, VIDEO)
    part = fetch(browser, address(proving, "fichier", piece.pk), Range="bytes=1000-1999")
    assert (part.status_code, part.body) == (206, VIDEO[1000:2000])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            b"<html>",
            "Ce fichier est une page web (HTML). Imprimez-la en PDF depuis le navigateur. Ici se déposent des PDF.",
        ),
        (some.LOCKED_PDF, "Ce PDF est protégé par un mot de passe"),
        (b"", "Ce fichier est vide."),
    ],
)
def test_file_refused_is_said_in_words(
    proving: Team, it_is_summer: None, sign_in: Browser, content: bytes, sentence: str
) -> None:
    before = Piece.objects.count()
    answer = send(sign_in(proving.salarie), proving, SimpleUploadedFile("a.pdf", content), nature=Nature.PENTEST)

    assert answer.status_code == 422
    assert sentence in html.unescape(answer.content.decode()).replace("&nbsp;", "\u00a0")
    assert Piece.objects.count() == before


def test_deposit_without_its_file_is_refused(proving: Team, it_is_summer: None, sign_in: Browser) -> None:
    answer = send(sign_in(proving.salarie), proving)

    assert answer.status_code == 422
    assert answer.context["form"].errors["fichiers"] == ["Choisissez au moins un fichier."]


@pytest.mark.parametrize(
    ("who", "status"),
    [("salarie", 302), ("mandataire", 302), ("newcomer", 404), ("stranger", 404), ("instructeur", 404)],
)
def test_only_the_side_of_the_editeur_sends(
    proving: Team, it_is_summer: None, sign_in: Browser, who: str, status: int
) -> None:
    before = Piece.objects.count()

    assert send(sign_in(getattr(proving, who)), proving, SimpleUploadedFile("a.mp4", some.MP4)).status_code == status
    assert Piece.objects.count() == before + (status == 302)


# -- who reads ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["fichier", "lecture"])
@pytest.mark.parametrize(
    ("who", "in_hand", "deposited", "submitted", "taken_back"),
    [
        ("salarie", 200, 200, 200, 200),
        ("newcomer", 404, 404, 404, 404),
        ("stranger", 404, 404, 404, 404),
        ("instructeur", 404, 404, 200, 404),
    ],
)
def test_file_is_for_its_people_and_for_the_ans_once_submitted(
    team: Team, sign_in: Browser, name: str, who: str, in_hand: int, deposited: int, submitted: int, taken_back: int
) -> None:
    by = team.salarie
    pieces = [some.a_scanned_piece(team.candidature, by, f"{number}.png") for number in range(4)]
    some.a_revision_with(pieces[1], by=by, submitted=False)
    some.a_revision_with(pieces[2], by=by, submitted=True)
    some.a_revision_with(pieces[3], by=by, submitted=True, taken_back=True)
    browser = sign_in(getattr(team, who))

    got = [fetch(browser, address(team, name, piece.pk)).status_code for piece in pieces]
    assert got == [in_hand, deposited, submitted, taken_back]


@pytest.mark.parametrize("name", ["fichier", "lecture"])
@pytest.mark.parametrize(
    ("who", "before", "after"),
    [("salarie", 200, 200), ("newcomer", 404, 404), ("stranger", 404, 404), ("instructeur", 404, 200)],
)
def test_file_of_a_volet_is_read_by_the_same_door(
    db: None, sign_in: Browser, name: str, who: str, before: int, after: int
) -> None:
    team = make_team()
    piece = make.a_piece(team.candidature, team.salarie)
    Analyse.objects.create(piece=piece, state=AnalyseState.CLEAN, analysed_at=make.SUMMER)
    noms = make.a_nom_commercial(piece)
    volet = make.a_filled_volet(team.candidature, team.salarie, VoletKind.ELIGIBILITE, noms_commerciaux=noms)
    browser, url = sign_in(getattr(team, who)), address(team, name, piece.pk)

    assert fetch(browser, url).status_code == before
    submit_volet(volet_id=volet.pk, by=team.salarie, at=make.SUMMER)
    assert fetch(browser, url).status_code == after


def test_newer_deposit_than_the_submission_is_not_read_by_the_ans(team: Team, sign_in: Browser) -> None:
    old, new = (some.a_scanned_piece(team.candidature, team.salarie, name) for name in ("a.png", "b.png"))
    first = some.a_revision_with(old, by=team.salarie, submitted=True)
    second = first.preuve.revisions.create(
        number=2, forme="files", sha256="f" * 64, empreinte="0", deposited_at=make.SUMMER, deposited_by=team.salarie
    )
    second.lines.create(piece=new, rank=0)
    browser = sign_in(team.instructeur)

    got = [fetch(browser, address(team, "fichier", piece.pk)).status_code for piece in (old, new)]
    assert got == [200, 404]


def test_file_of_another_candidature_is_not_found(team: Team, sign_in: Browser) -> None:
    other = make_team()
    make.a_submitted_volet(other.candidature, other.salarie, kind=VoletKind.ELIGIBILITE)
    theirs = some.a_scanned_piece(other.candidature, other.salarie)

    assert sign_in(team.salarie).get(address(team, "fichier", theirs.pk)).status_code == 404


# -- what opens -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "status", "sentence"),
    [
        ("", 409, "L’analyse par l’antivirus est en cours"),
        ("infected", 409, "L’antivirus a détecté un risque dans ce fichier"),
        ("not_scanned", 200, "Fichier non analysé\u00a0: l’antivirus n’est pas activé."),
        ("clean", 200, "Analysé, sain"),
    ],
)
def test_file_opens_when_the_antivirus_lets_it(
    team: Team, sign_in: Browser, state: str, status: int, sentence: str
) -> None:
    piece = some.a_scanned_piece(team.candidature, team.salarie, state=state)
    browser = sign_in(team.salarie)

    assert fetch(browser, address(team, "fichier", piece.pk)).status_code == status
    page = browser.get(address(team, "lecture", piece.pk))
    assert (page.status_code, sentence in page.content.decode().replace("&nbsp;", "\u00a0")) == (200, True)


def test_pages_of_an_infected_pdf_are_not_shown(team: Team, sign_in: Browser) -> None:
    piece = some.a_scanned_piece(team.candidature, team.salarie, "a.pdf", some.PDF, state="")
    draw_pages(piece.pk)
    browser = sign_in(team.salarie)
    assert browser.get(address(team, "page_image", piece.pk, 1)).status_code == 404

    some.a_scanned_piece(team.candidature, team.salarie, "a.pdf", some.PDF, state="infected")
    assert browser.get(address(team, "page_image", piece.pk, 1)).status_code == 404


# -- how it is given ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "nature", "disposition"),
    [
        ("a.png", some.PNG, Nature.CAPTURE, 'inline; filename="a.png"'),
        ("a.mp4", some.MP4, Nature.VIDEO, 'inline; filename="a.mp4"'),
        ("a.pdf", some.PDF, Nature.CAPTURE, 'attachment; filename="a.pdf"'),
        ("a.txt", b"<script>alert(1)</script>", Nature.DOCUMENT, 'attachment; filename="a.txt"'),
        ("é «.png", some.PNG, Nature.CAPTURE, "inline; filename*=utf-8''%C3%A9%20%C2%AB.png"),
        ('a"b.png', some.PNG, Nature.CAPTURE, 'inline; filename="a\\"b.png"'),
    ],
)
def test_only_images_and_videos_are_shown_inline(
    team: Team, sign_in: Browser, name: str, content: bytes, nature: Nature, disposition: str
) -> None:
    piece = some.a_scanned_piece(team.candidature, team.salarie, name, content, nature=nature)
    url = address(team, "fichier", piece.pk)
    browser = sign_in(team.salarie)
    answer = fetch(browser, f"{url}?voir=1")

    assert answer["Content-Disposition"] == disposition
    assert fetch(browser, url)["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Type"] == piece.content_type


@pytest.mark.parametrize(
    ("asked", "status", "range_given", "length"),
    [
        ("bytes=0-0", 206, "bytes 0-0/{size}", 1),
        ("bytes=100-", 206, "bytes 100-{last}/{size}", -100),
        ("bytes=-5", 206, "bytes {fifth}-{last}/{size}", 5),
        ("bytes=0-99999999", 206, "bytes 0-{last}/{size}", 0),
        ("bytes=-99999999", 206, "bytes 0-{last}/{size}", 0),
        ("bytes=5-4", 200, "", 0),
        ("bytes=0-1,4-5", 200, "", 0),
        ("bytes=-", 200, "", 0),
        ("pages=1-2", 200, "", 0),
        ("bytes=x-2", 200, "", 0),
        ("bytes={size}-", 416, "bytes */{size}", None),
    ],
)
@pytest.mark.parametrize("method", ["get", "head"])
def test_part_of_a_file_is_given(
    team: Team, sign_in: Browser, method: str, asked: str, status: int, range_given: str, length: int | None
) -> None:
    piece = some.a_scanned_piece(team.candidature, team.salarie, "a.mp4", some.MP4, nature=Nature.VIDEO)
    size = {"size": piece.size, "last": piece.size - 1, "fifth": piece.size - 5}
    browser, url = sign_in(team.salarie), address(team, "fichier", piece.pk)
    headers = {"Range": asked.format(**size)}
    answer: Any = fetch(browser, url, **headers) if method == "get" else browser.head(url, headers=headers)

    assert answer.status_code == status
    assert answer.get("Content-Range", "") == range_given.format(**size)
    assert answer["ETag"] == f'"{piece.sha256}"'
    if length is not None:
        expected = length if length > 0 else piece.size + length
        assert answer["Content-Length"] == str(expected)
        assert method == "head" or len(answer.body) == expected
    assert method == "get" or answer.content == b""


@pytest.mark.parametrize(
    ("condition", "status"), [("the same", 206), ('"autre"', 200), ("Wed, 01 Jul 2026 08:00:00 GMT", 200)]
)
def test_part_is_given_if_the_content_is_the_one_that_is_known(
    team: Team, sign_in: Browser, condition: str, status: int
) -> None:
    piece = some.a_scanned_piece(team.candidature, team.salarie)
    known = condition.replace("the same", f'"{piece.sha256}"')
    headers = {"Range": "bytes=0-9", "If-Range": known}
    answer = fetch(sign_in(team.salarie), address(team, "fichier", piece.pk), **headers)

    assert answer.status_code == status


# -- the page -------------------------------------------------------------------------------------------------------


def test_page_shows_the_pages_of_a_pdf(team: Team, sign_in: Browser) -> None:
    piece = some.a_scanned_piece(team.candidature, team.salarie, "a.pdf", some.a_pdf_of(3))
    browser, url = sign_in(team.salarie), address(team, "lecture", piece.pk)
    assert "Les pages sont en cours de préparation" in browser.get(url).content.decode()

    draw_pages(piece.pk)
    page = browser.get(url).content.decode()
    assert [f"Page {number} sur 3" in page for number in (1, 2, 3, 4)] == [True, True, True, False]
    image = fetch(browser, address(team, "page_image", piece.pk, 3))
    assert (image["Content-Type"], image.body[:4]) == ("image/webp", b"RIFF")
    assert browser.get(address(team, "page_image", piece.pk, 4)).status_code == 404


def test_page_of_a_video_bears_the_marks_of_the_comments(team: Team, sign_in: Browser) -> None:
    piece = some.a_scanned_piece(team.candidature, team.salarie, "a.mp4", some.MP4, nature=Nature.VIDEO)
    some.a_revision_with(piece, by=team.salarie, submitted=True, comment="0:12 connexion, 1:03 : export")
    some.a_revision_with(piece, by=team.salarie, submitted=False, comment="2:00 secret")
    url = address(team, "lecture", piece.pk)
    ours, theirs = (sign_in(who).get(f"{url}?t=63").content.decode() for who in (team.salarie, team.instructeur))

    assert [f'data-moment="{moment}"' in ours for moment in (12, 63, 120)] == [True, True, True]
    assert [f'data-moment="{moment}"' in theirs for moment in (12, 63, 120)] == [True, True, False]
    assert "#t=63" in ours


@pytest.mark.parametrize("count", [1, 3])
def test_files_are_shown_in_as_many_queries_whatever_their_number(team: Team, count: int) -> None:
    pieces = [
        some.a_scanned_piece(team.candidature, team.salarie, f"{number}.pdf", some.a_pdf_of(number + 1))
        for number in range(count)
    ]
    for piece in pieces:
        draw_pages(piece.pk)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        shown = for_viewing(Piece.objects.filter(pk__in=[piece.pk for piece in pieces]).order_by("pk"))

    assert [len(line.images) for line in shown] == list(range(1, count + 1))
    assert len(queries) == 5


def test_page_asks_the_same_queries(team: Team, sign_in: Browser) -> None:
    piece = some.a_scanned_piece(team.candidature, team.salarie, "a.pdf", some.a_pdf_of(3))
    draw_pages(piece.pk)
    for who in (team.salarie, team.instructeur):
        some.a_revision_with(piece, by=team.salarie, submitted=True)
        browser = sign_in(who)
        browser.get(address(team, "lecture", piece.pk))
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address(team, "lecture", piece.pk)).status_code == 200
        assert len(queries) <= 15
