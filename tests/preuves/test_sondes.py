"""A content is opened once it has arrived: what is found, what is written, what is shown, and what does not stop."""

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import pikepdf
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from candidatures.models import Piece
from comptes import clock
from preuves import effects, sweeps
from preuves.connectors import probe
from preuves.connectors.probe import ProbeFailed
from preuves.enums import AnalyseState, Nature, SondeState
from preuves.models import CopieDeLecture, Sonde
from preuves.queries.sondes import BEFORE_ANOTHER_TRY, pieces_to_copy, pieces_to_probe_again
from preuves.rules.sondes import FAULTS, TO_COPY, facts_in_words, sentence_of
from tests.candidatures.conftest import Team
from tests.factories import fichiers as some
from tests.factories import videos
from tests.ground import standing
from tests.preuves.conftest import make_team_with_eligibilite


def h265() -> bytes:
    return videos.a_video_of("libx265", seconds=1)


team = standing(make_team_with_eligibilite)


def a_piece(team: Team, name: str, content: bytes, nature: Nature = Nature.VIDEO) -> Piece:
    return some.a_scanned_piece(team.candidature, team.salarie, name, content, nature=nature)


def a_pdf_with(what: str) -> bytes:
    """A PDF of one page: a form that only Acrobat draws, a portfolio, a joined file, a password of its owner."""
    content = BytesIO()
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page()
        if what == "joined":
            page.Contents = pdf.make_stream(b"0 0 10 10 re f")
        if what == "XFA":
            parts = pikepdf.Array([pikepdf.String("template"), pikepdf.Stream(pdf, b"<xdp/>")])
            pdf.Root.AcroForm = pikepdf.Dictionary(XFA=parts, Fields=pikepdf.Array([]))
            pdf.Root.NeedsRendering = True
        if what in ("Collection", "joined", "joined to nothing"):
            pdf.attachments["a.txt"] = b"a"
        if what == "Collection":
            pdf.Root.Collection = pikepdf.Dictionary(View=pikepdf.Name.D)
        encryption = pikepdf.Encryption(owner="o", user="") if what.startswith("owner") else False
        pdf.save(content, encryption=encryption, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return content.getvalue()


def a_docx_that_asks(relation: str, address: str) -> bytes:
    """A document with a part outside itself: its model, a picture, a link."""
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relation_written = f'<Relationship Id="r1" Type="{kinds}/{relation}" Target="{address}" TargetMode="External"/>'
    named = {"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}
    return some.a_zip_of(
        named | {"word/_rels/settings.xml.rels": f"<Relationships>{relation_written}</Relationships>".encode()}
    )


def fault_of(tmp_path: Path, content: bytes, kind: str = "video") -> str:
    file = tmp_path / "file"
    file.write_bytes(content)
    return probe.look(kind, file).fault


# -- what is found --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codec", "more", "fault"),
    [
        ("libx264", {"sound": "aac"}, ""),
        ("libx264", {"pixels": "yuv420p10le"}, "video_to_copy"),
        ("libx264", {"sound": "ac3"}, "sound_to_copy"),
        ("libx265", {}, "video_to_copy"),
        ("mpeg4", {}, "video_to_copy"),
        ("libvpx-vp9", {"container": "webm", "sound": "libopus"}, ""),
    ],
)
def test_codec_that_browsers_do_not_play_is_seen(tmp_path: Path, codec: str, more: dict[str, Any], fault: str) -> None:
    assert fault_of(tmp_path, videos.a_video_of(codec, seconds=1, **more)) == fault


@pytest.mark.parametrize("container", ["mp4", "webm"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.97])
def test_video_cut_anywhere_does_not_open(tmp_path: Path, container: str, part: float) -> None:
    codec = "libx264" if container == "mp4" else "libvpx"
    content = videos.a_video_of(codec, container=container, seconds=8)
    fault = fault_of(tmp_path, content[: int(len(content) * part)])

    assert fault in ("video_broken", "video_cut", "video_cut_short")


def test_video_with_something_after_its_end_is_whole(tmp_path: Path) -> None:
    assert fault_of(tmp_path, videos.a_video_of(seconds=1) + bytes(range(160, 250)) * 20) == ""


def test_video_that_does_not_say_how_long_it_is_opens(tmp_path: Path) -> None:
    content = bytearray(videos.a_video_of("libx264", seconds=4))
    for box, place in ((b"mvhd", 20), (b"mdhd", 20), (b"tkhd", 24)):
        start = content.find(box) + place
        content[start : start + 4] = bytes(4)

    assert fault_of(tmp_path, bytes(content)) == ""


@pytest.mark.parametrize(
    ("degrees", "corners"), [(0, "white black"), (90, "white white"), (180, "black white"), (270, "black black")]
)
def test_copy_stands_as_the_video_was_filmed(tmp_path: Path, degrees: int, corners: str) -> None:
    file, to = tmp_path / "file", tmp_path / "copy"
    file.write_bytes(videos.turned(videos.a_half_white_video(), degrees))
    facts = probe.look("video", file).facts
    probe.copy("video", file, to)
    with av.open(to) as copy:
        image = next(copy.decode(video=0)).to_image().convert("L")

    assert (facts["width"], facts["height"]) == image.size == ((120, 160) if degrees % 180 else (160, 120))
    seen = [image.getpixel((20, 20)), image.getpixel((image.width - 20, 20))]
    assert " ".join("white" if level > 128 else "black" for level in seen) == corners


def test_copy_is_of_the_film_and_not_of_its_cover(tmp_path: Path) -> None:
    file, to = tmp_path / "file", tmp_path / "copy"
    file.write_bytes(videos.with_a_cover(videos.a_half_white_video()))
    finding = probe.copy("video", file, to)
    with av.open(to) as copy:
        image = next(copy.decode(video=0)).to_image().convert("L")

    assert probe.look("video", file).fault == "video_to_copy"
    assert finding.facts["frames"] == 10
    assert (image.getpixel((20, 20)) > 128, image.getpixel((140, 20)) > 128) == (True, False)


def test_sound_alone_and_zeros_are_no_video(tmp_path: Path) -> None:
    whole = videos.a_video_of(seconds=2)

    assert fault_of(tmp_path, videos.a_sound()) == "video_sound_only"
    assert fault_of(tmp_path, videos.a_sound(cover=True)) == "video_sound_only"
    assert fault_of(tmp_path, whole[:3000] + bytes(len(whole) - 3000)) == "video_broken"
    assert fault_of(tmp_path, bytes(range(256)) * 50) == "video_broken"


@pytest.mark.parametrize(
    ("kind", "content", "fault"),
    [
        ("image", some.PNG, ""),
        ("image", some.PNG[:60], "image_broken"),
        ("image", b"GIF", "image_broken"),
        ("pdf", some.LOCKED_PDF, "pdf_locked"),
        ("pdf", b"%PDF-1.4\n%%EOF", "pdf_broken"),
        ("pdf", a_pdf_with("XFA"), "pdf_xfa"),
        ("pdf", a_pdf_with("Collection"), "pdf_portfolio"),
        ("pdf", a_pdf_with("joined"), ""),
        ("pdf", a_pdf_with("joined to nothing"), "pdf_joined"),
        ("pdf", a_pdf_with("owner's password"), ""),
        ("archive", some.ZIP[:40] + b"X" + some.ZIP[41:], "archive"),
        ("bureautique", some.a_zip_of({"XL/vbaProject.BIN": b"x"}), "office_macros"),
        ("bureautique", some.a_zip_of({"[Content_Types].xml": b"x.macroEnabled.y"}), "office_macros"),
        (
            "bureautique",
            some.a_zip_of({"[Content_Types].xml": b"application/vnd.ms-office.vbaProject"}),
            "office_macros",
        ),
        ("bureautique", some.a_zip_of({"META-INF/manifest.xml": b"<m:encryption-data>"}), "office_locked"),
        ("bureautique", some.DOCX, ""),
        (
            "bureautique",
            some.a_zip_of({"[Content_Types].xml": b"wordprocessingml.template.main+xml"}),
            "office_template",
        ),
        ("bureautique", a_docx_that_asks("attachedTemplate", "https://x.example/a.dotm"), "office_outside"),
        ("bureautique", a_docx_that_asks("oleObject", "mhtml:http://x.example/a.html!x"), "office_outside"),
        ("bureautique", a_docx_that_asks("attachedTemplate", "file:///C:/Modeles/Societe.dotx"), ""),
        ("bureautique", a_docx_that_asks("hyperlink", "https://x.example/"), ""),
        ("bureautique", a_docx_that_asks("image", "https://x.example/logo.png"), ""),
        ("bureautique", some.a_zip_of({"content.xml": b"<x/>", "Basic/Standard/script-lb.xml": b"x"}), ""),
        ("bureautique", some.a_zip_of({"word/document.xml": b"<w:document"}), "office_broken"),
        ("bureautique", some.a_zip_of({"xl/workbook.xml": b""}), "office_broken"),
        ("bureautique", some.a_zip_of({"content.xml": b"<x></y>"}), "office_broken"),
        ("texte", b" \n", "text_blank"),
        ("texte", "\u200b\ufeff".encode(), "text_blank"),
        ("texte", b"a\0", "text_broken"),
        ("texte", "né".encode("cp1252"), ""),
    ],
)
def test_content_of_each_kind_is_looked_into(tmp_path: Path, kind: str, content: bytes, fault: str) -> None:
    assert fault_of(tmp_path, content, kind) == fault


def test_text_of_a_pdf_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(some.a_written_pdf("Bonjour", pages=2))

    assert facts_in_words(probe.look("pdf", file).facts) == "2\u00a0pages"
    file.write_bytes(a_pdf_with("joined"))
    assert facts_in_words(probe.look("pdf", file).facts).endswith("1\u00a0fichier joint à ce PDF, hors de vue")


def test_process_that_hangs_is_killed_and_has_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child = tmp_path / "child.py"
    child.write_text("import os, time\nassert set(os.environ) <= {'LC_CTYPE'}, os.environ\ntime.sleep(60)")
    monkeypatch.setattr(probe, "CHILD", child)
    with pytest.raises(ProbeFailed, match="timed out after 1 seconds"):
        probe.look("video", tmp_path / "file", seconds=1)


def test_each_fault_has_its_sentence() -> None:
    facts = {"codec": "hevc", "width": 1, "height": 2, "seconds": 3, "ends": 1, "sentence": "Vide.", "address": "x"}
    sentences = [sentence_of(fault, facts) for fault in (*FAULTS, *TO_COPY)]

    assert all(sentences)
    assert not [sentence for sentence in sentences if "{" in sentence]


# -- what is written ------------------------------------------------------------------------------------------------


def test_verdict_is_written_once_for_a_content(team: Team) -> None:
    first, second = (a_piece(team, name, some.a_video()) for name in ("a.webm", "b.webm"))
    effects.probe_piece(first.pk)
    written = Sonde.objects.get()
    effects.probe_piece(second.pk)

    assert (written.sha256, written.state, written.tries) == (sha256(some.a_video()).hexdigest(), "readable", 1)
    assert Sonde.objects.get().probed_at == written.probed_at


def test_h265_is_converted_and_the_file_stays_what_it_was(team: Team) -> None:
    piece = a_piece(team, "a.mp4", h265())
    effects.probe_piece(piece.pk)
    effects.copy_piece(piece.pk)
    effects.copy_piece(piece.pk)

    copie = CopieDeLecture.objects.get()
    assert (copie.piece, copie.content_type, Sonde.objects.get().state) == (piece, "video/webm", SondeState.TO_COPY)
    assert b"".join(piece.read()) == h265()
    with copie.file.open() as content, av.open(content) as video:
        assert (video.streams.video[0].codec_context.codec.canonical_name, video.duration > 800_000) == ("vp9", True)


def test_photo_of_a_telephone_is_converted(team: Team, sign_in: Callable[..., Client]) -> None:
    piece = a_piece(team, "IMG_0001.HEIC", videos.a_photo(), Nature.CAPTURE)
    effects.probe_piece(piece.pk)
    effects.copy_piece(piece.pk)

    client = sign_in(team.salarie)
    address = reverse("preuves:fichier", args=[team.candidature.nru, piece.pk])
    copy, original = client.get(f"{address}?copie=1"), client.get(address)
    assert (copy["Content-Type"], b"".join(copy.streaming_content)[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert b"".join(original.streaming_content) == videos.a_photo()
    assert "attachment" in original["Content-Disposition"]
    page = client.get(reverse("preuves:lecture", args=[team.candidature.nru, piece.pk])).content.decode()
    assert "une copie, convertie pour le navigateur" in page
    assert f"{address}?copie=1" in page


def test_what_cannot_be_converted_reads_as_unreadable(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    piece = a_piece(team, "a.mp4", h265())
    effects.probe_piece(piece.pk)
    monkeypatch.setattr(probe, "copy", lambda *_, **__: probe.Finding("video_broken", {}))
    effects.copy_piece(piece.pk)

    sonde = Sonde.objects.get()
    assert (sonde.state, CopieDeLecture.objects.get().file.name) == (SondeState.UNREADABLE, "")
    assert sentence_of(sonde.fault, sonde.facts).startswith("Cette vidéo est en H.265 (HEVC)")


def test_conversion_that_dies_says_nothing_of_the_file_and_is_tried_three_times(
    team: Team, monkeypatch: pytest.MonkeyPatch, travel_to: Callable[[Any], None]
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ProbeFailed("killed")

    piece = a_piece(team, "a.mp4", h265())
    effects.probe_piece(piece.pk)
    monkeypatch.setattr(probe, "copy", fail)
    waiting, at = [], clock.now()
    for _ in range(4):
        travel_to(at)
        waiting.append(list(pieces_to_copy(at=at)))
        if waiting[-1]:
            effects.copy_piece(piece.pk)
            assert not pieces_to_copy(at=at).exists()
        at += 2 * BEFORE_ANOTHER_TRY

    assert waiting == [[piece], [piece], [piece], []]
    assert (Sonde.objects.get().state, CopieDeLecture.objects.count()) == (SondeState.NOT_PROBED, 0)


def test_each_kind_of_probe_loads_only_the_libraries_it_needs(tmp_path: Path) -> None:
    child = f"import runpy, sys; runpy.run_path({str(probe.CHILD)!r}, run_name='probed'); print('av' in sys.modules)"

    done = subprocess.run([sys.executable, "-I", "-c", child], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"


@pytest.mark.parametrize("answer", ["{}", "[]", "null", '{"fault": "", "facts": 3}', "not json"])
def test_answer_that_is_not_one_is_a_probe_that_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    child = tmp_path / "child.py"
    child.write_text(f"print({answer!r})")
    monkeypatch.setattr(probe, "CHILD", child)

    with pytest.raises(ProbeFailed):
        probe.look("video", tmp_path / "file")


def test_probe_that_dies_stops_nothing_and_is_tried_three_times(
    team: Team, monkeypatch: pytest.MonkeyPatch, travel_to: Callable[[Any], None]
) -> None:
    piece = a_piece(team, "a.webm", some.a_video())
    other = a_piece(team, "b.pdf", some.PDF, Nature.PENTEST)
    look = probe.look
    monkeypatch.setattr(probe, "look", lambda *_: (_ for _ in ()).throw(ProbeFailed("killed")))
    for _ in range(4):
        effects.probe_piece(piece.pk)
    monkeypatch.setattr(probe, "look", look)
    effects.probe_piece(other.pk)

    poisoned = Sonde.objects.get(sha256=piece.sha256)
    assert (poisoned.state, poisoned.tries) == (SondeState.NOT_PROBED, 3)
    assert Sonde.objects.get(sha256=other.sha256).state == SondeState.READABLE
    later = poisoned.probed_at + timedelta(hours=1)
    assert list(pieces_to_probe_again(on=True, at=later)) == []


def test_probes_that_are_off_are_said_and_taken_up_once_on(
    team: Team, settings: Settings, sign_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PROBES = False
    piece = a_piece(team, "a.webm", some.a_video())
    asked: list[int] = []
    monkeypatch.setattr(effects.probe_piece, "apply_async", lambda args, **_: asked.extend(args))
    sweeps.take_up_probes()
    effects.probe_piece(piece.pk)
    page = sign_in(team.salarie).get(reverse("preuves:lecture", args=[team.candidature.nru, piece.pk]))
    assert "Fichier non vérifié" in page.content.decode()
    assert "<video" in page.content.decode()
    sweeps.take_up_probes()
    assert asked == [piece.pk]

    settings.PROBES = True
    sweeps.take_up_probes()
    effects.probe_piece(piece.pk)
    assert (asked, Sonde.objects.get().state) == ([piece.pk, piece.pk], SondeState.READABLE)


# -- what is shown --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "probed", "sentences"),
    [
        ("broken", False, ["En cours de vérification", "<video"]),
        ("broken", True, ["Ne s’ouvre pas", "Cette vidéo ne s’ouvre pas", "Télécharger"]),
        ("h265", True, ["Conversion en cours", "en cours de conversion"]),
    ],
)
def test_reader_says_what_was_found(
    team: Team, sign_in: Callable[..., Client], made: str, probed: bool, sentences: list[str]
) -> None:
    piece = a_piece(team, "a.mp4", h265() if made == "h265" else some.MP4)
    if probed:
        effects.probe_piece(piece.pk)
    page = sign_in(team.salarie).get(reverse("preuves:lecture", args=[team.candidature.nru, piece.pk]))

    shown = page.content.decode()
    assert [word for word in sentences if word not in shown] == []
    assert ("<video" in shown) == (not probed)


def test_infected_content_is_not_shown_whatever_it_is(team: Team, sign_in: Callable[..., Client]) -> None:
    content = some.a_video()
    piece = some.a_scanned_piece(
        team.candidature, team.salarie, "a.webm", content, nature=Nature.VIDEO, state=AnalyseState.INFECTED
    )
    effects.probe_piece(piece.pk)
    page = sign_in(team.salarie).get(reverse("preuves:lecture", args=[team.candidature.nru, piece.pk]))

    assert "L’antivirus a détecté un risque dans ce fichier" in page.content.decode()
